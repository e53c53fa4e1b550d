// Who did what, on what, from where, with what result: one row in the transaction of the change.
import { sql, type Tx } from '../db.ts'
import type { Caller } from '../http/caller.ts'
import { uuid7 } from '../ids.ts'

export interface AuditEntry {
  /** `key.created`, `finding.resolved`: object and past participle. */
  action: string
  objectType: string
  objectId: string
  details?: Readonly<Record<string, unknown>>
}

/** Where the change came from; the part of a request that is worth keeping. */
export interface Origin {
  caller: Caller
  address: string | null
  requestId: string | null
}

export async function appendAudit(tx: Tx, origin: Origin, entry: AuditEntry): Promise<void> {
  const { caller } = origin
  await tx.run(sql`
    insert into audit_events
      (organization_id, id, actor, action, object_type, object_id, address, request_id, result,
       details)
    values (${caller.organizationId}, ${uuid7()}, ${JSON.stringify(caller.actor)},
      ${entry.action}, ${entry.objectType}, ${entry.objectId}, ${origin.address},
      ${origin.requestId}, 'success', ${JSON.stringify(entry.details ?? {})})`)
}
