// The report for people: one record per finding, below each other, nothing cut but lines of code.
import type { Finding, Severity } from '../finding.ts'
import { frame } from './frame.ts'
import { counted, displayWidth, isolate, paint, type Style, wrap } from './layout.ts'
import type { Coverage, Report } from './report.ts'

export interface TextOptions {
  color: boolean
  /** Columns of the terminal. */
  width: number
}

/** Findings only; `summarize` gives the lines that follow them. */
export async function* writeText(report: Report, options: TextOptions): AsyncGenerator<string> {
  for await (const finding of report.findings) {
    yield `${record(finding, options).join('\n')}\n\n`
  }
}

export type SeverityCounts = Readonly<Record<Severity, number>>

/** What was looked at and what was found, two lines or three. Nothing is said of what is not. */
export function summarize(coverage: Coverage, counts: SeverityCounts): string[] {
  const { files, bytes, durationMs, suppressed, complete } = coverage
  const seconds = (durationMs / 1000).toFixed(durationMs < 9950 ? 1 : 0)
  const skipped = Object.entries(coverage.skipped).filter(([, count]) => count > 0)
  const skippedFiles = skipped.reduce((sum, [, count]) => sum + count, 0)
  const reasons = skipped.map(([reason, count]) => `${count} ${reason}`).join(', ')
  const found = severityOrder
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severity}`)
  const looked = `${counted(files, 'file')}, ${megabytes(bytes)} in ${seconds} s`
  const accepted = suppressed === 0 ? '' : `; ${suppressed} accepted by comments or ignore files`
  return [
    skippedFiles === 0
      ? looked
      : `${looked}; ${counted(skippedFiles, 'file')} skipped (${reasons})`,
    (found.length === 0 ? 'No findings' : found.join(', ')) + accepted,
    ...(complete ? [] : ['The scan is incomplete: what was not looked at may hold more']),
  ]
}

const severityOrder: readonly Severity[] = ['critical', 'high', 'medium', 'low']

const styles: Record<Severity, Style> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
}

function record(finding: Finding, options: TextOptions): string[] {
  const { severity, title, description, remediation, excerpt, location, origin } = finding
  const style = styles[severity]
  const body = { ...options, indent: '  ' }
  return [
    ...heading(finding, options),
    ...wrap(`${title}. ${description}`, body),
    ...(excerpt === null ? [] : ['', ...frame(excerpt, location, { ...options, style }), '']),
    ...finding.steps.flatMap(({ path, line, column, label }, index) =>
      hanging(`  ${index + 1}. `, `${path}:${line}:${column} ${label}`, options),
    ),
    ...labelled('fix', remediation, options),
    ...(origin === null ? [] : labelled('commit', describeOrigin(origin), options)),
  ]
}

/** The place stands at the right edge, or on a line of its own where it would not fit. */
function heading({ severity, ruleId, location }: Finding, { color, width }: TextOptions): string[] {
  const level = paint(severity.toUpperCase().padEnd(8), styles[severity], color)
  const left = `  ${level}  ${paint(ruleId, 'bold', color)}`
  if (location === null) return [left]
  const place = isolate(`${location.path}:${location.line}:${location.column}`)
  const used = 2 + 8 + 2 + ruleId.length
  const gap = width - used - displayWidth(place)
  return gap >= 2 ? [left + ' '.repeat(gap) + place] : [left, `  ${place}`]
}

function labelled(label: string, text: string, options: TextOptions): string[] {
  return hanging(`  ${label.padEnd(labelWidth)}`, text, options)
}

/** The label before the first line, in the margin of the others. */
function hanging(label: string, text: string, options: TextOptions): string[] {
  const indent = ' '.repeat(label.length)
  const [first = '', ...rest] = wrap(text, { ...options, indent })
  return [paint(label, 'dim', options.color) + first.slice(indent.length), ...rest]
}

const labelWidth = 8

function describeOrigin({ commit, author, date }: NonNullable<Finding['origin']>): string {
  return [commit.slice(0, 12), date, author].filter((part) => part !== null).join('  ')
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
