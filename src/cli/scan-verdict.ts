// What a scan means: the lines that sum it up, the notes on how it came about, and the exit code.
import type { Finding, Severity } from '../gate/scanner/finding.ts'
import type { Threshold } from '../gate/scanner/project/settings.ts'
import { selectionLine } from '../gate/scanner/report/gaps.ts'
import { countsByEngine, summarize } from '../gate/scanner/report/text.ts'
import type { Suppressed } from '../gate/scanner/suppressed.ts'
import type { ScanOutcome } from '../gate/source/scan.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { Split } from './scan-known.ts'
import { isAtOrAbove } from './scan-options.ts'
import { counted, printable } from './terminal.ts'

type Shortfall = ScanOutcome['shortfalls'][number]

export interface Judged {
  outcome: ScanOutcome
  split: Split
  threshold: Threshold
  exitZero: boolean
  strict: boolean
  /** A baseline that this scan wrote: everything in it is known from now on. */
  wroteBaseline: string | null
  /** What is less severe is only counted. */
  minSeverity: Severity
  /** What was cut short in the earlier commit that the findings were compared with. */
  cutBefore: { name: string; shortfalls: readonly Shortfall[] }
}

export interface Verdict {
  exitCode: ExitCode
  /** Says why the exit code is not 0; null when it is. */
  reason: string | null
}

export function verdictOf(judged: Judged): Verdict {
  const { outcome, split, threshold, exitZero, strict, wroteBaseline } = judged
  const counting = split.fresh.filter(({ severity }) => isAtOrAbove(severity, threshold))
  if (counting.length > 0 && !exitZero && wroteBaseline === null) {
    const what = `${counted(counting.length, 'finding')} at or above ${threshold}`
    return refused(exitCodes.findings, `${what} (--fail-on ${threshold})`)
  }
  if (strict && !outcome.coverage.complete) {
    return refused(exitCodes.internal, 'the scan is incomplete (--strict)')
  }
  if (strict && judged.cutBefore.shortfalls.length > 0) {
    const what = `the scan of ${printable(judged.cutBefore.name)} is incomplete`
    return refused(exitCodes.internal, `${what} (--strict)`)
  }
  const { uncovered, selected } = outcome.advisories
  if (strict && uncovered.length > 0) {
    const what = `there are no advisories for ${uncovered.join(', ')}`
    return refused(exitCodes.internal, `${what} (--strict): panthera advisories --help`)
  }
  if (strict && selected !== null) {
    const what = `there is no full database of advisories for ${selected.ecosystems.join(', ')}`
    return refused(exitCodes.internal, `${what} (--strict): panthera advisories --help`)
  }
  return { exitCode: exitCodes.clean, reason: null }
}

const refused = (exitCode: ExitCode, why: string): Verdict => ({
  exitCode,
  reason: `Exit ${exitCode}: ${why}`,
})

/** What was looked at and what is new in it. */
export function summaryOf({ outcome, split, minSeverity }: Judged): string[] {
  const { coverage, history, packages, advisories, suppressed } = outcome
  const lines = summarize(coverage, countsOf(split.fresh), countBySource(suppressed))
  lines.push(...countsByEngine(split.fresh))
  if (packages.length > 0) {
    lines.push(`${counted(packages.length, 'package')}${comparedWith(advisories)}`)
  }
  if (history !== null) {
    const size = `${(history.bytes / 1e6).toFixed(1)} MB`
    lines.push(`${counted(history.files, 'older version')} in the history, ${size}`)
  }
  const hidden = split.fresh.filter(({ severity }) => !isAtOrAbove(severity, minSeverity)).length
  if (hidden > 0) lines.push(`${hidden} below ${minSeverity} not shown (--min-severity)`)
  for (const { name, count } of split.known) {
    if (count > 0) lines.push(`${count} known in ${printable(name)}`)
  }
  return lines
}

