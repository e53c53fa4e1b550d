// /trust/api/deployment-targets

import { originOf } from '../../platform/http/origin.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { paged } from '../paging.ts'
import * as shapes from './schema.ts'
import { createTarget, mustFind, removeTarget, updateTarget } from './service.ts'
import * as store from './store.ts'

const path = '/api/deployment-targets'
const read = { tag: 'Deployment targets', permission: 'read:certificates' } as const
const manage = { tag: 'Deployment targets', permission: 'manage:agents' } as const

export function targetRoutes(platform: Platform): Route[] {
  const { db } = platform
  return [
    route({
      ...read,
      method: 'GET',
      path,
      operationId: 'listDeploymentTargets',
      summary: 'List the deployment targets, the first canary first',
      status: 200,
      query: shapes.TargetQuery,
      reply: shapes.TargetList,
      handle: async ({ caller, query }) =>
        paged(
          await db.inTenant(caller.organizationId, (tx) => store.list(tx, reachOf(caller), query)),
          query,
        ),
    }),
    route({
      ...manage,
      method: 'POST',
      path,
      operationId: 'createDeploymentTarget',
      summary: 'Create a deployment target that an agent serves',
      status: 201,
      body: shapes.CreateTarget,
      reply: shapes.OneTarget,
      errors: ['name_taken'],
      handle: async (request) => ({
        data: await createTarget(platform, originOf(request), request.body),
      }),
    }),
    ...itemRoutes(platform),
  ]
}

function itemRoutes(platform: Platform): Route[] {
  const item = { path: `${path}/:target_id`, params: shapes.TargetPath, status: 200 } as const
  const missing = ['deployment_target_not_found']
  return [
    route({
      ...read,
      ...item,
      method: 'GET',
      operationId: 'showDeploymentTarget',
      summary: 'One deployment target with its settings',
      reply: shapes.OneTarget,
      errors: missing,
      handle: async (request) => ({
        data: await platform.db.inTenant(request.caller.organizationId, (tx) =>
          mustFind(tx, request, request.params.target_id),
        ),
      }),
    }),
    route({
      ...manage,
      ...item,
      method: 'PUT',
      operationId: 'updateDeploymentTarget',
      summary: 'Change the name, the settings, the order or the agent of a deployment target',
      body: shapes.UpdateTarget,
      reply: shapes.OneTarget,
      errors: [...missing, 'name_taken', 'deployment_target_in_use'],
      handle: async (request) => {
        const wanted = { id: request.params.target_id, ...request.body }
        return { data: await updateTarget(platform, originOf(request), wanted) }
      },
    }),
    route({
      ...manage,
      ...item,
      method: 'DELETE',
      operationId: 'deleteDeploymentTarget',
      summary: 'Delete a deployment target; what is installed there stays',
      reply: shapes.DeletedTarget,
      errors: [...missing, 'deployment_target_in_use'],
      handle: async (request) => {
        const { target_id: id } = request.params
        await removeTarget(platform, originOf(request), id)
        return { data: { id, deleted: true as const } }
      },
    }),
  ]
}
