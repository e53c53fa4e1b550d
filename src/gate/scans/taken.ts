// A scan that a worker took, and what its run reports while it works.
import type { Progress, ProviderName, ScanConfig } from './schema.ts'

export interface ScanRef {
  organizationId: string
  scanId: string
}

/** What a worker needs to know of the scan it took. */
export interface TakenScan extends ScanRef {
  repositoryId: string
  source: 'platform' | 'import'
  provider: ProviderName
  owner: string
  name: string
  cloneUrl: string | null
  branch: string | null
  commit: string | null
  base: string | null
  /** The number of the pull request whose commit it is. */
  pullRequest: number | null
  /** GitHub's, that may read the repository. */
  installationId: string | null
  /** What a stranger wants to be taken over. */
  isFork: boolean
  config: ScanConfig
  artefact: string | null
  tool: string
  attempts: number
  startedAt: string
}

/** What a run reports to its frame. */
export interface RunContext {
  /** Names this taking of the scan; what is written is written under it. */
  holder: string
  signal: AbortSignal
  progress(state: Progress): void
}
