// What an ingest is about, and what it may conclude.

export interface IngestTarget {
  organizationId: string
  repositoryId: string
  scanId: string
  branch: string
  /** One tool's scan never resolves another tool's findings. */
  tool: string
}

/** Proof of what was looked at: only what lies inside may be moved. Null: nothing moves. */
export type Proof = { ruleIds: readonly string[] | 'all'; history: boolean } | null
