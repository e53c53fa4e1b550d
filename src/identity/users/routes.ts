// /trust/api/users: the people of an organization.

import { z } from 'zod'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { pageOf } from '../paging.ts'
import type { MemberService } from './members.ts'
import {
  ChangeMember,
  Confirmed,
  MemberList,
  MemberPath,
  MemberQuery,
  OneChangedMember,
  OneMember,
  PasswordReset,
} from './members-schema.ts'

const shared = { tag: 'Users', permission: 'session', status: 200 } as const

export function userRoutes(service: MemberService): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/users',
      operationId: 'listUsers',
      summary: 'List the people of this organization',
      query: MemberQuery,
      reply: MemberList,
      handle: async ({ caller, query }) => {
        const { members, total } = await service.list(caller, query)
        return { data: members, pagination: pageOf(query, total) }
      },
    }),
    route({
      ...shared,
      method: 'PATCH',
      path: '/api/users/:user_id',
      operationId: 'changeUser',
      summary: 'Change the role or the workspaces of somebody; keys they may not make any more end',
      params: MemberPath,
      body: ChangeMember,
      reply: OneChangedMember,
      errors: ['user_not_found', 'role_exceeds_own', 'last_owner'],
      handle: async (request) => ({
        data: await service.change(originOf(request), request.params.user_id, request.body),
      }),
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/api/users/:user_id',
      operationId: 'removeUser',
      summary: 'Take somebody out of this organization, with the keys and clients they made',
      params: MemberPath,
      reply: OneChangedMember,
      errors: ['user_not_found', 'role_exceeds_own', 'last_owner'],
      handle: async (request) => ({
        data: await service.remove(originOf(request), request.params.user_id),
      }),
    }),
    ...resetRoutes(service),
  ]
}

/** For who has lost what they log in with. */
function resetRoutes(service: MemberService): Route[] {
  return [
    route({
      ...shared,
      method: 'POST',
      path: '/api/users/:user_id/2fa/reset',
      operationId: 'resetTwoFactor',
      summary: 'End the second step of somebody who has lost it',
      params: MemberPath,
      body: Confirmed,
      reply: OneMember,
      errors: ['user_not_found', 'role_exceeds_own', 'user_in_other_organizations'],
      handle: async (request) => ({
        data: await service.resetTwoFactor(
          originOf(request),
          request.params.user_id,
          request.body.password,
        ),
      }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/users/:user_id/password/reset',
      operationId: 'issuePasswordReset',
      summary: 'Let somebody choose another password, with a token that you hand on',
      params: MemberPath,
      body: Confirmed,
      reply: z.object({ data: PasswordReset }),
      errors: ['user_not_found', 'role_exceeds_own', 'user_in_other_organizations'],
      handle: async (request) => ({
        data: await service.resetPassword(
          originOf(request),
          request.params.user_id,
          request.body.password,
        ),
      }),
    }),
  ]
}
