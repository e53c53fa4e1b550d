// The log of what was sent to a webhook, and sending it again.
import { appendAudit, type Origin } from '../audit/audit.ts'
import { originOf } from '../http/origin.ts'
import { type Route, route } from '../http/route.ts'
import type { Permission } from '../permissions.ts'
import * as deliveries from './deliveries.ts'
import { errors } from './errors.ts'
import * as shapes from './schema.ts'
import { found, type ServiceOptions, scopeOf } from './service.ts'
import * as store from './store.ts'

interface Shared {
  tag: string
  permission: Permission
  path: string
}

export function deliveryRoutes(options: ServiceOptions, { path, ...shared }: Shared): Route[] {
  const one = { ...shared, method: 'POST', status: 202, reply: shapes.Delivery } as const
  return [
    route({
      ...shared,
      method: 'GET',
      path: `${path}/:webhook_id/deliveries`,
      operationId: 'listWebhookDeliveries',
      summary: 'List what was sent to a webhook, the newest first, with every attempt',
      status: 200,
      params: shapes.WebhookPath,
      query: shapes.DeliveryQuery,
      reply: shapes.DeliveryList,
      errors: ['webhook_not_found'],
      handle: async ({ caller, params, query }) => {
        const scope = scopeOf(options, caller)
        const { limit, offset } = query
        const listed = await options.db.inTenant(scope.organizationId, async (tx) => {
          const { id } = found(await store.find(tx, scope, params.webhook_id))
          return deliveries.list(tx, { ...scope, id }, query)
        })
        return { ...listed, limit, offset }
      },
    }),
    route({
      ...one,
      path: `${path}/:webhook_id/deliveries/:delivery_id/replay`,
      operationId: 'replayWebhookDelivery',
      summary: 'Send a delivery again, under the same webhook-id',
      params: shapes.WebhookDeliveryPath,
      errors: ['webhook_not_found', 'delivery_not_found', 'webhook_inactive'],
      handle: (request) => replayOne(options, originOf(request), request.params),
    }),
    route({
      ...one,
      path: `${path}/deliveries/:delivery_id/replay`,
      operationId: 'replayDelivery',
      summary: 'Send a delivery again, where only its own id is at hand',
      params: shapes.DeliveryPath,
      errors: ['delivery_not_found', 'webhook_inactive'],
      handle: (request) => replayOne(options, originOf(request), request.params),
    }),
    route({
      ...shared,
      method: 'POST',
      path: `${path}/:webhook_id/replay`,
      operationId: 'replayWebhook',
      summary: 'Send the deliveries of a time again, by default those that never arrived',
      status: 202,
      params: shapes.WebhookPath,
      body: shapes.Replay,
      reply: shapes.Replayed,
      errors: ['webhook_not_found', 'webhook_inactive'],
      handle: ({ params, body, ...request }) =>
        replayRange(options, originOf({ params, body, ...request }), {
          ...body,
          id: params.webhook_id,
        }),
    }),
  ]
}

async function replayOne(
  options: ServiceOptions,
  origin: Origin,
  path: { webhook_id?: string; delivery_id: string },
): Promise<shapes.Delivery> {
  const scope = scopeOf(options, origin.caller)
  return options.db.inTenant(scope.organizationId, async (tx) => {
    if (path.webhook_id !== undefined) found(await store.find(tx, scope, path.webhook_id))
    const delivery = await deliveries.find(tx, scope, path.delivery_id)
    const isElsewhere = path.webhook_id !== undefined && path.webhook_id !== delivery?.webhook_id
    if (delivery === null || isElsewhere) throw errors.problem('delivery_not_found')
    requireActive(await store.findLocked(tx, scope, delivery.webhook_id))
    await deliveries.replay(tx, scope, delivery.id)
    await appendAudit(tx, origin, {
      action: 'webhook.delivery_replayed',
      objectType: 'webhook',
      objectId: delivery.webhook_id,
      details: { delivery_id: delivery.id, message_id: delivery.message_id },
    })
    return (await deliveries.find(tx, scope, delivery.id)) ?? delivery
  })
}

async function replayRange(
  options: ServiceOptions,
  origin: Origin,
  { id, ...wanted }: shapes.Replay & { id: string },
) {
  const scope = scopeOf(options, origin.caller)
  return options.db.inTenant(scope.organizationId, async (tx) => {
    requireActive(await store.findLocked(tx, scope, id))
    const max = shapes.replaysMax
    const bounded = { ...wanted, max }
    const { replayed, last } = await deliveries.replayRange(tx, { ...scope, id }, bounded)
    await appendAudit(tx, origin, {
      action: 'webhook.replayed',
      objectType: 'webhook',
      objectId: id,
      details: { ...wanted, replayed },
    })
    return { replayed, next_since: replayed === max ? last : null }
  })
}

/** Throws where there is no such webhook, and where nothing would be sent to it. */
function requireActive(row: store.WebhookRow | null): void {
  if (!found(row).active) throw errors.problem('webhook_inactive')
}
