// /trust/api/agents: which there are, their end, and a look around.

import { originOf } from '../../platform/http/origin.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { paged } from '../paging.ts'
import type { Trust } from '../parts.ts'
import * as shapes from './schema.ts'
import { mustFindAgent, revokeAgent, startDiscovery } from './service.ts'
import * as store from './store.ts'

const path = '/api/agents'
const read = { tag: 'Agents', permission: 'read:certificates', method: 'GET' } as const
const manage = { tag: 'Agents', permission: 'manage:agents', method: 'POST' } as const

export function agentRoutes(trust: Trust): Route[] {
  const { db } = trust.platform
  const item = { params: shapes.AgentPath, errors: ['agent_not_found'] }
  return [
    route({
      ...read,
      path,
      operationId: 'listAgents',
      summary: 'List the agents; those that were revoked come last',
      status: 200,
      query: shapes.AgentQuery,
      reply: shapes.AgentList,
      handle: async ({ caller, query }) =>
        paged(
          await db.inTenant(caller.organizationId, (tx) => store.list(tx, reachOf(caller), query)),
          query,
        ),
    }),
    route({
      ...read,
      ...item,
      path: `${path}/:agent_id`,
      operationId: 'showAgent',
      summary: 'One agent, by its id or its name',
      status: 200,
      reply: shapes.OneAgent,
      handle: async (request) => ({
        data: await db.inTenant(request.caller.organizationId, (tx) =>
          mustFindAgent(tx, request, request.params.agent_id),
        ),
      }),
    }),
    route({
      ...manage,
      ...item,
      path: `${path}/:agent_id/revoke`,
      operationId: 'revokeAgent',
      summary: 'Revoke an agent at once and for good; what it had to do ends',
      status: 200,
      reply: shapes.OneAgent,
      handle: async (request) => ({
        data: await revokeAgent(trust, originOf(request), request.params.agent_id),
      }),
    }),
    route({
      ...manage,
      ...item,
      path: `${path}/:agent_id/discover`,
      operationId: 'startDiscovery',
      summary: 'Let an agent look for certificates now',
      status: 202,
      body: shapes.WantedDiscovery,
      reply: shapes.StartedDiscovery,
      errors: ['agent_not_found', 'agent_unavailable'],
      handle: async (request) => {
        const { agent_id: id } = request.params
        return { data: await startDiscovery(trust, originOf(request), id, request.body) }
      },
    }),
  ]
}
