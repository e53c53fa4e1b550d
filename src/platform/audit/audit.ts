// Who did what, on what, from where, with what result: one row in the transaction of the change.
// The sealer chains it afterwards.
import { sql, type Tx } from '../db.ts'
import type { Caller } from '../http/caller.ts'
import { uuid7 } from '../ids.ts'

export interface AuditEntry {
  /** `key.created`, `finding.resolved`: object and past participle. */
  action: string
  objectType: string
  objectId: string
  /** `failure` for what was tried and refused; success unless given. */
  result?: 'success' | 'failure'
  details?: Readonly<Record<string, unknown>>
}

/** Where the change came from; the part of a request that is worth keeping. */
export interface Origin {
  caller: Caller
  address: string | null
  requestId: string | null
}

/** An origin in which nothing more needs to be known than whose row it is and who did it. */
export interface AuditOrigin extends Omit<Origin, 'caller'> {
  caller: Pick<Caller, 'organizationId' | 'actor'>
}

export async function appendAudit(tx: Tx, origin: AuditOrigin, entry: AuditEntry): Promise<void> {
  const { caller } = origin
  await tx.run(sql`
    with appended as (
      insert into audit_events
        (organization_id, id, actor, action, object_type, object_id, address, request_id, result,
         details)
      values (${caller.organizationId}, ${uuid7()}, ${JSON.stringify(caller.actor)},
        ${entry.action}, ${entry.objectType}, ${entry.objectId}, ${origin.address},
        ${origin.requestId}, ${entry.result ?? 'success'}, ${JSON.stringify(entry.details ?? {})})
      returning organization_id, id)
    insert into audit_pending (organization_id, event_id) select organization_id, id from appended`)
}
