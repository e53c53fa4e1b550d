// What `panthera discover` prints: a table for people, JSON for programs.
import { displayWidth, withoutCommands } from '../gate/scanner/report/layout.ts'
import type { Skipped } from '../trust/connectors/discover/contract.ts'
import { describeCertificate } from '../trust/x509/inspect/describe.ts'
import { commonName, readableName } from '../trust/x509/name.ts'
import { readableKey } from '../trust/x509/public-key.ts'
import type { Found, Place } from './discover-inventory.ts'
import { counted, printable } from './terminal.ts'

const skippedMax = 20
const cellMax = { name: 40, issuer: 28 }

/** One line per certificate, the most urgent first. */
export function tableOf(found: readonly Found[]): string {
  const rows = [
    ['NAME', 'ENDS', 'PROBLEMS', 'KEY', 'ISSUER', 'WHERE'],
    ...found.map((each) => [
      cut(each.name, cellMax.name),
      endsOf(each.endsInDays),
      each.problems.map(({ code }) => code.replaceAll('_', ' ')).join(', '),
      readableKey(each.certificate.publicKey),
      cut(issuerOf(each), cellMax.issuer),
      whereOf(each.places),
    ]),
  ].map((row) => row.map(printable))
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => displayWidth(row[at] ?? ''))),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - displayWidth(cell)))
      .join('  ')
      .trimEnd(),
  )
  return withoutCommands(`${lines.join('\n')}\n`)
}

function endsOf(days: number): string {
  const whole = Math.floor(Math.abs(days))
  if (whole === 0) return days < 0 ? 'today, ended' : 'today'
  return days < 0 ? `${counted(whole, 'day')} ago` : `in ${counted(whole, 'day')}`
}

function issuerOf({ certificate, selfSigned }: Found): string {
  if (selfSigned) return 'itself'
  return commonName(certificate.issuer) ?? readableName(certificate.issuer)
}

/** The last column, so that a long path moves nothing. */
function whereOf(places: readonly Place[]): string {
  const key = places.some(({ hasPrivateKey }) => hasPrivateKey) ? ', with its key' : ''
  const more = places.length > 1 ? ` and ${places.length - 1} more` : ''
  return `${places[0]?.path ?? ''}${more}${key}`
}

function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text
}

export function jsonOf(found: readonly Found[], skipped: readonly Skipped[], now: Date): object {
  return {
    certificates: found.map(({ certificate, problems, places }) => ({
      ...describeCertificate(certificate, now),
      problems,
      places,
    })),
    skipped,
  }
}

export function skippedLines(skipped: readonly Skipped[]): string[] {
  if (skipped.length === 0) return []
  const shown = skipped.slice(0, skippedMax).map(({ path, reason }) => {
    return printable(`  ${path}: ${reason}`)
  })
  const rest = skipped.length - shown.length
  const more =
    rest > 0 ? [`  and ${rest.toLocaleString('en-US')} more, which --format json has`] : []
  return ['Not read:', ...shown, ...more]
}

export function summaryLine(found: readonly Found[], skipped: readonly Skipped[]): string {
  const places = found.reduce((sum, each) => sum + each.places.length, 0)
  const wrong = found.filter(({ problems }) => problems.length > 0).length
  const what = `${counted(found.length, 'certificate')} in ${counted(places, 'place')}`
  const problems = wrong === 0 ? 'none with problems' : `${wrong} with problems`
  const unread = skipped.length === 0 ? '' : `, ${counted(skipped.length, 'place')} not read`
  return found.length === 0 ? `No certificates found${unread}` : `${what}, ${problems}${unread}`
}
