// Transactional outbox: an event is appended in the transaction of the change it tells of, and a
// relay hands it to every subscriber afterwards, until all have had it. The oldest comes first, but
// one that fails is passed by, and several nodes relay side by side: order is no promise.
import type { z } from 'zod'
import { type Database, enterSystem, enterTenant, sql, type Tx } from './db.ts'
import { type EventDefinition, type EventEnvelope, payloadBytesMax } from './events.ts'
import { uuid7 } from './ids.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Subscription, Wake } from './module.ts'

const channel = 'panthera_outbox'
const pollMs = 1_000
const attemptsMax = 30
const pauseMsMax = 300_000

/** Appends within the caller's tenant transaction. */
export async function appendEvent<Schema extends z.ZodType>(
  tx: Tx,
  definition: EventDefinition<string, Schema>,
  event: { organizationId: string; payload: z.input<Schema> },
): Promise<void> {
  const payload = JSON.stringify(definition.schema.parse(event.payload))
  if (Buffer.byteLength(payload) > payloadBytesMax) {
    throw new Error(`${definition.name} carries over ${payloadBytesMax} bytes: use an artefact`)
  }
  await tx.run(sql`insert into outbox (organization_id, event_id, name, payload)
    values (${event.organizationId}, ${uuid7()}, ${definition.name}, ${payload})`)
  await tx.run(sql`select pg_notify(${channel}, '')`)
}

export interface Relay {
  start(): Promise<void>
  stop(): Promise<void>
  /** Relays everything that is due now; answers how many events. */
  drain(): Promise<number>
}

export function createRelay(options: {
  db: Database
  subscriptions: readonly Subscription[]
  wake: (wake: Wake) => Promise<void>
  log: Logger
  metrics: Metrics
}): Relay {
  let running: Promise<number> | null = null
  let again = false
  let stopped = false
  let timer: NodeJS.Timeout | null = null

  async function drain(): Promise<number> {
    let relayed = 0
    while (!stopped && (await relayNext(options))) relayed += 1
    return relayed
  }

  /** One drain at a time; a hint that arrives meanwhile asks for one more. */
  function hint(): void {
    if (stopped) return
    if (running !== null) {
      again = true
      return
    }
    running = drain()
      .catch((error: unknown) => {
        options.log.error({ err: error }, 'the outbox relay failed and will try again')
        return 0
      })
      .finally(() => {
        running = null
        if (again) {
          again = false
          hint()
        }
      })
  }

  return {
    drain,
    async start() {
      await options.db.listen(channel, hint)
      timer = setInterval(hint, pollMs)
      hint()
    },
    async stop() {
      stopped = true
      if (timer !== null) clearInterval(timer)
      await running
    },
  }
}

interface OutboxRow {
  organization_id: string
  id: number
  event_id: string
  name: string
  payload: unknown
  created_at: string
  attempts: number
}

/** Answers whether there was an event. */
async function relayNext(options: {
  db: Database
  subscriptions: readonly Subscription[]
  wake: (wake: Wake) => Promise<void>
  log: Logger
  metrics: Metrics
}): Promise<boolean> {
  let current: OutboxRow | null = null
  try {
    const wakes = await options.db.inSystem(async (tx) => {
      current = await claim(tx)
      if (current === null) return null
      const event = envelope(current)
      await enterTenant(tx, event.organizationId)
      const asked: Wake[] = []
      for (const subscription of options.subscriptions) {
        if (subscription.event === event.name) {
          asked.push(...((await subscription.handle(tx, event)) ?? []))
        }
      }
      await enterSystem(tx)
      await tx.run(sql`delete from outbox where id = ${current.id}`)
      return asked
    })
    if (wakes === null) return false
    options.metrics.eventsRelayed.inc()
    // After the commit: a crash in between is caught by the queue's sweep.
    for (const wake of wakes) await options.wake(wake)
    return true
  } catch (error) {
    const row = current as OutboxRow | null
    if (row === null) throw error
    options.log.error({ err: error, event: row.name, event_id: row.event_id }, 'event not relayed')
    await options.db.inSystem((tx) => postpone(tx, row, error as Error))
    return true
  }
}

async function claim(tx: Tx): Promise<OutboxRow | null> {
  return tx.maybe<OutboxRow>(sql`
    select organization_id, id, event_id, name, payload, created_at, attempts from outbox
     where next_attempt_at <= now() and attempts < ${attemptsMax}
     order by id limit 1 for update skip locked`)
}

function envelope(row: OutboxRow): EventEnvelope {
  return {
    id: row.event_id,
    name: row.name,
    organizationId: row.organization_id,
    createdAt: row.created_at,
    payload: row.payload,
  }
}

/** Events that were tried so often that somebody has to look at why. */
export async function stuckEvents(db: Database): Promise<number> {
  const { n } = await db.inSystem((tx) =>
    tx.one<{ n: number }>(sql`select count(*) as n from outbox where attempts >= ${attemptsMax}`),
  )
  return n
}

async function postpone(tx: Tx, row: OutboxRow, error: Error): Promise<void> {
  const pauseMs = Math.min(1_000 * 2 ** row.attempts, pauseMsMax)
  await tx.run(sql`update outbox set attempts = attempts + 1, last_error = ${error.message},
    next_attempt_at = now() + ${pauseMs} * interval '1 millisecond' where id = ${row.id}`)
}
