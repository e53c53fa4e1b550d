// /console/api/keys: keys of every surface, for the dashboard and the command line.
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import {
  ChangeKey,
  CreatedKey,
  CreateKey,
  Key,
  KeyList,
  KeyPath,
  KeyQuery,
  RotateKey,
} from './schema.ts'
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
    ...changeRoutes(service),
  ]
}

function changeRoutes(service: KeyService): Route[] {
  return [
    route({
      ...shared,
      method: 'PATCH',
      path: '/api/keys/:key_id',
      operationId: 'changeKey',
      summary: 'Switch an API key off for a while, or on again',
      status: 200,
      params: KeyPath,
      body: ChangeKey,
      reply: Key,
      errors: ['key_not_found', 'scope_exceeds_maker'],
      handle: (request) =>
        service.setActive(originOf(request), request.params.key_id, request.body.active),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/keys/:key_id/rotate',
      operationId: 'rotateKey',
      summary: 'Make a successor with the same rights; the old key ends after the overlap',
      status: 201,
      params: KeyPath,
      body: RotateKey.default({ overlap_hours: 24 }),
      reply: CreatedKey,
      errors: ['key_not_found', 'key_not_active', 'scope_exceeds_maker'],
      handle: (request) =>
        service.rotate(originOf(request), {
          id: request.params.key_id,
          overlapHours: request.body.overlap_hours,
        }),
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
      errors: ['key_not_found', 'scope_exceeds_maker'],
      handle: (request) => service.revoke(originOf(request), request.params.key_id),
    }),
  ]
}
