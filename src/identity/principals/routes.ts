// /identity/v1/principals
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { toSeconds } from '../keys/v1.ts'
import {
  ChangePrincipal,
  CreateAgentKey,
  CreatedAgentKey,
  CreatedPrincipal,
  CreatePrincipal,
  DeletedPrincipal,
  Principal,
  PrincipalList,
  PrincipalPath,
  PrincipalQuery,
  SearchPrincipals,
} from './schema.ts'
import type { PrincipalService } from './service.ts'
import type { PrincipalRow } from './store.ts'

const read = { tag: 'Principals', permission: 'read:principals' } as const
const write = { tag: 'Principals', permission: 'write:principals' } as const

export function principalRoutes(service: PrincipalService): Route[] {
  return [...listRoutes(service), ...oneRoutes(service), keyRoute(service)]
}

function listRoutes(service: PrincipalService): Route[] {
  return [
    route({
      ...read,
      method: 'GET',
      path: '/v1/principals',
      operationId: 'listPrincipals',
      summary: 'List the principals, the newest first',
      status: 200,
      query: PrincipalQuery,
      reply: PrincipalList,
      handle: async ({ caller, query: { page, limit, type, status, connector } }) => {
        const filter = {
          types: type && [type],
          statuses: status && [status],
          connector,
        }
        const query = { filter, limit, offset: (page - 1) * limit }
        return listed(await service.list(caller, query), { page, limit })
      },
    }),
    route({
      ...read,
      method: 'POST',
      path: '/v1/principals/search',
      operationId: 'searchPrincipals',
      summary: 'Find principals by text, type, status, attributes, groups or owner',
      status: 200,
      body: SearchPrincipals,
      reply: PrincipalList,
      handle: async ({ caller, body: { page, limit, type, status, ...filter } }) => {
        const types = type && [type].flat()
        const statuses = status && [status].flat()
        const query = {
          filter: { ...filter, types, statuses },
          limit,
          offset: (page - 1) * limit,
        }
        return listed(await service.list(caller, query), { page, limit })
      },
    }),
    route({
      ...write,
      method: 'POST',
      path: '/v1/principals',
      operationId: 'createPrincipal',
      summary: 'Create a principal; of an AI agent the answer alone shows its key',
      status: 201,
      body: CreatePrincipal,
      reply: CreatedPrincipal,
      errors: ['principal_exists', 'scope_exceeds_maker'],
      handle: async (request) => {
        const { principal, key } = await service.create(originOf(request), request.body)
        if (key === null) return shown(principal)
        const { api_key, scopes, id } = key
        return { ...shown(principal), api_key, api_key_id: id, scopes }
      },
    }),
  ]
}

function oneRoutes(service: PrincipalService): Route[] {
  return [
    route({
      ...read,
      method: 'GET',
      path: '/v1/principals/:principal_id',
      operationId: 'getPrincipal',
      summary: 'Show a principal',
      status: 200,
      params: PrincipalPath,
      reply: Principal,
      errors: ['principal_not_found'],
      handle: async ({ caller, params }) => shown(await service.get(caller, params.principal_id)),
    }),
    route({
      ...write,
      method: 'PATCH',
      path: '/v1/principals/:principal_id',
      operationId: 'changePrincipal',
      summary: 'Change a principal; suspending it stops its keys and tokens at once',
      status: 200,
      params: PrincipalPath,
      body: ChangePrincipal,
      reply: Principal,
      errors: [
        'principal_not_found',
        'principal_exists',
        'principal_terminated',
        'principal_is_member',
        'last_owner',
        'scope_exceeds_maker',
      ],
      handle: async (request) =>
        shown(await service.change(originOf(request), request.params.principal_id, request.body)),
    }),
    route({
      ...write,
      method: 'DELETE',
      path: '/v1/principals/:principal_id',
      operationId: 'deletePrincipal',
      summary: 'Delete a principal, and revoke its keys and tokens; its id is never used again',
      status: 200,
      params: PrincipalPath,
      reply: DeletedPrincipal,
      errors: ['principal_not_found', 'principal_is_member', 'scope_exceeds_maker'],
      handle: async (request) => {
        const id = request.params.principal_id
        const { deleted_at } = await service.remove(originOf(request), id)
        return { id, status: 'deleted' as const, deleted_at: toSeconds(deleted_at) }
      },
    }),
  ]
}

function keyRoute(service: PrincipalService): Route {
  return route({
    ...write,
    method: 'POST',
    path: '/v1/principals/:principal_id/keys',
    operationId: 'createAgentKey',
    summary: 'Give an AI agent one more key, with no more than the maker carries; shown this once',
    status: 201,
    params: PrincipalPath,
    body: CreateAgentKey.default({}),
    reply: CreatedAgentKey,
    errors: [
      'principal_not_found',
      'principal_not_agent',
      'principal_terminated',
      'scope_exceeds_maker',
    ],
    handle: async (request) => {
      const id = request.params.principal_id
      const key = await service.createKey(originOf(request), id, request.body)
      return { api_key: key.api_key, api_key_id: key.id, scopes: key.scopes }
    },
  })
}

function listed(
  { rows, total }: { rows: readonly PrincipalRow[]; total: number },
  { page, limit }: { page: number; limit: number },
) {
  const pagination = { total, page, per_page: limit, pages: Math.ceil(total / limit) }
  return { data: rows.map(shown), pagination }
}

function shown(row: PrincipalRow) {
  return {
    ...row,
    attributes: { ...row.attributes },
    metadata: { ...row.metadata },
    created_at: toSeconds(row.created_at),
    updated_at: toSeconds(row.updated_at),
    last_login: row.last_login && toSeconds(row.last_login),
  }
}
