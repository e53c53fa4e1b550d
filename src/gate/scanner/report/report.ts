// The one input of all report formats. Findings arrive as a stream, so that a report of any
// size is written without being held in memory.
import type { Finding, RuleSummary } from '../finding.ts'

export interface Report {
  tool: { name: string; version: string }
  /** The rules that ran, sorted by id. */
  rules: readonly RuleSummary[]
  findings: Iterable<Finding> | AsyncIterable<Finding>
  coverage: Coverage
}

/** What was looked at, so that silence can be told from not looking. */
export interface Coverage {
  files: number
  bytes: number
  /** Reason -> number of files, e.g. `binary`, `too-large`, `generated`. */
  skipped: Readonly<Record<string, number>>
  /** Findings that a comment or an ignore file took out. */
  suppressed: number
  durationMs: number
  /** False when a limit or a failure cut the scan short. */
  complete: boolean
}

export type ReportWriter = (report: Report) => AsyncIterable<string>
