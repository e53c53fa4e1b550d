// The shape that all four modules share: what `index.ts` exports and `server.ts` mounts.
import type { Tx } from './db.ts'
import type { EventEnvelope } from './events.ts'
import type { Route } from './http/route.ts'
import type { Queue, Wake } from './jobs.ts'
import type { Mount } from './permissions.ts'

export type { Wake }

export interface Module {
  name: string
  routes: Partial<Record<Mount, readonly Route[]>>
  subscriptions: readonly Subscription[]
  queues: readonly Queue[]
  /** Ports of its own, on nodes that serve; answers what closes them. */
  listen?: () => Promise<() => Promise<void>>
}

/**
 * Runs inside the relay's transaction, in the event's tenant, so what it writes is written exactly
 * once. Slow work is left to a queue.
 */
export interface Subscription {
  event: string
  handle(tx: Tx, event: EventEnvelope): Promise<readonly Wake[] | undefined>
}
