// /trust/api/auth/2fa: an app for the second step.
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import {
  ConfirmEnrolment,
  Done,
  Enrol,
  Enrolment,
  RecoveryCodes,
  TwoFactorStatus,
  WithFactor,
} from './schema.ts'
import type { TwoFactorService } from './two-factor.ts'
import { keepDevice, visitOf } from './visit.ts'

const shared = { tag: 'Second factor', permission: 'session', status: 200 } as const

export function twoFactorRoutes(service: TwoFactorService, publicUrl: string): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/auth/2fa',
      operationId: 'showTwoFactor',
      summary: 'Whether a second step is asked at your login',
      reply: TwoFactorStatus,
      handle: async ({ caller }) => ({ data: await service.status(caller) }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/auth/2fa/enroll',
      operationId: 'enrolTwoFactor',
      summary: 'Begin to enrol an app; a first code completes it',
      body: Enrol,
      reply: Enrolment,
      errors: ['two_factor_enabled'],
      handle: async (request) => ({
        data: await service.enrol(originOf(request), request.body.password),
      }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/auth/2fa/confirm',
      operationId: 'confirmTwoFactor',
      summary: 'Complete the enrolment; answers the recovery codes, this once. Other sessions end',
      body: ConfirmEnrolment,
      reply: RecoveryCodes,
      errors: ['two_factor_enabled', 'two_factor_not_enrolled'],
      handle: async (request) => {
        const confirming = { code: request.body.code, visit: visitOf(request) }
        const { recoveryCodes, device } = await service.confirm(originOf(request), confirming)
        keepDevice(request, publicUrl, device)
        return { data: { recoveryCodes } }
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/auth/2fa/recovery-codes',
      operationId: 'replaceRecoveryCodes',
      summary: 'Make new recovery codes; the old ones end',
      body: WithFactor,
      reply: RecoveryCodes,
      errors: ['two_factor_not_enrolled'],
      handle: async (request) => ({
        data: await service.replaceCodes(originOf(request), request.body),
      }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/auth/2fa/disable',
      operationId: 'disableTwoFactor',
      summary: 'End the second step, with the password and a code',
      body: WithFactor,
      reply: Done,
      errors: ['two_factor_not_enrolled'],
      handle: async (request) => {
        await service.disable(originOf(request), request.body)
        return { data: { status: 'disabled' } }
      },
    }),
  ]
}
