// What a scan means for the exit code, and the notes about it that belong on stderr.
import type { BaselineSplit } from '../gate/scanner/baseline.ts'
import { type Severity, severities } from '../gate/scanner/finding.ts'
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
    return verdict(exitCodes.findings, `${what} (--fail-on ${threshold})`)
  }
  if (strict && !outcome.coverage.complete) {
    return verdict(exitCodes.internal, 'the scan is incomplete (--strict)')
  }
  return { exitCode: exitCodes.clean, reason: null }
}

const verdict = (exitCode: ExitCode, why: string): Verdict => ({
  exitCode,
  reason: `Exit ${exitCode}: ${why}`,
})

/** What the reader of the results should know about how they came about. */
export function notesOn({ outcome, split, wroteBaseline }: Judged, path: string): string[] {
  const { coverage, shortfalls, history } = outcome
  const notes: string[] = []
  if (coverage.files === 0 && (history?.files ?? 0) === 0) {
    notes.push(`Nothing to scan in ${printable(path)}: ${whyNothing(outcome)}.`)
  }
  if (!coverage.complete) notes.push('The scan is incomplete:')
  for (const { path: place, reason } of shortfalls.slice(0, shortfallsShown)) {
    notes.push(place === null ? `  ${reason}` : `  ${printable(place)}: ${reason}`)
  }
  if (shortfalls.length > shortfallsShown) {
    notes.push(`  and ${shortfalls.length - shortfallsShown} more (--skipped lists files)`)
  }
  if (split.gone.length > 0) {
    const entries = counted(split.gone.length, 'entry', 'entries')
    notes.push(`${entries} of the baseline match nothing any more: write it anew to drop them.`)
  }
  if (wroteBaseline !== null) {
    notes.push(
      `${printable(wroteBaseline)} knows ${counted(outcome.findings.length, 'finding')} now.`,
    )
  }
  return notes
}

/** One line per file or folder that was left out. */
export function skippedLines({ skipped, coverage }: ScanOutcome): string[] {
  const lines = skipped.map(({ path, reason }) => `${printable(path)}: ${reason}`)
  const total = Object.values(coverage.skipped).reduce((sum, count) => sum + count, 0)
  return total > lines.length
    ? [...lines, `and ${counted(total - lines.length, 'more', 'more')}`]
    : lines
}

/** `1 high, 2 medium`, the worst first, or `no findings`. */
export function tally(findings: readonly { severity: Severity }[]): string {
  const counts = severities.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}`]
  })
  return counts.flat().join(', ') || 'no findings'
}

const shortfallsShown = 10

function whyNothing({ coverage }: ScanOutcome): string {
  const reasons = Object.entries(coverage.skipped).filter(
    ([reason]) => reason !== 'version-control',
  )
  if (reasons.length === 0) return 'it holds no files'
  return `all was left out (${reasons.map(([reason, count]) => `${count} ${reason}`).join(', ')})`
}
