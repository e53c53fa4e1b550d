// The report for people: one record per finding, below each other, nothing cut but lines of code.
import { type Finding, type Severity, scanTypes } from '../finding.ts'
import { engineNames } from './engine-name.ts'
import { gapLine, warnings } from './gaps.ts'
import { counted, type TextOptions, withoutCommands } from './layout.ts'
import { type Chosen, mostSevere } from './most-severe.ts'
import type { Coverage, Report } from './report.ts'
import { groupsOf } from './text-group.ts'
import { findingRecord, packageRecord } from './text-record.ts'

/**
 * Findings only, the worst first; `summarize` gives the lines that follow. What one package has
 * wrong is one record, and of many findings of one rule in one file the first are shown, the
 * others listed. Of over 10,000 findings the most severe are shown.
 */
export async function* writeText(report: Report, options: TextOptions): AsyncGenerator<string> {
  yield* records(await mostSevere(report.findings, findingsMax), options)
}

/** With what is to be said after them: how many there are, and what was not looked at. */
export async function* writeWholeText(
  report: Report,
  options: TextOptions,
): AsyncGenerator<string> {
  const chosen = await mostSevere(report.findings, findingsMax)
  yield* records(chosen, options)
  const told = warnings(report.gaps ?? []).map((gap) => `Not looked at: ${gapLine(gap)}`)
  for (const line of [...summarize(report.coverage, chosen.counts), ...told]) {
    yield withoutCommands(`${line}\n`)
  }
}

function* records({ findings, total }: Chosen, options: TextOptions): Generator<string> {
  for (const group of groupsOf(findings)) {
    const lines =
      group.kind === 'package'
        ? packageRecord(group.findings, options)
        : findingRecord(group, options)
    yield withoutCommands(`${lines.join('\n').trimEnd()}\n\n`)
  }
  if (total > findings.length) {
    const left = counted(total - findings.length, 'less severe finding')
    yield `${left} not shown; the other formats list all.\n\n`
  }
}

const findingsMax = 10_000

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

/** How many of each severity each engine found, as a table; nothing where one line says it. */
export function countsByEngine(findings: readonly Finding[]): string[] {
  const rows = scanTypes
    .map((type) => findings.filter(({ scanType }) => scanType === type))
    .filter((found) => found.length > 0)
    .map((found) => [engineNames[found[0]?.scanType ?? 'sast'], ...countsIn(found)])
  if (rows.length < 2) return []
  const table = [['', ...severityOrder], ...rows, ['total', ...countsIn(findings)]]
  const first = Math.max(...table.map(([name = '']) => name.length))
  return table.map(([name = '', ...counts]) => {
    const cells = counts.map((count) => count.padStart('critical'.length))
    return `  ${name.padEnd(first)}  ${cells.join('  ')}`
  })
}

function countsIn(findings: readonly Finding[]): string[] {
  return severityOrder.map((wanted) => {
    const count = findings.filter(({ severity }) => severity === wanted).length
    return count === 0 ? '-' : String(count)
  })
}

function byWhom(acceptedBy: ReadonlyMap<string, number>): string {
  const sources = [...acceptedBy].map(([source, count]) => `${count} ${source}`)
  return sources.length === 0 ? '' : ` (${sources.join(', ')})`
}

const severityOrder: readonly Severity[] = ['critical', 'high', 'medium', 'low']

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
