// What a scan means: the lines that sum it up, the notes on how it came about, and the exit code.
import type { BaselineSplit } from '../gate/scanner/baseline.ts'
import type { Finding, Severity } from '../gate/scanner/finding.ts'
import { summarize } from '../gate/scanner/report/text.ts'
import type { ScanOutcome } from '../gate/source/scan.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { isAtOrAbove, type Threshold } from './scan-options.ts'
import { counted, printable } from './terminal.ts'

export interface Judged {
  outcome: ScanOutcome
  split: BaselineSplit
  threshold: Threshold
  exitZero: boolean
  strict: boolean
  /** A baseline that this scan wrote: everything in it is known from now on. */
  wroteBaseline: string | null
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
  return { exitCode: exitCodes.clean, reason: null }
}

const refused = (exitCode: ExitCode, why: string): Verdict => ({
  exitCode,
  reason: `Exit ${exitCode}: ${why}`,
})

/** What was looked at and what is new in it. */
export function summaryOf({ outcome, split }: Judged): string[] {
  const { coverage, history } = outcome
  const lines = summarize(coverage, countsOf(split.fresh))
  if (history !== null) {
    const size = `${(history.bytes / 1e6).toFixed(1)} MB`
    lines.push(`${counted(history.files, 'older version')} in the history, ${size}`)
  }
  if (split.known.length > 0) lines.push(`${split.known.length} known in the baseline`)
  return lines
}

/** What the reader should know about how the results came about. */
export function notesOn({ outcome, split, wroteBaseline }: Judged, path: string): string[] {
  const { shortfalls } = outcome
  const notes = shortfalls
    .slice(0, shortfallsShown)
    .map(
      ({ path: place, reason }) =>
        `Cut short: ${place === null ? '' : `${printable(place)}: `}${reason}`,
    )
  if (shortfalls.length > shortfallsShown) {
    notes.push(`Cut short: ${counted(shortfalls.length - shortfallsShown, 'more', 'more')}`)
  }
  if (nothingSeen(outcome)) {
    notes.push(`Nothing to scan in ${printable(path)}: ${whyNothing(outcome)}`)
  }
  if (split.gone.length > 0) {
    const entries = counted(split.gone.length, 'entry of the baseline', 'entries of the baseline')
    notes.push(`${entries} match nothing any more: write it anew to drop them`)
  }
  if (wroteBaseline !== null) {
    const known = counted(outcome.findings.length, 'finding')
    notes.push(`${printable(wroteBaseline)} written: ${known} known from now on`)
  }
  return notes
}

/** One line per file or folder that was left out in whole or in part. */
export function skippedLines({ skipped, coverage }: ScanOutcome): string[] {
  const lines = skipped.map(({ path, reason }) => `Skipped: ${printable(path)}: ${reason}`)
  const total = Object.values(coverage.skipped).reduce((sum, count) => sum + count, 0)
  if (total > lines.length) lines.push(`Skipped: ${counted(total - lines.length, 'more', 'more')}`)
  return lines
}

const shortfallsShown = 10

function countsOf(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 }
  for (const { severity } of findings) counts[severity]++
  return counts
}

const nothingSeen = ({ coverage, history }: ScanOutcome) =>
  coverage.files === 0 && (history?.files ?? 0) === 0

function whyNothing({ coverage }: ScanOutcome): string {
  const reasons = Object.entries(coverage.skipped).map(([reason, count]) => `${count} ${reason}`)
  return reasons.length === 0 ? 'it holds no files' : `all was left out (${reasons.join(', ')})`
}
