// Keys this node has seen lately. A revocation holds here at once and on every node within a
// second: the version row is polled, and a node that could not poll asks the database per key.
import { LRUCache } from 'lru-cache'
import type { Database } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'
import type { KnownKey } from './store.ts'
import * as store from './store.ts'

export interface KeyCache {
  /** Throws 503 where the database must be asked and does not answer. */
  find(hash: Buffer): Promise<KnownKey | null>
  /** Remembers that a key was used; written together every few seconds. */
  used(key: KnownKey): void
  forgetAll(): void
  start(): void
  stop(): Promise<void>
}

const keysMax = 50_000
const keptMs = 10_000
const unknownKeptMs = 2_000
const pollMs = 400
const pollAgeMsMax = 1_000
const flushMs = 15_000

export function createKeyCache(options: {
  db: Database
  now: () => number
  log: Logger
}): KeyCache {
  const { db, now } = options
  const known = new LRUCache<string, { key: KnownKey | null }>({ max: keysMax, ttl: keptMs })
  const revocations = watchRevocations({ ...options, changed: () => known.clear() })
  const uses = collectUses(options)
  const timers: NodeJS.Timeout[] = []

  async function look(hash: Buffer): Promise<KnownKey | null> {
    try {
      return await db.inSystem((tx) => store.findByHash(tx, hash))
    } catch (cause) {
      throw common.problem('unavailable', { cause })
    }
  }

  return {
    async find(hash) {
      const name = hash.toString('base64')
      const hit = known.get(name)
      if (hit !== undefined && revocations.isFresh()) return hit.key
      const before = revocations.version()
      const key = await look(hash)
      // Not kept where a revocation came in between: what was read may be from before it.
      if (before === revocations.version()) {
        known.set(name, { key }, { ttl: key === null ? unknownKeptMs : keptMs })
      }
      return key
    },
    used(key) {
      const at = new Date(now()).toISOString()
      uses.add({ organizationId: key.organization_id, keyId: key.id, at })
    },
    forgetAll: revocations.forget,
    start() {
      void revocations.poll()
      timers.push(setInterval(() => void revocations.poll(), pollMs))
      timers.push(setInterval(() => void uses.flush(), flushMs))
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await uses.flush()
    },
  }
}

/** Follows the version row, and knows how old its knowledge is. */
function watchRevocations(options: {
  db: Database
  now: () => number
  log: Logger
  changed: () => void
}) {
  let version = -1
  let polledAt = 0
  let polling = false
  return {
    version: () => version,
    isFresh: () => options.now() - polledAt <= pollAgeMsMax,
    forget() {
      version = -1
      options.changed()
    },
    async poll(): Promise<void> {
      if (polling) return
      polling = true
      try {
        // Taken before asking: what is revoked while the answer is under way is not in it.
        const askedAt = options.now()
        const current = await options.db.inSystem(store.revocationVersion)
        if (current !== version) options.changed()
        version = current
        polledAt = askedAt
      } catch (error) {
        options.log.warn({ err: error }, 'revocations could not be polled')
      } finally {
        polling = false
      }
    },
  }
}

/** The last use of each key, written together. */
function collectUses({ db, log }: { db: Database; log: Logger }) {
  let uses = new Map<string, store.KeyUse>()
  return {
    add: (use: store.KeyUse) => void uses.set(use.keyId, use),
    async flush(): Promise<void> {
      if (uses.size === 0) return
      const batch = uses
      uses = new Map()
      try {
        await db.inSystem((tx) => store.recordUse(tx, [...batch.values()]))
      } catch (error) {
        log.warn({ err: error }, 'the use of keys could not be recorded')
      }
    },
  }
}
