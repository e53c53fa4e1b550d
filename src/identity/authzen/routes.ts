// AuthZEN's Authorization API 1.0 on Identity's surface.
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { type Request, type Route, route } from '../../platform/http/route.ts'
import { holds } from '../../platform/permissions.ts'
import { evaluateAll } from './batch.ts'
import { bodyBytesMax, bodyTypes, readBody } from './body.ts'
import { type Addresses, Metadata, metadata, paths } from './metadata.ts'
import * as shapes from './schema.ts'
import type { Searches } from './searches.ts'
import type { Evaluator } from './service.ts'

const endpoint = {
  method: 'POST',
  tag: 'AuthZEN',
  permission: 'evaluate:decisions',
  status: 200,
  textBody: { types: bodyTypes, bytesMax: bodyBytesMax },
  echoRequestId: true,
} as const

type Sent = Omit<Request<unknown, unknown, unknown>, 'params' | 'query'>

export function authzenRoutes(options: {
  evaluator: Evaluator
  searches: Searches
  addresses: Addresses
}): Route[] {
  const { evaluator, searches, addresses } = options
  return [
    ...evaluationRoutes(evaluator),
    ...searchRoutes(searches),
    route({
      method: 'GET',
      path: '/.well-known/authzen-configuration',
      operationId: 'getAuthzenConfiguration',
      summary: 'Where the endpoints of AuthZEN are',
      tag: 'AuthZEN',
      permission: 'public',
      status: 200,
      reply: Metadata,
      handle: async ({ headers, header }) => {
        header('cache-control', 'public, max-age=300')
        header('vary', 'host')
        return metadata(addresses, headers)
      },
    }),
  ]
}

function evaluationRoutes(evaluator: Evaluator): Route[] {
  return [
    route({
      ...endpoint,
      path: paths.evaluation,
      operationId: 'evaluateAccess',
      summary: 'May this subject do this action on this resource (AuthZEN)',
      body: shapes.Evaluation,
      reply: shapes.Decision,
      handle: async (request: Sent) =>
        evaluator.evaluate(request.caller, readBody(shapes.Evaluation, request), request.requestId),
    }),
    route({
      ...endpoint,
      path: paths.evaluations,
      operationId: 'evaluateAccesses',
      summary: 'Several of them at once, with what they share beside the list (AuthZEN)',
      body: shapes.Evaluations,
      reply: shapes.Decisions,
      handle: async (request: Sent) => {
        const { caller, requestId } = request
        return evaluateAll(readBody(shapes.Evaluations, request), {
          charge: (count) => evaluator.charge(caller, count),
          prepare: (all) => evaluator.prepare(caller, all),
          one: (asked) => evaluator.evaluate(caller, asked, requestId),
        })
      },
    }),
  ]
}

function searchRoutes(searches: Searches): Route[] {
  return [
    route({
      ...endpoint,
      path: paths.subject,
      operationId: 'searchSubjects',
      summary: 'Which stored principals of a type may do this (AuthZEN); read:principals, too',
      body: shapes.SubjectSearch,
      reply: shapes.Found,
      handle: async (request: Sent) => {
        mayList(request.caller)
        return searches.subjects(request, readBody(shapes.SubjectSearch, request))
      },
    }),
    route({
      ...endpoint,
      path: paths.resource,
      operationId: 'searchResources',
      summary:
        'On which stored resources of a type this is allowed (AuthZEN); read:principals, too',
      body: shapes.ResourceSearch,
      reply: shapes.Found,
      handle: async (request: Sent) => {
        mayList(request.caller)
        return searches.resources(request, readBody(shapes.ResourceSearch, request))
      },
    }),
    route({
      ...endpoint,
      path: paths.action,
      operationId: 'searchActions',
      summary: 'Which actions that policies name are allowed (AuthZEN)',
      body: shapes.ActionSearch,
      reply: shapes.FoundActions,
      handle: async (request: Sent) =>
        searches.actions(request, readBody(shapes.ActionSearch, request)),
    }),
  ]
}

/** Who may ask of one thing may not therefore list all that there are. Throws 403. */
function mayList({ scopes }: Caller): void {
  const scope = 'read:principals'
  if (!holds(scopes, scope)) throw common.problem('forbidden', { details: { scope } })
}
