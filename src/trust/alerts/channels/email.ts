// E-mail: one letter for all that happened together.
import { z } from 'zod'
import { type ChannelType, type Notice, NotSent } from './contract.ts'

const Settings = z.strictObject({ to: z.array(z.email().max(254)).min(1).max(20) })
const shownMax = 100

export const email: ChannelType<z.infer<typeof Settings>> = {
  settings: Settings,
  secret: null,
  noticesMax: 500,
  tellsAcknowledged: false,
  async send({ settings, notices }, { mail }) {
    if (mail === null) {
      throw new NotSent('no mail server is named: the operator sets PANTHERA_SMTP_URL', {})
    }
    try {
      await mail.send({ to: settings.to, subject: subjectOf(notices), text: textOf(notices) })
    } catch (error) {
      throw new NotSent(`the mail server did not take it: ${reasonOf(error)}`, { cause: error })
    }
  },
}

/**
 * What it says of a letter is for the channel’s owner, whose addresses it names. The way to the
 * server and its login are the operator’s, whose hosts are nobody’s business.
 */
function reasonOf(error: unknown): string {
  const { code, response } = error as { code?: unknown; response?: unknown }
  const isAboutLetter = code === 'EENVELOPE' || code === 'EMESSAGE'
  if (isAboutLetter && typeof response === 'string') return response.slice(0, 200)
  const shown = typeof code === 'string' ? code.slice(0, 40) : 'it failed'
  return `${shown}; the operator’s log tells more`
}

function subjectOf(notices: readonly Notice[]): string {
  const [first] = notices
  if (first !== undefined && notices.length === 1) return `[Panthera] ${headOf(first)}`
  const open = notices.filter(({ kind }) => kind === 'opened').length
  return `[Panthera] Certificates: ${open} new alerts, ${notices.length - open} over`
}

function headOf({ kind, alert }: Notice): string {
  return kind === 'resolved' ? `over: ${alert.summary}` : `${alert.severity}: ${alert.summary}`
}

function textOf(notices: readonly Notice[]): string {
  const shown = notices.slice(0, shownMax).map((notice) => {
    const { about, url } = notice
    const facts = [
      [about.authorityId === null ? 'Certificate' : 'Authority', nameOf(about)],
      ['Issuer', about.issuer],
      ['Valid to', about.validTo],
      ['Fingerprint', about.fingerprint],
      ['See', url],
    ].filter(([, value]) => value !== null)
    return [headOf(notice), ...facts.map(([name, value]) => `  ${name}: ${value}`)].join('\n')
  })
  const more = notices.length - shown.length
  return `${[...shown, ...(more === 0 ? [] : [`and ${more} more`])].join('\n\n')}\n`
}

function nameOf({ name, certificateId, authorityId }: Notice['about']): string {
  return `${name} (${certificateId ?? authorityId})`
}