/** What the reader should know about how the results came about. */
export function notesOn(judged: Judged, path: string): string[] {
  const { outcome, split, wroteBaseline, cutBefore } = judged
  const notes = cutShort(outcome.shortfalls, 'Cut short')
  if (cutBefore.shortfalls.length > 0) {
    const name = printable(cutBefore.name)
    notes.push(
      ...cutShort(cutBefore.shortfalls, `Cut short in ${name}`),
      `${name} was not looked at in full: what is told as new may have been there already`,
    )
  }
  notes.push(
    ...firstOf(
      outcome.notes.map((note) => `Note: ${printable(note)}`),
      'Note',
    ),
  )
  notes.push(...notesOnPackages(outcome))
  if (nothingSeen(outcome)) {
    notes.push(`Nothing to scan in ${printable(path)}: ${whyNothing(outcome)}`)
  }
  for (const { name, gone } of split.known) {
    if (gone === 0) continue
    notes.push(
      name === 'the baseline'
        ? `${counted(gone, 'entry of the baseline', 'entries of the baseline')} match nothing ` +
            'any more: write it anew to drop them'
        : `${counted(gone, 'finding')} of ${printable(name)} ${gone === 1 ? 'is' : 'are'} gone`,
    )
  }
  if (wroteBaseline !== null) {
    const known = counted(outcome.findings.length, 'finding')
    notes.push(`${printable(wroteBaseline)} written: ${known} known from now on`)
  }
  return notes
}

function cutShort(shortfalls: readonly Shortfall[], what: string): string[] {
  const lines = shortfalls.map(({ path, reason }) => {
    return `${what}: ${path === null ? '' : `${printable(path)}: `}${reason}`
  })
  return firstOf(lines, what)
}

function comparedWith({ date, selected }: ScanOutcome['advisories']): string {
  if (date === null) return ''
  if (selected === null) return `, advisories of ${date}`
  const count = selected.vulnerabilities.toLocaleString('en-US')
  return `, bundled: ${count} widely published vulnerabilities, as of ${selected.date ?? date}`
}

/** That nothing was found says little where nothing could be. */
function notesOnPackages({ packages, advisories }: ScanOutcome): string[] {
  const { uncovered, unresolved, selected } = advisories
  return [
    ...(packages.length === 0 || uncovered.length === 0
      ? []
      : [
          `There are no advisories for ${uncovered.join(', ')}, so its packages were compared ` +
            'with nothing: panthera advisories --help',
        ]),
    ...(selected === null ? [] : [`Note: ${selectionLine(selected)}`]),
    ...(unresolved === 0
      ? []
      : [
          `${counted(unresolved, 'package')} could not be compared: no lock file says which ` +
            'version is used',
        ]),
  ]
}

/** One line per file or folder that was left out in whole or in part. */
export function skippedLines({ skipped, coverage }: ScanOutcome): string[] {
  const lines = skipped.map(({ path, reason }) => `Skipped: ${printable(path)}: ${reason}`)
  const total = Object.values(coverage.skipped).reduce((sum, count) => sum + count, 0)
  if (total > lines.length) lines.push(`Skipped: ${counted(total - lines.length, 'more', 'more')}`)
  return lines
}

/** One line per finding that was set aside. */
export function asideLines({ suppressed }: ScanOutcome): string[] {
  return suppressed.map(({ finding, source, reason }) => {
    const { location, ruleId } = finding
    const place = location === null ? '' : `${location.path}:${location.line}: `
    return printable(
      `Set aside: ${place}${ruleId} by ${source}${reason === null ? '' : `: ${reason}`}`,
    )
  })
}

const linesShown = 10

function firstOf(lines: readonly string[], what: string): string[] {
  const left = lines.length - linesShown
  return left <= 0
    ? [...lines]
    : [...lines.slice(0, linesShown), `${what}: ${counted(left, 'more', 'more')}`]
}

function countsOf(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 }
  for (const { severity } of findings) counts[severity]++
  return counts
}

function countBySource(suppressed: readonly Suppressed[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { source } of suppressed) counts.set(source, (counts.get(source) ?? 0) + 1)
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const nothingSeen = ({ coverage, history }: ScanOutcome) =>
  coverage.files === 0 && (history?.files ?? 0) === 0

function whyNothing({ coverage }: ScanOutcome): string {
  const reasons = Object.entries(coverage.skipped).map(([reason, count]) => `${count} ${reason}`)
  return reasons.length === 0 ? 'it holds no files' : `all was left out (${reasons.join(', ')})`
}
