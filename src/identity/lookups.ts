// What this node lately read of credentials, for seconds, and until something was revoked anywhere.
import { LRUCache } from 'lru-cache'
import type { Database, Tx } from '../platform/db.ts'
import { common } from '../platform/errors.ts'
import type { Revocations } from './revocations.ts'

export interface Lookups<Key, Found> {
  /**
   * `accepts`: what was remembered and is not good enough is looked up once more, since it may be
   * new by now; so the time it takes does not tell what this node remembers. Throws 503 where the
   * database must be asked and does not answer.
   */
  find(key: Key, accepts?: (found: Found | null) => boolean): Promise<Found | null>
}

const entriesMax = 50_000
const keptMs = 10_000
const unknownKeptMs = 2_000

export function createLookups<Key, Found>(options: {
  db: Database
  revocations: Revocations
  /** Tells entries apart. */
  name: (key: Key) => string
  look: (tx: Tx, key: Key) => Promise<Found | null>
}): Lookups<Key, Found> {
  const { revocations } = options
  const known = new LRUCache<string, { found: Found | null }>({ max: entriesMax, ttl: keptMs })
  revocations.onChange(() => known.clear())

  async function look(key: Key): Promise<Found | null> {
    try {
      return await options.db.inSystem((tx) => options.look(tx, key))
    } catch (cause) {
      throw common.problem('unavailable', { cause })
    }
  }

  return {
    async find(key, accepts = () => true) {
      const name = options.name(key)
      const hit = known.get(name)
      if (hit !== undefined && revocations.isFresh() && accepts(hit.found)) return hit.found
      const before = revocations.generation()
      const found = await look(key)
      // Not kept where a revocation came in between: what was read may be from before it.
      if (before === revocations.generation()) {
        known.set(name, { found }, { ttl: found === null ? unknownKeptMs : keptMs })
      }
      return found
    },
  }
}
