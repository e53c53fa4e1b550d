// Writes what happens to a person's login into the audit log of every organization they belong to:
// each of them relies on it.
import { type AuditEntry, appendAudit } from '../../platform/audit/audit.ts'
import { enterSystem, enterTenant, type Tx } from '../../platform/db.ts'
import { organizationIdsOf } from '../users/store.ts'

export interface Person {
  id: string
  email: string
}

/** Across tenants, in the transaction of the change. */
export async function record(
  tx: Tx,
  by: { person: Person; address: string; requestId: string },
  entry: Omit<AuditEntry, 'objectType' | 'objectId'>,
): Promise<void> {
  const { person, address, requestId } = by
  const actor = { kind: 'user', id: person.id, name: person.email } as const
  for (const organizationId of await organizationIdsOf(tx, person.id)) {
    await enterTenant(tx, organizationId)
    const origin = { caller: { organizationId, actor }, address, requestId }
    await appendAudit(tx, origin, { objectType: 'user', objectId: person.id, ...entry })
  }
  await enterSystem(tx)
}
