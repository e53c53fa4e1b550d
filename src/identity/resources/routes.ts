// /identity/v1/resources
import { z } from 'zod'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { toSeconds } from '../keys/v1.ts'
import { PageOfAll } from '../principals/schema.ts'
import { DeletedResource, PutResource, Resource, ResourcePath, ResourceQuery } from './schema.ts'
import type { ResourceService } from './service.ts'
import type { ResourceRow } from './store.ts'

const read = { tag: 'Resources', permission: 'read:principals', status: 200 } as const
const write = { tag: 'Resources', permission: 'write:principals', status: 200 } as const
const path = '/v1/resources/:type/:id'

export function resourceRoutes(service: ResourceService, now: () => number): Route[] {
  return [...readRoutes(service), ...writeRoutes(service, now)]
}

function readRoutes(service: ResourceService): Route[] {
  return [
    route({
      ...read,
      method: 'GET',
      path: '/v1/resources',
      operationId: 'listResources',
      summary: 'List what is stored of resources, the newest first, or those of a type by id',
      query: ResourceQuery,
      reply: z.object({ data: z.array(Resource), pagination: PageOfAll }),
      handle: async ({ caller, query: { page, limit, type } }) => {
        const offset = (page - 1) * limit
        const { rows, total } = await service.list(caller, { type, limit, offset })
        const pagination = { total, page, per_page: limit, pages: Math.ceil(total / limit) }
        return { data: rows.map(shown), pagination }
      },
    }),
    route({
      ...read,
      method: 'GET',
      path,
      operationId: 'getResource',
      summary: 'Show what is stored of a resource',
      params: ResourcePath,
      reply: Resource,
      errors: ['resource_not_found'],
      handle: async ({ caller, params }) => shown(await service.get(caller, params)),
    }),
  ]
}

function writeRoutes(service: ResourceService, now: () => number): Route[] {
  return [
    route({
      ...write,
      method: 'PUT',
      path,
      operationId: 'putResource',
      summary: 'Store what policies know of a resource, in place of what there was',
      params: ResourcePath,
      body: PutResource,
      reply: Resource,
      handle: async (request) =>
        shown(await service.put(originOf(request), request.params, request.body)),
    }),
    route({
      ...write,
      method: 'DELETE',
      path,
      operationId: 'deleteResource',
      summary: 'Forget what is stored of a resource',
      params: ResourcePath,
      reply: DeletedResource,
      errors: ['resource_not_found'],
      handle: async (request) => {
        const { params } = request
        await service.remove(originOf(request), params)
        const deleted_at = toSeconds(new Date(now()).toISOString())
        return { ...params, status: 'deleted' as const, deleted_at }
      },
    }),
  ]
}

function shown(row: ResourceRow) {
  return {
    ...row,
    attributes: { ...row.attributes },
    created_at: toSeconds(row.created_at),
    updated_at: toSeconds(row.updated_at),
  }
}
