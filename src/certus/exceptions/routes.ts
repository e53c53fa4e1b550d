// /certus/api/exceptions
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import {
  Approval,
  Decision,
  Exception,
  ExceptionList,
  ExceptionPath,
  ExceptionQuery,
  ExceptionRequest,
} from './schema.ts'
import { approve, reject, request, revoke } from './service.ts'
import * as store from './store.ts'

const path = '/api/exceptions'
const one = `${path}/:exception_id`

export function exceptionRoutes(platform: Platform): Route[] {
  return [...readingRoutes(platform), ...decisionRoutes(platform)]
}

function readingRoutes({ db }: Platform): Route[] {
  const shared = { tag: 'Exceptions', permission: 'read:evidence', status: 200 } as const
  return [
    route({
      ...shared,
      method: 'GET',
      path,
      operationId: 'listExceptions',
      summary: 'List exceptions, the newest first',
      query: ExceptionQuery,
      reply: ExceptionList,
      handle: async ({ caller: { organizationId }, query }) => {
        const { limit, offset } = query
        const found = await db.inTenant(organizationId, (tx) =>
          store.list(tx, organizationId, query),
        )
        return { ...found, limit, offset }
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: one,
      operationId: 'getException',
      summary: 'Read an exception',
      params: ExceptionPath,
      reply: Exception,
      errors: ['exception_not_found'],
      handle: async ({ caller: { organizationId }, params }) => {
        const found = await db.inTenant(organizationId, (tx) =>
          store.find(tx, organizationId, params.exception_id),
        )
        if (found === null) throw errors.problem('exception_not_found')
        return found
      },
    }),
  ]
}

function decisionRoutes(platform: Platform): Route[] {
  const decision = { tag: 'Exceptions', method: 'POST', status: 200, reply: Exception } as const
  const closed = ['exception_not_found', 'exception_not_open'] as const
  const byTwo = [...closed, 'person_needed', 'second_person_needed'] as const
  return [
    route({
      ...decision,
      permission: 'write:exceptions',
      path,
      operationId: 'requestException',
      summary: 'Ask that the risk of a finding is accepted until a day',
      status: 201,
      body: ExceptionRequest,
      errors: ['person_needed', 'exception_exists', 'evidence_damaged'],
      handle: (asked) => request(platform, originOf(asked), asked.body),
    }),
    route({
      ...decision,
      permission: 'approve:exceptions',
      path: `${one}/approve`,
      operationId: 'approveException',
      summary: 'Agree, as another person than the one who asked',
      params: ExceptionPath,
      body: Approval,
      errors: byTwo,
      handle: (asked) =>
        approve(platform, originOf(asked), asked.params.exception_id, asked.body.note),
    }),
    route({
      ...decision,
      permission: 'approve:exceptions',
      path: `${one}/reject`,
      operationId: 'rejectException',
      summary: 'Refuse, as another person than the one who asked',
      params: ExceptionPath,
      body: Decision,
      errors: byTwo,
      handle: (asked) =>
        reject(platform, originOf(asked), asked.params.exception_id, asked.body.note),
    }),
    route({
      ...decision,
      permission: 'write:exceptions',
      path: `${one}/revoke`,
      operationId: 'revokeException',
      summary: 'End an exception, or take a request back, before its day',
      params: ExceptionPath,
      body: Decision,
      errors: closed,
      handle: (asked) =>
        revoke(platform, originOf(asked), asked.params.exception_id, asked.body.note),
    }),
  ]
}
