// The log of decisions: kept in memory for a moment, then written a thousand at a time. It never
// holds up a decision; where the database is too slow for it, what is dropped is counted.
import { setTimeout } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import pg from 'pg'
import type { Database } from '../../platform/db.ts'
import type { Logger } from '../../platform/log.ts'
import * as store from './store.ts'

export interface DecisionLog {
  append(decision: store.LoggedDecision): void
  /** Resolves when all that was appended until now is written; throws where it cannot be. */
  flush(): Promise<void>
  /** Since this node started, of one organization or of all. */
  dropped(organizationId?: string): number
  waiting(): number
  start(): void
  /** Writes what is left. */
  stop(): Promise<void>
}

const flushMs = 200
const batchMax = 1_000
const waitingMax = 100_000
const charactersMax = 64 * 1024 * 1024
/** After a failure, and at the end of the node. */
const attemptsMax = 5
const retryMs = 1_000
const countedMax = 10_000
/** Known to be written already. */
const snapshotsMax = 200_000
const failure = 'decisions could not be written'

interface Options {
  db: Database
  now: () => number
  log: Logger
}

export function createDecisionLog(options: Options): DecisionLog {
  const { log, now } = options
  let queue: store.LoggedDecision[] = []
  let characters = 0
  let written = 0
  let againAt = 0
  let writing: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  const dropped = createDropped()
  const known: Known = new LRUCache({ max: snapshotsMax })

  async function writeBatch(): Promise<void> {
    const batch = queue.slice(0, batchMax)
    const day = new Date(now()).toISOString().slice(0, 10)
    if (!(await writeTo(options, { batch, day, known }))) {
      for (const { organizationId } of batch) dropped.count(organizationId)
    }
    queue = queue.slice(batch.length)
    written += batch.length
    for (const decision of batch) characters -= sizeOf(decision)
  }

  /** All that was appended until now. One batch at a time, so that each is written once. */
  async function flush(): Promise<void> {
    const target = written + queue.length
    while (written < target) {
      writing ??= writeBatch().finally(() => {
        writing = null
      })
      await writing
    }
  }

  const inBackground = () => {
    if (writing !== null || now() < againAt) return
    flush().catch((error: unknown) => {
      againAt = now() + retryMs
      log.warn({ err: error, waiting: queue.length }, failure)
    })
  }

  return {
    append(decision) {
      const size = sizeOf(decision)
      const isFull = queue.length >= waitingMax || characters + size > charactersMax
      if (isFull) return dropped.count(decision.organizationId)
      queue.push(decision)
      characters += size
      if (queue.length === batchMax) inBackground()
    },
    flush,
    dropped: dropped.of,
    waiting: () => queue.length,
    start() {
      timer = setInterval(inBackground, flushMs)
    },
    async stop() {
      clearInterval(timer)
      for (let attempt = 1; queue.length > 0 && attempt <= attemptsMax; attempt++) {
        await flush().catch((error: unknown) => {
          log.warn({ err: error, waiting: queue.length }, failure)
          return setTimeout(retryMs)
        })
      }
      if (queue.length > 0) log.error({ dropped: queue.length }, 'decisions are lost')
    },
  }
}

/** False where the database will never take them; throws where it may do so later. */
async function writeTo(
  { db, log }: Options,
  { batch, day, known }: { batch: store.LoggedDecision[]; day: string; known: Known },
): Promise<boolean> {
  const fresh = unwritten(batch, day, known)
  try {
    await db.inSystem(async (tx) => {
      if (fresh.size > 0) await store.keepSnapshots(tx, [...fresh.values()])
      await store.insertDecisions(tx, batch)
    })
  } catch (error) {
    // Class 22 of SQLSTATE: what is wrong is the data, and the next batches wait behind it.
    if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('22') !== true) throw error
    log.error({ err: error, dropped: batch.length }, failure)
    return false
  }
  for (const key of fresh.keys()) known.set(key, true)
  return true
}

function createDropped() {
  const byOrganization = new LRUCache<string, number>({ max: countedMax })
  let all = 0
  const of = (id?: string) => (id === undefined ? all : (byOrganization.get(id) ?? 0))
  return {
    of,
    count(organizationId: string) {
      all += 1
      byOrganization.set(organizationId, of(organizationId) + 1)
    },
  }
}

/** What a day's decisions saw of entities, each once. */
function unwritten(batch: readonly store.LoggedDecision[], day: string, known: Known) {
  const found = new Map<string, store.KeptSnapshot>()
  for (const { organizationId, snapshots } of batch) {
    for (const { hash, entities } of snapshots) {
      const key = `${day} ${organizationId} ${hash}`
      if (!known.has(key)) found.set(key, { organizationId, hash, entities, day })
    }
  }
  return found
}

type Known = LRUCache<string, true>

function sizeOf({ context, request, snapshots }: store.LoggedDecision): number {
  let size = 500 + context.length + request.length
  for (const { entities } of snapshots) size += entities.length
  return size
}
