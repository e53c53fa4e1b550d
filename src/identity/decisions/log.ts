// The log of decisions: kept in memory for a moment, then written a thousand at a time. It holds up
// no decision while there is room; where there is none, who asks waits or is told to come again, so
// that nothing is decided that is not logged. What the database will never take is counted.
import { setTimeout } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import pg from 'pg'
import type { Database } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'
import { createDecisionQueue, type Line, type Part } from './queue.ts'
import * as store from './store.ts'

export interface DecisionLog {
  /** False where the organization has no room left: then it is not logged, nor counted. */
  append(decision: store.LoggedDecision): boolean
  /** Resolves when there may be room again; throws 503 where nothing can be written. */
  room(organizationId: string): Promise<void>
  /** Resolves when all that was appended until now is written; throws where it cannot be. */
  flush(): Promise<void>
  /** The same of one organization, whatever waits of others; throws 503. */
  settle(organizationId: string): Promise<void>
  /** Since this node started, of one organization or of all. */
  dropped(organizationId?: string): number
  waiting(): number
  start(): void
  /** Writes what is left. */
  stop(): Promise<void>
}

const flushMs = 200
const fullBatch = 1_000
const defaultRoom = { rows: 100_000, characters: 64 * 1024 * 1024 }
/** Before somebody whose line is full looks again. */
const roomMs = 500
/** After a failure, and at the end of the node. */
const attemptsMax = 5
const defaultRetryMs = 1_000
const countedMax = 10_000
/** Known to be written already. */
const snapshotsMax = 200_000
const failure = 'decisions could not be written'

interface Options {
  db: Database
  now: () => number
  log: Logger
  room?: { rows: number; characters: number }
  retryMs?: number
}

export function createDecisionLog(options: Options): DecisionLog {
  const { log, now, retryMs = defaultRetryMs } = options
  const queue = createDecisionQueue(options.room ?? defaultRoom)
  const dropped = createDropped()
  const { write, flush, flushLine } = createWriter({ ...options, queue, dropped })
  const inBackground = createBackground({ now, log, queue, write, retryMs })
  let timer: NodeJS.Timeout | undefined
  return {
    append(decision) {
      if (!queue.append(decision)) return false
      if (queue.size() >= fullBatch) inBackground()
      return true
    },
    async room(organizationId) {
      const line = queue.line(organizationId) ?? queue.lines().next().value
      if (line === undefined) return
      const written = line.writing ?? write(queue.next(line))
      await Promise.race([
        written.catch(unavailable),
        setTimeout(roomMs, undefined, { ref: false }),
      ])
    },
    flush,
    async settle(organizationId) {
      const line = queue.line(organizationId)
      if (line !== undefined) await flushLine(line).catch(unavailable)
    },
    dropped: dropped.of,
    waiting: queue.size,
    start() {
      timer = setInterval(inBackground, flushMs)
    },
    async stop() {
      clearInterval(timer)
      await flush().catch((error: unknown) => log.warn({ err: error }, failure))
      for (let attempt = 1; queue.size() > 0 && attempt < attemptsMax; attempt++) {
        await setTimeout(retryMs)
        for (const line of [...queue.lines()]) {
          await flushLine(line).catch((error: unknown) => log.warn({ err: error }, failure))
        }
      }
      if (queue.size() === 0) return
      for (const { rows } of queue.lines()) for (const row of rows) dropped.count(row)
      log.error({ dropped: queue.size() }, 'decisions are lost')
    },
  }
}

function unavailable(cause: unknown): never {
  throw common.problem('unavailable', { cause, headers: { 'retry-after': '2' } })
}

type Queue = ReturnType<typeof createDecisionQueue>
type Write = (parts: Part[]) => Promise<void>

function createWriter(
  options: Options & { queue: Queue; dropped: ReturnType<typeof createDropped> },
) {
  const { now, queue, dropped } = options
  const known: Known = new LRUCache({ max: snapshotsMax })

  async function writeParts(parts: Part[]): Promise<void> {
    const batch = parts.flatMap(({ rows }) => rows)
    const day = new Date(now()).toISOString().slice(0, 10)
    for (const row of await unwritable(options, { batch, day, known })) dropped.count(row)
    for (const part of parts) queue.remove(part)
  }

  /** Nobody else writes these lines meanwhile, so that each row is written once. */
  const write: Write = (parts) => {
    const writing = writeParts(parts).finally(() => {
      for (const { line } of parts) line.writing = null
    })
    for (const { line } of parts) line.writing = writing
    return writing
  }

  async function flushLine(line: Line): Promise<void> {
    const target = line.appended
    while (line.done < target) await (line.writing ?? write(queue.next(line)))
  }

  return {
    write,
    flushLine,
    async flush() {
      const targets = [...queue.lines()].map((line) => ({ line, upTo: line.appended }))
      for (const { line, upTo } of targets) {
        while (line.done < upTo) await (line.writing ?? write(queue.next()))
      }
    },
  }
}

/** Writes what waits, and comes again later after a failure. */
function createBackground(options: {
  now: () => number
  log: Logger
  queue: Queue
  write: Write
  retryMs: number
}): () => void {
  const { now, log, queue, write, retryMs } = options
  let isBusy = false
  let againAt = 0
  // After a failure each line alone: whoever's it was stands behind the others then.
  let isAlone = false

  async function writeWaiting(): Promise<void> {
    for (let left = queue.size(); left > 0; ) {
      const parts = queue.next(isAlone ? queue.idle() : undefined)
      if (parts.length === 0) return
      for (const { rows } of parts) left -= rows.length
      await write(parts)
    }
    isAlone = false
  }

  return () => {
    if (isBusy || now() < againAt) return
    isBusy = true
    writeWaiting()
      .catch((error: unknown) => {
        isAlone = true
        againAt = now() + retryMs
        log.warn({ err: error, waiting: queue.size() }, failure)
      })
      .finally(() => {
        isBusy = false
      })
  }
}

interface Batch {
  batch: store.LoggedDecision[]
  day: string
  known: Known
}

/** What the database will never take: in halves, so that one bad row takes no other along. */
async function unwritable(options: Options, all: Batch): Promise<store.LoggedDecision[]> {
  const { batch } = all
  if (await writeTo(options, all)) return []
  if (batch.length === 1) return batch
  const middle = batch.length >> 1
  const first = await unwritable(options, { ...all, batch: batch.slice(0, middle) })
  return [...first, ...(await unwritable(options, { ...all, batch: batch.slice(middle) }))]
}

/** False where the database will never take them; throws where it may do so later. */
async function writeTo({ db, log }: Options, { batch, day, known }: Batch): Promise<boolean> {
  const fresh = unwritten(batch, day, known)
  try {
    await db.inSystem(async (tx) => {
      if (fresh.size > 0) await store.keepSnapshots(tx, [...fresh.values()])
      await store.insertDecisions(tx, batch)
    })
  } catch (error) {
    // Classes of SQLSTATE: what is wrong, or too long for an index, is the data, and the next
    // batches wait behind it.
    const isData = error instanceof pg.DatabaseError && /^(22|54)/.test(error.code ?? '')
    if (!isData) throw error
    if (batch.length === 1) log.error({ err: error, dropped: 1 }, failure)
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
    count({ organizationId }: { organizationId: string }) {
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
