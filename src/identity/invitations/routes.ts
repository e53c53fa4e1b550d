// /trust/api/invitations, and their acceptance by who is not in yet.
import type { OriginRule } from '../../platform/http/browser.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { LoginAnswer } from '../login/schema.ts'
import { keepCookies, refuseOthersPages, visitOf } from '../login/visit.ts'
import { pageOf } from '../paging.ts'
import {
  AcceptInvitation,
  CreateInvitation,
  InvitationList,
  InvitationPath,
  InvitationQuery,
  OneCreatedInvitation,
  OneInvitation,
} from './schema.ts'
import type { InvitationService } from './service.ts'

const shared = { tag: 'Invitations', permission: 'session', status: 200 } as const

export function invitationRoutes(options: {
  service: InvitationService
  publicUrl: string
  isOwnOrigin: OriginRule
}): Route[] {
  const { service, publicUrl } = options
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/invitations',
      operationId: 'listInvitations',
      summary: 'List the invitations of this organization, the newest first',
      query: InvitationQuery,
      reply: InvitationList,
      handle: async ({ caller, query }) => {
        const { invitations, total } = await service.list(caller, query)
        return { data: invitations, pagination: pageOf(query, total) }
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/invitations',
      operationId: 'createInvitation',
      summary: 'Invite somebody; the answer alone shows the token',
      status: 201,
      body: CreateInvitation,
      reply: OneCreatedInvitation,
      errors: ['role_exceeds_own', 'already_member'],
      handle: async (request) => ({
        data: await service.create(originOf(request), request.body),
      }),
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/api/invitations/:invitation_id',
      operationId: 'revokeInvitation',
      summary: 'Revoke an invitation that nobody has accepted',
      params: InvitationPath,
      reply: OneInvitation,
      errors: ['invitation_not_found'],
      handle: async (request) => ({
        data: await service.revoke(originOf(request), request.params.invitation_id),
      }),
    }),
    route({
      ...shared,
      permission: 'public',
      method: 'POST',
      path: '/api/auth/accept-invitation',
      operationId: 'acceptInvitation',
      summary: 'Join an organization, with a new account or the one that there is; then logs in',
      body: AcceptInvitation,
      reply: LoginAnswer,
      errors: ['invitation_not_found', 'already_member', 'unauthorized', 'rate_limited'],
      handle: async (request) => {
        refuseOthersPages(request, options.isOwnOrigin)
        const { answer, cookies } = await service.accept(visitOf(request), request.body)
        if (cookies !== null) keepCookies(request, publicUrl, cookies)
        return answer
      },
    }),
  ]
}
