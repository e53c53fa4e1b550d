// The webhook routes of one surface.
import { originOf } from '../http/origin.ts'
import { type Route, route } from '../http/route.ts'
import type { Permission, Surface } from '../permissions.ts'
import { deliveryRoutes } from './delivery-routes.ts'
import * as shapes from './schema.ts'
import * as service from './service.ts'
import * as store from './store.ts'

export interface WebhookMount {
  surface: Surface
  path: '/api/webhooks' | '/v1/webhooks'
  /** To which an endpoint may subscribe; at least one. */
  events: readonly string[]
  permission: Permission
  /** The body of an event that did not happen, for tests of an endpoint; `now` is RFC 3339. */
  sample: (event: string, organizationId: string, now: string) => object
}

type Platform = Omit<service.ServiceOptions, 'surface' | 'sample'>

export function webhookRoutes(platform: Platform, mount: WebhookMount): Route[] {
  const options: service.ServiceOptions = { ...platform, ...mount }
  const shared = { tag: 'Webhooks', permission: mount.permission } as const
  const [first, ...others] = mount.events
  if (first === undefined) throw new Error(`webhooks of ${mount.surface} have no events`)
  const events: shapes.EventNames = [first, ...others]
  const item = { ...shared, path: `${mount.path}/:webhook_id`, events }
  return [
    ...collectionRoutes(options, { ...shared, path: mount.path, events }),
    ...itemRoutes(options, item),
    ...actionRoutes(options, item),
    ...deliveryRoutes(options, { ...shared, path: mount.path }),
  ]
}

interface Shared {
  tag: string
  permission: Permission
  path: string
  events: shapes.EventNames
}

function collectionRoutes(options: service.ServiceOptions, { events, ...shared }: Shared): Route[] {
  return [
    route({
      ...shared,
      method: 'POST',
      operationId: 'createWebhook',
      summary: 'Create a webhook; the answer alone shows its secret',
      status: 201,
      body: shapes.createWebhookBody(events),
      reply: shapes.WebhookWithSecret,
      errors: ['too_many_webhooks'],
      handle: (request) => service.createWebhook(options, originOf(request), request.body),
    }),
    route({
      ...shared,
      method: 'GET',
      operationId: 'listWebhooks',
      summary: 'List the webhooks, the newest first',
      status: 200,
      query: shapes.WebhookQuery,
      reply: shapes.WebhookList,
      handle: async ({ caller, query }) => {
        const scope = service.scopeOf(options, caller)
        const { rows, total } = await options.db.inTenant(caller.organizationId, (tx) =>
          store.list(tx, scope, query),
        )
        const webhooks = rows.map((row) => service.shown(row, options.now()))
        return { webhooks, total, limit: query.limit, offset: query.offset }
      },
    }),
  ]
}

function itemRoutes(options: service.ServiceOptions, { events, ...rest }: Shared): Route[] {
  const shared = { ...rest, status: 200, params: shapes.WebhookPath, errors: ['webhook_not_found'] }
  return [
    route({
      ...shared,
      method: 'GET',
      operationId: 'getWebhook',
      summary: 'Get one webhook',
      reply: shapes.Webhook,
      handle: async ({ caller, params }) => {
        const scope = service.scopeOf(options, caller)
        const row = await options.db.inTenant(caller.organizationId, (tx) =>
          store.find(tx, scope, params.webhook_id),
        )
        return service.shown(service.found(row), options.now())
      },
    }),
    route({
      ...shared,
      method: 'PATCH',
      operationId: 'updateWebhook',
      summary: 'Change a webhook, or activate it again',
      body: shapes.changeWebhookBody(events),
      reply: shapes.Webhook,
      handle: (request) => {
        const { webhook_id: id } = request.params
        return service.changeWebhook(options, originOf(request), { ...request.body, id })
      },
    }),
    route({
      ...shared,
      method: 'DELETE',
      operationId: 'deleteWebhook',
      summary: 'Delete a webhook with its deliveries',
      reply: shapes.WebhookDeleted,
      handle: (request) =>
        service.deleteWebhook(options, originOf(request), request.params.webhook_id),
    }),
  ]
}

function actionRoutes(options: service.ServiceOptions, { events, ...rest }: Shared): Route[] {
  const shared = { ...rest, status: 200, params: shapes.WebhookPath, errors: ['webhook_not_found'] }
  return [
    route({
      ...shared,
      method: 'POST',
      path: `${rest.path}/test`,
      operationId: 'testWebhook',
      summary: 'Send a signed sample now, and tell what came of it',
      body: shapes.testWebhookBody(events),
      reply: shapes.TestResult,
      handle: ({ caller, params, body }) =>
        service.testWebhook(options, caller, { id: params.webhook_id, event: body.event }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: `${rest.path}/rotate-secret`,
      operationId: 'rotateWebhookSecret',
      summary: 'Make a new secret; the old one signs along for a day',
      body: shapes.RotateSecret,
      reply: shapes.WebhookWithSecret,
      handle: (request) =>
        service.rotateSecret(options, originOf(request), {
          id: request.params.webhook_id,
          overlapSeconds: request.body.overlap_seconds,
        }),
    }),
  ]
}
