// What a scan comes to, whatever it looked at.

import type { Finding, RuleSummary } from '../scanner/finding.ts'
import { compareFindings } from '../scanner/finding.ts'
import type { Coverage } from '../scanner/report/report.ts'
import type { Suppressed } from '../scanner/scanner.ts'
import type { Collector, Shortfall } from './collect.ts'
import type { Session } from './session.ts'

export interface ScanOutcome {
  /** Sorted by `compareFindings`. */
  findings: Finding[]
  suppressed: Suppressed[]
  /** Of the files themselves. */
  coverage: Coverage
  /** Of contents that only the history holds; null when it was not asked for. */
  history: Coverage | null
  /** The first 10,000 files that were left out in whole or in part. */
  skipped: { path: string; reason: string }[]
  /** What cut the scan short: empty exactly when `coverage.complete`. */
  shortfalls: Shortfall[]
  rules: readonly RuleSummary[]
}

export function outcomeOf(
  { tree }: Session,
  collector: Collector,
  { history, startedAt }: { history: Coverage | null; startedAt: number },
): ScanOutcome {
  const { findings, suppressed, skipped, shortfalls } = collector.collected
  return {
    findings: findings.sort(compareFindings),
    suppressed: suppressed.sort((a, b) => compareFindings(a.finding, b.finding)),
    coverage: collector.coverage(performance.now() - startedAt),
    history,
    skipped,
    shortfalls,
    rules: tree.rules,
  }
}
