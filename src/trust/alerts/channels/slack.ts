// Slack, by an incoming webhook: one message for all that happened together.
import { z } from 'zod'
import type { ChannelType, Notice } from './contract.ts'
import { post } from './post.ts'

const Settings = z.strictObject({})
const shownMax = 20

export const slack: ChannelType<z.infer<typeof Settings>> = {
  settings: Settings,
  secret: z
    .url({ protocol: /^https?$/, error: 'must be the URL of an incoming webhook' })
    .max(500, 'must be at most 500 characters')
    .describe('The incoming webhook’s URL, which is its password too'),
  noticesMax: 200,
  tellsAcknowledged: false,
  send: ({ secret, notices }, ways) =>
    post({ url: secret, body: JSON.stringify(messageOf(notices)) }, ways),
}

const signs = { critical: ':red_circle:', error: ':large_orange_circle:', warning: ':warning:' }

function messageOf(notices: readonly Notice[]) {
  const lines = notices.slice(0, shownMax).map(lineOf)
  const more = notices.length - lines.length
  const all = more === 0 ? lines : [...lines, `and ${more} more: ask /trust/api/alerts`]
  const [first] = notices
  const text =
    notices.length === 1 && first ? plainOf(first) : `${notices.length} changes of alerts`
  return { text, blocks: all.map((each) => ({ type: 'section', text: mrkdwn(each) })) }
}

function mrkdwn(text: string) {
  return { type: 'mrkdwn', text }
}

function plainOf({ kind, alert }: Notice): string {
  return escaped(kind === 'resolved' ? `Over: ${alert.summary}` : alert.summary)
}

function lineOf(notice: Notice): string {
  const { kind, alert, about, url } = notice
  const sign = kind === 'resolved' ? ':white_check_mark:' : signs[alert.severity]
  const until = about.validTo === null ? '' : ` (valid to ${about.validTo.slice(0, 10)})`
  return `${sign} <${url}|${plainOf(notice)}>${until}`
}

/** Slack’s own three: a name must not become a link or a mention. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
