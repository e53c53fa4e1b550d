// /gate/api/connections
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { Connection, ConnectionList, ConnectionPath, CreateConnection } from './schema.ts'
import { createConnection, deleteConnection } from './service.ts'
import * as store from './store.ts'

const shared = { tag: 'Connections', permission: 'manage:connections' } as const

export function connectionRoutes(platform: Platform): Route[] {
  return [
    route({
      ...shared,
      method: 'POST',
      path: '/api/connections',
      operationId: 'createConnection',
      summary: 'Connect a code host, so that private repositories can be scanned',
      status: 201,
      body: CreateConnection,
      reply: Connection,
      errors: ['connection_refused', 'connection_exists', 'provider_not_configured'],
      handle: (request) => createConnection(platform, originOf(request), request.body),
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/api/connections',
      operationId: 'listConnections',
      summary: 'List the connections; tokens are never shown',
      status: 200,
      reply: ConnectionList,
      handle: ({ caller }) =>
        platform.db.inTenant(caller.organizationId, async (tx) => ({
          connections: await store.list(tx, caller.organizationId),
        })),
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/api/connections/:connection_id',
      operationId: 'deleteConnection',
      summary: 'Delete a connection and its token',
      status: 200,
      params: ConnectionPath,
      reply: Connection,
      errors: ['connection_not_found'],
      handle: (request) =>
        deleteConnection(platform, originOf(request), request.params.connection_id),
    }),
  ]
}
