// /console/api/keys: keys of every surface, for the dashboard and the command line.
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { CreatedKey, CreateKey, Key, KeyList, KeyPath, KeyQuery } from './schema.ts'
import type { KeyService } from './service.ts'

const shared = { tag: 'Keys', permission: 'admin:console' } as const

export function keyRoutes(service: KeyService): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/keys',
      operationId: 'listKeys',
      summary: 'List the API keys of this organization',
      status: 200,
      query: KeyQuery,
      reply: KeyList,
      handle: async ({ caller, query }) => {
        const { limit, offset } = query
        return { ...(await service.list(caller, query)), limit, offset }
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/keys',
      operationId: 'createKey',
      summary: 'Create an API key; the answer alone shows it',
      status: 201,
      body: CreateKey,
      reply: CreatedKey,
      errors: ['scope_exceeds_maker'],
      handle: (request) => service.create(originOf(request), request.body),
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/api/keys/:key_id',
      operationId: 'revokeKey',
      summary: 'Revoke an API key at once',
      status: 200,
      params: KeyPath,
      reply: Key,
      errors: ['key_not_found'],
      handle: (request) => service.revoke(originOf(request), request.params.key_id),
    }),
  ]
}
