// Follows the version row that every revoking transaction increments: a revocation holds here at
// once and on every node within a second. A node that could not poll knows that its knowledge is
// old, and asks the database per credential.
import { type Database, sql, type Tx } from '../platform/db.ts'
import type { Logger } from '../platform/log.ts'

export interface Revocations {
  /** Another number after each change that this node learned of. */
  generation(): number
  /** Whether what was remembered may still be believed. */
  isFresh(): boolean
  /** After the commit of a revocation on this node: all that was remembered is forgotten. */
  forget(): void
  onChange(forget: () => void): void
  start(): void
  stop(): void
}

const pollMs = 400
const pollAgeMsMax = 1_000

export function createRevocations(options: {
  db: Database
  now: () => number
  log: Logger
}): Revocations {
  const listeners: (() => void)[] = []
  let version = -1
  let generation = 0
  let polledAt = 0
  let polling = false
  let timer: NodeJS.Timeout | undefined
  const changed = () => {
    generation += 1
    for (const listener of listeners) listener()
  }

  async function poll(): Promise<void> {
    if (polling) return
    polling = true
    try {
      // Taken before asking: what is revoked while the answer is under way is not in it.
      const askedAt = options.now()
      const current = await options.db.inSystem(readVersion)
      if (current !== version) changed()
      version = current
      polledAt = askedAt
    } catch (error) {
      options.log.warn({ err: error }, 'revocations could not be polled')
    } finally {
      polling = false
    }
  }

  return {
    generation: () => generation,
    isFresh: () => options.now() - polledAt <= pollAgeMsMax,
    forget() {
      version = -1
      changed()
    },
    onChange: (forget) => void listeners.push(forget),
    start() {
      void poll()
      timer = setInterval(() => void poll(), pollMs)
    },
    stop: () => clearInterval(timer),
  }
}

/**
 * In the revoking transaction, whichever role it has, and after its other changes: everyone locks
 * this row last, so that no two wait for each other, and briefly.
 */
export async function announceRevocation(tx: Tx): Promise<void> {
  await tx.run(sql`update revocation_version set version = version + 1`)
}

async function readVersion(tx: Tx): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`select version from revocation_version`)
  return version
}
