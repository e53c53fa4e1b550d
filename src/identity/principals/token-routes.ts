// /identity/v1/principals/{id}/tokens
import { originOf } from '../../platform/http/origin.ts'
import { rateHeaders, rateLimited } from '../../platform/http/rate-limit.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { PrincipalPath } from './schema.ts'
import type { TaskTokens } from './task-token.ts'
import { CreateToken, TaskToken } from './token-schema.ts'

export function tokenRoutes(
  service: TaskTokens,
  { limits, plans, now }: Pick<Platform, 'limits' | 'plans' | 'now'>,
): Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/principals/:principal_id/tokens',
      operationId: 'createTaskToken',
      summary: 'Give an AI agent a token for a task; it may ask for its own with its key',
      tag: 'Principals',
      permission: 'any',
      status: 201,
      params: PrincipalPath,
      body: CreateToken,
      reply: TaskToken,
      errors: [
        'principal_not_found',
        'principal_not_agent',
        'principal_not_active',
        'principal_has_no_key',
        'scope_exceeds_maker',
        'workspace_not_found',
      ],
      handle: async (request) => {
        const { organizationId } = request.caller
        const id = request.params.principal_id
        const who = `identity.token ${organizationId} ${id}`
        const allowance = await limits.take(who, plans.named('identity.token'))
        for (const [name, value] of Object.entries(rateHeaders(allowance))) {
          request.header(name, value)
        }
        if (!allowance.allowed) throw rateLimited(allowance, now())
        return service.create(originOf(request), id, request.body)
      },
    }),
  ]
}
