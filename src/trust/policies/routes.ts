// /trust/api/renewal-policies
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { paged } from '../paging.ts'
import * as shapes from './schema.ts'
import { createPolicy, removePolicy, updatePolicy } from './service.ts'
import * as store from './store.ts'

const path = '/api/renewal-policies'
const read = { tag: 'Renewal policies', permission: 'read:certificates' } as const
const manage = { tag: 'Renewal policies', permission: 'manage:authorities' } as const
const refusals = ['name_taken', 'workspace_access_denied']

export function policyRoutes(platform: Platform): Route[] {
  const { db } = platform
  return [
    route({
      ...read,
      method: 'GET',
      path,
      operationId: 'listRenewalPolicies',
      summary: 'List the renewal policies',
      status: 200,
      query: shapes.RenewalPolicyQuery,
      reply: shapes.RenewalPolicyList,
      handle: async ({ caller: { organizationId }, query }) =>
        paged(
          await db.inTenant(organizationId, (tx) => store.list(tx, organizationId, query)),
          query,
        ),
    }),
    route({
      ...manage,
      method: 'POST',
      path,
      operationId: 'createRenewalPolicy',
      summary: 'Create a renewal policy, which certificates may follow',
      status: 201,
      body: shapes.CreateRenewalPolicy,
      reply: shapes.OneRenewalPolicy,
      errors: refusals,
      handle: async (request) => ({
        data: await createPolicy(platform, originOf(request), request.body),
      }),
    }),
    ...itemRoutes(platform),
  ]
}

function itemRoutes(platform: Platform): Route[] {
  const item = {
    path: `${path}/:renewal_policy_id`,
    params: shapes.RenewalPolicyPath,
    status: 200,
  } as const
  const missing = ['renewal_policy_not_found']
  return [
    route({
      ...read,
      ...item,
      method: 'GET',
      operationId: 'showRenewalPolicy',
      summary: 'One renewal policy',
      reply: shapes.OneRenewalPolicy,
      errors: missing,
      handle: async ({ caller: { organizationId }, params }) => {
        const found = await platform.db.inTenant(organizationId, (tx) =>
          store.find(tx, organizationId, params.renewal_policy_id),
        )
        if (found === null) throw errors.problem('renewal_policy_not_found')
        return { data: found }
      },
    }),
    route({
      ...manage,
      ...item,
      method: 'PUT',
      operationId: 'updateRenewalPolicy',
      summary: 'Change a renewal policy, for all certificates that follow it',
      body: shapes.UpdateRenewalPolicy,
      reply: shapes.OneRenewalPolicy,
      errors: [...missing, ...refusals],
      handle: async (request) => ({
        data: await updatePolicy(
          platform,
          originOf(request),
          request.params.renewal_policy_id,
          request.body,
        ),
      }),
    }),
    route({
      ...manage,
      ...item,
      method: 'DELETE',
      operationId: 'deleteRenewalPolicy',
      summary: 'Delete a renewal policy that no certificate follows',
      reply: shapes.DeletedRenewalPolicy,
      errors: [...missing, 'renewal_policy_in_use', 'workspace_access_denied'],
      handle: async (request) => {
        const { renewal_policy_id: id } = request.params
        await removePolicy(platform, originOf(request), id)
        return { data: { id, deleted: true as const } }
      },
    }),
  ]
}
