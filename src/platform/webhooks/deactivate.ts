// Takes an endpoint out of use. What waits for it is cancelled and can be replayed; what is under
// way ends by itself (`settle.ts`).
import { appendAudit } from '../audit/audit.ts'
import { enterSystem, enterTenant, sql, type Tx } from '../db.ts'
import type { Caller } from '../http/caller.ts'
import type { Surface } from '../permissions.ts'
import type { Breaker } from './breaker.ts'
import type { EndpointRef } from './signing-secrets.ts'

/** Runs within the tenant or the system role, after the endpoint's row was changed. */
export async function cancelPending(tx: Tx, endpoint: EndpointRef): Promise<void> {
  await tx.run(sql`
    update webhook_deliveries set status = 'cancelled', completed_at = now(), lease_owner = null,
      lease_until = null
     where (organization_id, id) in (
       select organization_id, id from webhook_deliveries
        where organization_id = ${endpoint.organizationId} and endpoint_id = ${endpoint.endpointId}
          and status = 'pending' and (lease_until is null or lease_until < now())
        limit ${cancelledAtOnceMax} for update skip locked)`)
}

/** What we do ourselves when the breaker has given up. Runs in the system role. */
export async function disable(
  tx: Tx,
  endpoint: EndpointRef & { surface: Surface },
  breaker: Breaker,
): Promise<void> {
  const { organizationId, endpointId } = endpoint
  const reason = breaker.disabledBecause
  await enterTenant(tx, organizationId)
  await tx.run(sql`
    update webhook_endpoints set active = false, disabled_reason = ${reason},
      breaker = ${JSON.stringify(breaker)}, updated_at = now()
     where organization_id = ${organizationId} and id = ${endpointId}`)
  await cancelPending(tx, endpoint)
  await appendAudit(
    tx,
    { caller: platform(endpoint), address: null, requestId: null },
    {
      action: 'webhook.disabled',
      objectType: 'webhook',
      objectId: endpointId,
      details: { reason },
    },
  )
  await enterSystem(tx)
}

/** A backlog of days can be longer; the rest is left to `clean.ts`. */
const cancelledAtOnceMax = 10_000

function platform({ organizationId, surface }: EndpointRef & { surface: Surface }): Caller {
  return {
    organizationId,
    workspaceId: '',
    plan: 'enterprise',
    actor: { kind: 'system', id: 'webhooks', name: 'Webhook delivery' },
    surface,
    scopes: [],
    expiresAt: null,
    firstOrganization: false,
  }
}
