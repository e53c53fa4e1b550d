// /trust/api/deployments/{id}: one deployment, given up or repeated. They begin with, and are
// listed under, their certificate.
import { originOf } from '../../platform/http/origin.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { type Route, route } from '../../platform/http/route.ts'
import * as certificates from '../certificates/store.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { DeploymentPath, OneDeployment, StartedDeployments } from './schema.ts'
import { cancelDeployment, retryDeployment } from './service.ts'
import * as store from './store.ts'

export function deploymentRoutes(trust: Trust): Route[] {
  const path = '/api/deployments/:deployment_id'
  const item = { tag: 'Deployments', params: DeploymentPath } as const
  const missing = ['deployment_not_found']
  return [
    route({
      ...item,
      method: 'GET',
      path,
      permission: 'read:certificates',
      operationId: 'showDeployment',
      summary: 'One deployment with each step, its cause and what the agent answered',
      status: 200,
      reply: OneDeployment,
      errors: missing,
      handle: async (request) => {
        const { organizationId } = request.caller
        const place = { organizationId, id: request.params.deployment_id }
        return trust.platform.db.inTenant(organizationId, async (tx) => {
          const data = await store.find(tx, place)
          if (data === null) throw errors.problem('deployment_not_found')
          const certificate = await certificates.find(
            tx,
            reachOf(request.caller),
            data.certificateId,
          )
          if (certificate === null) throw errors.problem('deployment_not_found')
          return { data }
        })
      },
    }),
    route({
      ...item,
      method: 'POST',
      path: `${path}/cancel`,
      permission: 'write:certificates',
      operationId: 'cancelDeployment',
      summary: 'Give up a deployment that has not begun',
      status: 200,
      reply: OneDeployment,
      errors: [...missing, 'deployment_ended', 'deployment_in_progress'],
      handle: async (request) => ({
        data: await cancelDeployment(trust, originOf(request), request.params.deployment_id),
      }),
    }),
    route({
      ...item,
      method: 'POST',
      path: `${path}/retry`,
      permission: 'write:certificates',
      operationId: 'retryDeployment',
      summary: 'Repeat a deployment that did not succeed, with those that it had stopped',
      status: 202,
      reply: StartedDeployments,
      errors: [...missing, 'deployment_ended', 'deployment_in_progress', 'agent_unavailable'],
      handle: async (request) => ({
        data: await retryDeployment(trust, originOf(request), request.params.deployment_id),
      }),
    }),
  ]
}
