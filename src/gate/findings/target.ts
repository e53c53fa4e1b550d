// What an ingest is about, and what it may conclude.
import type { ScanType } from '../scanner/finding.ts'

export interface IngestTarget {
  organizationId: string
  repositoryId: string
  scanId: string
  branch: string
  /** One tool's scan never resolves another tool's findings. */
  tool: string
}

/**
 * Proof of what was looked at on the branch's head: only what lies inside may be moved. Null where
 * the scan was cut short, or looked at a commit or at changes only: new findings are opened then,
 * and nothing else is concluded, not even that they are on the branch.
 */
export type Proof = {
  ruleIds: readonly string[] | 'all'
  /** Types of which every rule ran, named or not: there are too many advisories to name them. */
  scanTypes: readonly ScanType[]
  history: boolean
  /** Files that were cut short: of these nothing is proved. */
  unseen?: readonly string[]
  /** Where code leads to that was cut short: of weaknesses in code nothing is proved there. */
  unproved?: readonly string[]
  /** Only what lies in this folder was looked at: `services/shop/`. */
  within?: string
  /** Every branch that the repository has now; null where that is not known. */
  branches: readonly string[] | null
} | null
