// Writes down that a key of the organization was refused: somebody still uses, or has found, what
// was ended. One row per key, reason and hour on each node, however often it is tried.
import { LRUCache } from 'lru-cache'
import { appendAudit } from '../../platform/audit/audit.ts'
import type { Database } from '../../platform/db.ts'
import type { Logger } from '../../platform/log.ts'
import type { KnownKey } from './store.ts'

export type Reason = 'switched_off' | 'expired' | 'revoked' | 'address'

/** Returns at once: the answer does not wait for the row. */
export type NoteRefusal = (key: KnownKey, reason: Reason, address: string) => void

const remembered = 20_000
const onceInMs = 3_600_000

export function noteRefusals({ db, log }: { db: Database; log: Logger }): NoteRefusal {
  const noted = new LRUCache<string, true>({ max: remembered, ttl: onceInMs })
  return (key, reason, address) => {
    const what = `${key.id} ${reason}`
    if (noted.has(what)) return
    noted.set(what, true)
    const { organization_id: organizationId, id, name } = key
    const caller = { organizationId, actor: { kind: 'key', id, name } as const }
    const entry = { action: 'key.refused', objectType: 'key', objectId: id, details: { reason } }
    db.inTenant(organizationId, (tx) =>
      appendAudit(tx, { caller, address, requestId: null }, { ...entry, result: 'failure' }),
    ).catch((error: unknown) => log.warn({ err: error }, 'a refused key was not recorded'))
  }
}
