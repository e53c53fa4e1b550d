// The delivery queue: what is due, found by a sweep, and the run that delivers it.
import type { Database } from '../db.ts'
import type { Queue } from '../jobs.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { NodeIdentity } from '../node.ts'
import type { Outbound } from '../outbound/index.ts'
import type { Secrets } from '../secrets.ts'
import { type Attempt, notSent, send } from './attempt.ts'
import { type Claimed, claim, isAnythingDue, release, releaseOfGone } from './claim.ts'
import { clean } from './clean.ts'
import { deliverWake, queueName } from './enqueue.ts'
import { createPipeline } from './pipeline.ts'
import { settle } from './settle.ts'
import { liveKeys, openSecrets } from './signing-secrets.ts'

export interface WebhooksOptions {
  db: Database
  secrets: Secrets
  log: Logger
  metrics: Metrics
  node: NodeIdentity
  /** The way out that is open to webhooks. */
  outbound: Outbound
  /** Unix time in milliseconds. */
  now?: () => number
}

const sweepMs = 1_000
const cleanEveryMs = 10 * 60_000

export function deliveryQueue(options: Required<WebhooksOptions>): Queue {
  const { db, log, now } = options
  const pipeline = createPipeline(workOf(options), log)
  let cleanedAt = Number.NEGATIVE_INFINITY
  return {
    name: queueName,
    // One delivers, one may clean, and one is there to tell the first to look again.
    concurrency: 3,
    sweepMs,
    async due() {
      const isDue = await db.inSystem(async (tx) => {
        const count = await releaseOfGone(tx, options.node.isGone)
        if (count > 0) log.info({ count }, 'took over deliveries of a process that is gone')
        return isAnythingDue(tx, now())
      })
      const { key, data } = deliverWake
      const isDirty = performance.now() - cleanedAt > cleanEveryMs
      return [
        ...(isDue ? [{ key, data }] : []),
        ...(isDirty ? [{ key: 'clean', data: { task: 'clean' } }] : []),
      ]
    },
    async run(data, signal) {
      if ('task' in data && data.task === 'clean') {
        cleanedAt = performance.now()
        await clean(db, signal)
      } else {
        await pipeline.run(signal)
      }
    },
  }
}

function workOf(options: Required<WebhooksOptions>) {
  const { db, log, metrics, now } = options
  const node = options.node.id
  return {
    claim: (offer: Parameters<typeof claim>[1]['offer']) =>
      db.inSystem((tx) => claim(tx, { node, now: now(), offer })),
    attempt: (delivery: Claimed, signal: AbortSignal) => attempt(options, delivery, signal),
    async settle(results: Parameters<typeof settle>[1]) {
      const settled = await db.inSystem((tx) => settle(tx, results, { node, now: now() }))
      for (const { outcome, delivery, attempt } of settled) {
        metrics.deliveries.inc({ outcome: outcome === 'pending' ? 'retry' : outcome })
        if (attempt.error === null) continue
        const { id, endpointId, organizationId } = delivery
        const { status, error } = attempt
        const fields = { delivery_id: id, webhook_id: endpointId, organization_id: organizationId }
        log.debug({ ...fields, status, error, outcome }, 'a webhook was not delivered')
      }
    },
    release: (deliveries: readonly Claimed[]) =>
      db.inSystem((tx) => release(tx, { node, deliveries })),
  }
}

async function attempt(
  options: Required<WebhooksOptions>,
  delivery: Claimed,
  signal: AbortSignal,
): Promise<Attempt> {
  const { secrets, outbound, now, log } = options
  try {
    const list = openSecrets(secrets, delivery, delivery.sealedSecrets)
    return await send(delivery, liveKeys(list, now()), { outbound, now, signal })
  } catch (error) {
    if (signal.aborted) throw error
    log.error({ err: error, webhook_id: delivery.endpointId }, 'a webhook could not be sent')
    const unreadable = error instanceof Error && error.name === 'SecretUnreadable'
    return notSent(unreadable ? 'secret_unreadable' : 'internal', now())
  }
}
