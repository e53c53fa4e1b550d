// For tests: what webhooks are made of, also for a process that is none of the test runner's.
import type { Database } from '../db.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { identifyNode, type NodeIdentity } from '../node.ts'
import { createOutbound } from '../outbound/index.ts'
import { createSecrets } from '../secrets.ts'
import type { WebhooksOptions } from './index.ts'

export interface Given {
  /** Networks that may be reached; those of this machine unless given. */
  allow: string[]
  node: NodeIdentity
}

export function createParts(db: Database, given: Partial<Given> = {}): WebhooksOptions {
  return {
    db,
    // The same in every process of a test.
    secrets: createSecrets({ masterKey: Buffer.alloc(32, 7) }),
    log: createLog({ level: 'silent' }),
    metrics: createMetrics(),
    node: given.node ?? identifyNode(),
    outbound: createOutbound({
      allowCidrs: given.allow ?? ['127.0.0.0/8'],
      setting: 'PANTHERA_WEBHOOK_ALLOW_CIDRS',
      userAgent: 'panthera/test',
    }),
  }
}
