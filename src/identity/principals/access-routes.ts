// /identity/v1/principals/{id}/access
import { type Route, route } from '../../platform/http/route.ts'
import type { AccessService } from './access.ts'
import { Access, AccessQuery } from './access-schema.ts'
import { PrincipalPath } from './schema.ts'

export function accessRoutes(service: AccessService): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/principals/:principal_id/access',
      operationId: 'getPrincipalAccess',
      summary: 'Tell which policies apply to a principal, and what it may do on stored resources',
      tag: 'Principals',
      permission: 'read:principals',
      status: 200,
      params: PrincipalPath,
      query: AccessQuery,
      reply: Access,
      errors: ['principal_not_found'],
      handle: ({ caller, params, query }) => service.of(caller, params.principal_id, query),
    }),
  ]
}
