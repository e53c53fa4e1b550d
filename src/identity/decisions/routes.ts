// /identity/v1/decisions
import { setImmediate } from 'node:timers/promises'
import type { Database } from '../../platform/db.ts'
import { Problem } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { invalidField, validate } from '../../platform/http/validation.ts'
import { errors } from '../errors.ts'
import { readResource } from '../policy/names.ts'
import type { Asked } from './facts.ts'
import { timeOfDecision } from './id.ts'
import type { DecisionLog } from './log.ts'
import { replay } from './replay.ts'
import {
  Batch,
  Decision,
  DecisionPath,
  DecisionQuery,
  Decisions,
  Evaluate,
  type Logged,
  LoggedList,
  Replayed,
} from './schema.ts'
import type { DecisionService } from './service.ts'
import * as store from './store.ts'

interface Options {
  db: Database
  service: DecisionService
  log: DecisionLog
}

const tag = 'Decisions'
const evaluating = { tag, permission: 'evaluate:decisions', method: 'POST', status: 200 } as const
const reading = { tag, permission: 'read:decisions', method: 'GET', status: 200 } as const

export function decisionRoutes(options: Options): Route[] {
  return [...evaluateRoutes(options.service), ...logRoutes(options)]
}

function evaluateRoutes(service: DecisionService): Route[] {
  return [
    route({
      ...evaluating,
      path: '/v1/decisions/evaluate',
      operationId: 'evaluateDecision',
      summary: 'May this principal do this action on this resource?',
      body: Evaluate,
      reply: Decision,
      handle: ({ caller, body, requestId }) => service.evaluate(caller, askedOf(body), requestId),
    }),
    route({
      ...evaluating,
      path: '/v1/decisions/batch',
      operationId: 'evaluateDecisions',
      summary: 'Several decisions at once, answered in order',
      body: Batch,
      reply: Decisions,
      handle: async ({ caller, body, requestId }) => ({
        decisions: await evaluateBatch(service, { caller, requestId, requests: body.requests }),
      }),
    }),
  ]
}

/** After so many the event loop lives for a moment. */
const sliceLength = 50

interface BatchRequest {
  caller: Caller
  requestId: string
  requests: readonly unknown[]
}

async function evaluateBatch(
  service: DecisionService,
  { caller, requestId, requests }: BatchRequest,
): Promise<Decisions['decisions']> {
  await service.charge(caller, requests.length)
  const all = requests.map(readRequest)
  const valid = all.flatMap((asked) => (asked instanceof Problem ? [] : [asked]))
  await service.prepare(caller, valid)
  const decisions: Decisions['decisions'] = []
  for (const asked of all) {
    decisions.push(await evaluateOne(service, { caller, requestId, asked }))
    if (decisions.length % sliceLength === 0) await setImmediate()
  }
  return decisions
}

function readRequest(request: unknown): Asked | Problem {
  try {
    // Its characters were looked at with the whole body's.
    return askedOf(validate(Evaluate, request, 'body', { isPlain: true }))
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

async function evaluateOne(
  service: DecisionService,
  { caller, requestId, asked }: { caller: Caller; requestId: string; asked: Asked | Problem },
): Promise<Decisions['decisions'][number]> {
  try {
    if (asked instanceof Problem) throw asked
    return await service.evaluate(caller, asked, requestId)
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error
    const { code, message, details } = error
    return { allowed: false, decision: 'deny', error: { code, message, details } }
  }
}

function askedOf({ principal_attributes, resource_attributes, ...body }: Evaluate): Asked {
  const resource = readResource(body.resource)
  if (resource === null) throw invalidField('resource', 'must be "type:id"')
  return {
    ...body,
    resource,
    principalAttributes: principal_attributes,
    resourceAttributes: resource_attributes,
  }
}

function logRoutes({ db, log }: Options): Route[] {
  return [
    route({
      ...reading,
      path: '/v1/decisions',
      operationId: 'listDecisions',
      summary: 'List the logged decisions, the newest first',
      query: DecisionQuery,
      reply: LoggedList,
      handle: async ({ caller: { organizationId }, query: { cursor, ...filter } }) => {
        const before = cursor === undefined ? undefined : placeOf(cursor)
        await log.settle(organizationId)
        const limit = filter.limit + 1
        const rows = await db.inTenant(organizationId, (tx) =>
          store.listDecisions(tx, organizationId, { ...filter, before, limit }),
        )
        const data = rows.slice(0, filter.limit)
        const next_cursor = rows.length > data.length ? (data.at(-1)?.id ?? null) : null
        return { data: data.map(shown), next_cursor, dropped: log.dropped(organizationId) }
      },
    }),
    route({
      ...reading,
      path: '/v1/decisions/:decision_id',
      operationId: 'getDecision',
      summary: 'Why it was decided so, with the policies and entities of then',
      params: DecisionPath,
      reply: Replayed,
      errors: ['decision_not_found'],
      handle: async ({ caller: { organizationId }, params: { decision_id: id } }) => {
        const at = timeOfDecision(id)
        if (at === null) throw errors.problem('decision_not_found')
        await log.settle(organizationId)
        return db.inTenant(organizationId, async (tx) => {
          const row = await store.findDecision(tx, { organizationId, at, id })
          if (row === null) throw errors.problem('decision_not_found')
          return { ...shown(row), ...(await replay(tx, organizationId, row)) }
        })
      },
    }),
  ]
}

function placeOf(cursor: string): { at: number; id: string } {
  const at = timeOfDecision(cursor)
  if (at === null) throw invalidField('cursor', 'must be next_cursor of the page before')
  return { at, id: cursor }
}

function shown(row: store.DecisionRow): Logged {
  const { at, errors: failed, latency_us, ...rest } = row
  return {
    ...rest,
    decision: row.allowed ? 'allow' : 'deny',
    evaluated_at: at,
    latency_ms: latency_us / 1_000,
    ...(failed === null ? {} : { errors: failed }),
  }
}
