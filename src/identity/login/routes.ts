// /trust/api/auth: login in one step or two, logout, and who is logged in.
import type { OriginRule } from '../../platform/http/browser.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { ChangeMe, Done, LoggedIn, Login, LoginAnswer, VerifyCode } from './schema.ts'
import type { LoginService } from './service.ts'
import { dropSession, keepCookies, refuseOthersPages, visitOf } from './visit.ts'

const shared = { tag: 'Login' } as const

export interface LoginRouteOptions {
  service: LoginService
  publicUrl: string
  isOwnOrigin: OriginRule
}

export function loginRoutes(options: LoginRouteOptions): Route[] {
  const { service, publicUrl } = options
  return [
    route({
      ...shared,
      permission: 'public',
      method: 'POST',
      path: '/api/auth/login',
      operationId: 'login',
      summary: 'Log in with address and password; may ask for a second step',
      status: 200,
      body: Login,
      reply: LoginAnswer,
      errors: ['unauthorized', 'forbidden', 'rate_limited', 'unavailable'],
      handle: async (request) => {
        refuseOthersPages(request, options.isOwnOrigin)
        const { answer, cookies } = await service.login(visitOf(request), request.body)
        if (cookies !== null) keepCookies(request, publicUrl, cookies)
        return answer
      },
    }),
    route({
      ...shared,
      permission: 'public',
      method: 'POST',
      path: '/api/auth/verify-2fa',
      operationId: 'verifySecondFactor',
      summary: 'The second step of a login: a code of the app, or a recovery code',
      status: 200,
      body: VerifyCode,
      reply: LoggedIn,
      errors: [
        'unauthorized',
        'forbidden',
        'rate_limited',
        'invitation_not_found',
        'already_member',
      ],
      handle: async (request) => {
        refuseOthersPages(request, options.isOwnOrigin)
        const { answer, cookies } = await service.verify(visitOf(request), request.body)
        keepCookies(request, publicUrl, cookies)
        return answer
      },
    }),
    route({
      ...shared,
      permission: 'session',
      method: 'POST',
      path: '/api/auth/logout',
      operationId: 'logout',
      summary: 'End this session',
      status: 200,
      reply: Done,
      handle: async (request) => {
        await service.logout(originOf(request))
        dropSession(request, publicUrl)
        return { data: { status: 'logged_out' } }
      },
    }),
    ...meRoutes(service),
  ]
}

function meRoutes(service: LoginService): Route[] {
  return [
    route({
      ...shared,
      permission: 'session',
      method: 'GET',
      path: '/api/auth/me',
      operationId: 'showMe',
      summary: 'Who is logged in, and which workspaces there are',
      status: 200,
      reply: LoggedIn,
      handle: ({ caller }) => service.describe(caller),
    }),
    route({
      ...shared,
      permission: 'session',
      method: 'PATCH',
      path: '/api/auth/me',
      operationId: 'changeMe',
      summary: 'Change your own name',
      status: 200,
      body: ChangeMe,
      reply: LoggedIn,
      handle: (request) => service.rename(originOf(request), request.body.name),
    }),
  ]
}
