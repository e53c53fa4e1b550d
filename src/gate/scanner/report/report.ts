// The one input of all report formats. Findings arrive as a stream, so that a report of any
// size is written without being held in memory.
import type { SelectedAdvisories } from '../dependencies/advisories/selection.ts'
import type { Package } from '../dependencies/package.ts'
import type { Finding, RuleSummary } from '../finding.ts'
import type { Suppressed } from '../suppressed.ts'
import type { Gap } from './gaps.ts'

export interface Report {
  tool: { name: string; version: string }
  /** What was scanned. */
  project: { name: string; revision: string | null }
  /** When the scan ended, in UTC: `2026-01-31T12:00:00Z`. */
  createdAt: string
  /** The rules that ran, sorted by id. */
  rules: readonly RuleSummary[]
  findings: Iterable<Finding> | AsyncIterable<Finding>
  /** What was found and set aside. */
  suppressed: Iterable<Suppressed> | AsyncIterable<Suppressed>
  /** What lock files and manifests say is used, whether or not anything is known against it. */
  packages: readonly Package[]
  /** The day of the advisories that packages were compared with; null where there were none. */
  advisories: string | null
  /** Packages that were compared with what comes with Panthera alone; null where none were. */
  selectedAdvisories?: SelectedAdvisories | null
  coverage: Coverage
  /** What was not looked at, or not in full; none unless given. */
  gaps?: readonly Gap[]
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
