// What a change of a principal leaves behind in its transaction: an audit row, an event, and word
// to the nodes that decide.
import {
  principalCreated,
  principalDeleted,
  principalSuspended,
  principalTerminated,
  principalUpdated,
} from '../../events/principal.ts'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { appendEvent } from '../../platform/outbox.ts'
import { announceAuthorizationChange } from '../authorization/generation.ts'
import type { PrincipalRow } from './store.ts'

/** After the change's other rows; only `announceRevocation` comes later. */
export async function record(
  tx: Tx,
  origin: Origin,
  happened: {
    action: 'created' | 'changed' | 'deleted'
    principal: PrincipalRow
    details: object
    /** The fields that changed, where some did. */
    changed?: readonly string[]
  },
): Promise<void> {
  const { action, principal, details, changed = [] } = happened
  const { organizationId, actor } = origin.caller
  const { id, type, name, status } = principal
  await appendAudit(tx, origin, {
    action: `principal.${action}`,
    objectType: 'principal',
    objectId: id,
    details: { type, name, ...details },
  })
  const about = { principal_id: id, type, name, status, actor }
  if (action === 'changed') {
    const payload = { ...about, changed: [...changed] }
    await appendEvent(tx, principalUpdated, { organizationId, payload })
  }
  const event = eventOf(action, changed.includes('status') ? status : null)
  if (event !== null) await appendEvent(tx, event, { organizationId, payload: about })
  await announceAuthorizationChange(tx, organizationId)
}

/** `turned`: the new status, where it is another one. */
function eventOf(action: 'created' | 'changed' | 'deleted', turned: string | null) {
  if (action === 'created') return principalCreated
  if (action === 'deleted') return principalDeleted
  if (turned === 'suspended') return principalSuspended
  return turned === 'terminated' ? principalTerminated : null
}
