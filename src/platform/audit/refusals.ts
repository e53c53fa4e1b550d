// Writes down what was refused to somebody who is known: that a credential which was ended is still
// used, that one reaches for more than it may. One row per hour on each node for the same thing,
// however often it is tried, so that nobody fills the log; strangers are nobody's and leave none.
import { LRUCache } from 'lru-cache'
import type { Database } from '../db.ts'
import type { Logger } from '../log.ts'
import { type AuditEntry, type AuditOrigin, appendAudit } from './audit.ts'

export interface Refused extends Omit<AuditEntry, 'result' | 'details'> {
  /** Why, in a word; another reason is another row. */
  reason: string
  /** What else makes it another thing: where it came from, say. */
  apart?: string
  details?: Readonly<Record<string, unknown>>
}

/** Returns at once: the answer does not wait for the row. */
export type NoteRefused = (origin: AuditOrigin, refused: Refused) => void

const remembered = 20_000
const onceInMs = 3_600_000

export function createRefusals({ db, log }: { db: Database; log: Logger }): NoteRefused {
  const noted = new LRUCache<string, true>({ max: remembered, ttl: onceInMs })
  return (origin, { reason, apart = '', details, ...entry }) => {
    const { organizationId, actor } = origin.caller
    const what = [organizationId, actor.id, entry.action, entry.objectId, reason, apart].join(' ')
    if (noted.has(what)) return
    noted.set(what, true)
    const row = { ...entry, result: 'failure', details: { reason, ...details } } as const
    db.inTenant(organizationId, (tx) => appendAudit(tx, origin, row)).catch((error: unknown) =>
      log.warn({ err: error }, 'a refusal was not recorded'),
    )
  }
}
