// /identity/v1/oauth/clients
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { RotateKey } from '../keys/schema.ts'
import { Page, toSeconds } from '../keys/v1.ts'
import {
  type Client,
  ClientList,
  ClientPath,
  CreateClient,
  CreatedClient,
  DeletedClient,
  RotatedClient,
} from './schema.ts'
import type { ClientService } from './service.ts'

const shared = { tag: 'OAuth clients', permission: 'manage:keys', limit: 'identity.keys' } as const

export function clientRoutes(service: ClientService): Route[] {
  return [
    route({
      ...shared,
      method: 'POST',
      path: '/v1/oauth/clients',
      operationId: 'createClient',
      summary: 'Create an OAuth client; the answer alone shows its secret',
      status: 201,
      body: CreateClient,
      reply: CreatedClient,
      errors: ['scope_exceeds_maker'],
      handle: async (request) => {
        const made = await service.create(originOf(request), request.body)
        return { ...shown(made), client_secret: made.client_secret }
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/v1/oauth/clients',
      operationId: 'listClients',
      summary: 'List the OAuth clients, the newest first',
      status: 200,
      query: Page,
      reply: ClientList,
      handle: async ({ caller, query: { page, per_page } }) => {
        const offset = (page - 1) * per_page
        const { clients, total } = await service.list(caller, { limit: per_page, offset })
        return { data: clients.map(shown), pagination: { total, page, per_page } }
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/v1/oauth/clients/:client_id/rotate',
      operationId: 'rotateClient',
      summary: 'Make a new secret; the one before it ends after the overlap',
      status: 200,
      params: ClientPath,
      body: RotateKey.default({ overlap_hours: 24 }),
      reply: RotatedClient,
      errors: ['client_not_found', 'scope_exceeds_maker'],
      handle: async (request) => {
        const { client_id } = request.params
        const { overlap_hours } = request.body
        const made = await service.rotate(originOf(request), client_id, overlap_hours)
        const previous_secret_expires_at = toSeconds(made.previous_secret_expires_at)
        return { ...made, previous_secret_expires_at }
      },
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/v1/oauth/clients/:client_id',
      operationId: 'deleteClient',
      summary: 'Delete an OAuth client with all its tokens, at once',
      status: 200,
      params: ClientPath,
      reply: DeletedClient,
      errors: ['client_not_found', 'scope_exceeds_maker'],
      handle: async (request) => {
        const { client_id } = request.params
        const { deleted_at } = await service.remove(originOf(request), client_id)
        return { client_id, status: 'deleted' as const, deleted_at: toSeconds(deleted_at) }
      },
    }),
  ]
}

function shown(client: Client): Client {
  return {
    ...client,
    created_at: toSeconds(client.created_at),
    expires_at: client.expires_at && toSeconds(client.expires_at),
    last_used_at: client.last_used_at && toSeconds(client.last_used_at),
  }
}
