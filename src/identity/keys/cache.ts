// Keys this node has seen lately, and when they were used.
import type { Database } from '../../platform/db.ts'
import type { Logger } from '../../platform/log.ts'
import { createLookups } from '../lookups.ts'
import type { Revocations } from '../revocations.ts'
import type { KnownKey } from './store.ts'
import * as store from './store.ts'

export interface KeyCache {
  /** Throws 503 where the database must be asked and does not answer. */
  find(hash: Buffer): Promise<KnownKey | null>
  /** Remembers that a key was used; written together every few seconds. */
  used(key: KnownKey): void
  /** Writes at once what this node remembers. */
  flush(): Promise<void>
  start(): void
  stop(): Promise<void>
}

const flushMs = 5_000

export function createKeyCache(options: {
  db: Database
  revocations: Revocations
  now: () => number
  log: Logger
}): KeyCache {
  const { db, now, revocations } = options
  const keys = createLookups({
    db,
    revocations,
    name: (hash: Buffer) => hash.toString('latin1'),
    look: store.findByHash,
  })
  const uses = collectUses(options)
  let timer: NodeJS.Timeout | undefined
  return {
    find: keys.find,
    used(key) {
      uses.add(key, now())
    },
    flush: uses.flush,
    start() {
      timer = setInterval(() => void uses.flush(), flushMs)
    },
    async stop() {
      clearInterval(timer)
      await uses.flush()
    },
  }
}

/** The last use of each key, written together. */
function collectUses({ db, log }: { db: Database; log: Logger }) {
  let uses = new Map<string, { key: KnownKey; at: number }>()
  return {
    add: (key: KnownKey, at: number) => void uses.set(key.id, { key, at }),
    async flush(): Promise<void> {
      if (uses.size === 0) return
      const batch = [...uses.values()].map(({ key, at }) => ({
        organizationId: key.organization_id,
        keyId: key.id,
        at: new Date(at).toISOString(),
      }))
      uses = new Map()
      try {
        await db.inSystem((tx) => store.recordUse(tx, batch))
      } catch (error) {
        log.warn({ err: error }, 'the use of keys could not be recorded')
      }
    },
  }
}
