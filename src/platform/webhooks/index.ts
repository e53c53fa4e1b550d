// Webhooks of every surface: messages that follow from events, delivered at least once, signed as
// Standard Webhooks 1.0.0 says, retried for days and replayable for 30.
import type { Tx } from '../db.ts'
import type { Route } from '../http/route.ts'
import type { Queue } from '../jobs.ts'
import type { Wake } from '../module.ts'
import type { Outbound } from '../outbound/index.ts'
import { enqueue, type Occasion } from './enqueue.ts'
import { deliveryQueue, type WebhooksOptions } from './queue.ts'
import { type WebhookMount, webhookRoutes } from './routes.ts'

export type { WebhooksOptions } from './queue.ts'

export interface Webhooks {
  /**
   * In the tenant transaction of a relayed event: one message, and one delivery to each active
   * endpoint that wants it. A repeat for the same event changes nothing. Answers whom to wake.
   */
  enqueue(tx: Tx, about: Occasion, body: object): Promise<readonly Wake[]>
  /** The way out to what tenants name, for messages of other kinds. */
  outbound: Outbound
  /** Delivers what is due. */
  queue: Queue
  /** With which one surface lets its users keep webhooks. */
  routes(mount: WebhookMount): Route[]
}

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const complete = { now: Date.now, ...options }
  return {
    enqueue,
    outbound: options.outbound,
    queue: deliveryQueue(complete),
    routes: (mount) => webhookRoutes(complete, mount),
  }
}
