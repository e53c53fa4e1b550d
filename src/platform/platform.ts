// What a module is given: everything it may use, made once by `server.ts`.
import type { Artefacts } from './artefacts.ts'
import type { Config } from './config.ts'
import type { Database } from './db.ts'
import type { Github } from './github.ts'
import type { Limits } from './limits.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { NodeIdentity } from './node.ts'
import type { Outbound } from './outbound/index.ts'
import type { PlanLimits } from './rates.ts'
import type { Secrets } from './secrets.ts'
import type { Webhooks } from './webhooks/index.ts'

export interface Platform {
  config: Config
  db: Database
  log: Logger
  metrics: Metrics
  secrets: Secrets
  artefacts: Artefacts
  outbound: Outbound
  /** Null where no app is configured. */
  github: Github | null
  webhooks: Webhooks
  plans: PlanLimits
  limits: Limits
  /** Names this process in leases, so that others can tell whether it still lives. */
  node: NodeIdentity
  version: string
  /** Aborts when the node begins to stop: who waits for others answers with what there is. */
  stopping: AbortSignal
  now: () => number
}
