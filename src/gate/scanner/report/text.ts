// The report for people: one record per finding, below each other, nothing cut but lines of code.
import type { Severity } from '../finding.ts'
import { counted, type TextOptions, withoutCommands } from './layout.ts'
import type { Coverage, Report } from './report.ts'
import { groupsOf } from './text-group.ts'
import { findingRecord, packageRecord } from './text-record.ts'

/**
 * Findings only; `summarize` gives the lines that follow them. What one package has wrong is one
 * record, and of many findings of one rule in one file the first are shown, the others listed.
 */
export async function* writeText(report: Report, options: TextOptions): AsyncGenerator<string> {
  for await (const group of groupsOf(report.findings)) {
    const lines =
      group.kind === 'package'
        ? packageRecord(group.findings, options)
        : findingRecord(group, options)
    yield withoutCommands(`${lines.join('\n')}\n\n`)
  }
}

export type SeverityCounts = Readonly<Record<Severity, number>>

/** What was looked at and what was found, two lines or three. Nothing is said of what is not. */
export function summarize(
  coverage: Coverage,
  counts: SeverityCounts,
  acceptedBy: ReadonlyMap<string, number> = new Map(),
): string[] {
  const { files, bytes, durationMs, suppressed, complete } = coverage
  const seconds = (durationMs / 1000).toFixed(durationMs < 9950 ? 1 : 0)
  const skipped = Object.entries(coverage.skipped).filter(([, count]) => count > 0)
  const skippedFiles = skipped.reduce((sum, [, count]) => sum + count, 0)
  const reasons = skipped.map(([reason, count]) => `${count} ${reason}`).join(', ')
  const found = severityOrder
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severity}`)
  const looked = `${counted(files, 'file')}, ${megabytes(bytes)} in ${seconds} s`
  const accepted = suppressed === 0 ? '' : `; ${suppressed} set aside${byWhom(acceptedBy)}`
  return [
    skippedFiles === 0
      ? looked
      : `${looked}; ${counted(skippedFiles, 'file')} skipped (${reasons})`,
    (found.length === 0 ? 'No findings' : found.join(', ')) + accepted,
    ...(complete ? [] : ['The scan is incomplete: what was not looked at may hold more']),
  ]
}

function byWhom(acceptedBy: ReadonlyMap<string, number>): string {
  const sources = [...acceptedBy].map(([source, count]) => `${count} ${source}`)
  return sources.length === 0 ? '' : ` (${sources.join(', ')})`
}

const severityOrder: readonly Severity[] = ['critical', 'high', 'medium', 'low']

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
