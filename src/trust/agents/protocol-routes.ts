// /trust/api/agents/enrol and /trust/api/agents/me/…: what agents themselves ask.
import type { z } from 'zod'
import { ambiguity } from '../../platform/http/ambiguity.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Request, type Route, route } from '../../platform/http/route.ts'
import { bodyBytesMax, invalidField, validate } from '../../platform/http/validation.ts'
import * as protocol from '../connectors/agent-protocol.ts'
import { ingest } from '../discovered/ingest.ts'
import type { Trust } from '../parts.ts'
import { enrolAgent } from './enrol.ts'
import { offerJobs, takeBackJobs } from './offer.ts'
import { provenAgent, requireAgentKey } from './proof.ts'
import { tellProgress, tellResult } from './result.ts'
import * as shapes from './schema.ts'
import type { LivingAgent } from './store.ts'
import { createWaiting, type Waiting } from './waiting.ts'

const path = '/api/agents'
// Whatever its scopes, a key of an agent may do no more than read; the proof does the rest.
const shared = { tag: 'Agent protocol', permission: 'read:certificates' } as const
const json = ['application/json']
const reportBytesMax = 8 * 1_048_576
/** Who waits asks again in case a notification was lost. */
const askAgainMs = 5_000

type AgentRequest<Params = unknown> = Request<Params, unknown, unknown>

export function protocolRoutes(trust: Trust): Route[] {
  const { db, stopping } = trust.platform
  const waiting = createWaiting(db, stopping)
  return [
    route({
      ...shared,
      method: 'POST',
      path: `${path}/enrol`,
      operationId: 'enrolAgent',
      summary: 'An agent says who it is, and learns whose jobs to believe',
      status: 201,
      body: protocol.Enrolment,
      reply: protocol.Enrolled,
      errors: ['agent_name_taken', 'agent_revoked', 'agent_not_accepted', 'too_many_agents'],
      handle: async (request) => {
        requireAgentKey(request)
        return enrolAgent(trust, originOf(request), request.body)
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: `${path}/me/jobs`,
      operationId: 'listAgentJobs',
      summary: 'What the agent is to do now; waits for it as long as it is asked to',
      status: 200,
      query: shapes.JobsQuery,
      reply: protocol.OfferedJobs,
      errors: ['agent_not_accepted'],
      handle: async (request) => {
        const agent = await provenAgent(trust, request, 'GET', '')
        const waitMs = request.query.wait * 1_000
        if (request.query.idle === 'true') await takeBackJobs(trust, agent)
        return { data: await jobsFor(trust, waiting, { agent, waitMs, signal: request.signal }) }
      },
    }),
    ...tellingRoutes(trust),
  ]
}

function tellingRoutes(trust: Trust): Route[] {
  const telling = {
    ...shared,
    method: 'POST',
    status: 200,
    errors: ['agent_not_accepted', 'job_ended'],
  } as const
  const job = { params: shapes.JobPath, reply: protocol.JobAnswer }
  const small = { types: json, bytesMax: bodyBytesMax }
  return [
    route({
      ...telling,
      ...job,
      path: `${path}/me/jobs/:job_id/progress`,
      operationId: 'tellProgress',
      summary: 'The agent is at it: keeps its lease',
      textBody: small,
      body: protocol.Progress,
      handle: async (request: AgentRequest<{ job_id: string }>) => {
        const { agent, body } = await told(trust, request, protocol.Progress)
        return { data: await tellProgress(trust, agent, request.params.job_id, body) }
      },
    }),
    route({
      ...telling,
      ...job,
      path: `${path}/me/jobs/:job_id/result`,
      operationId: 'tellResult',
      summary: 'How a job has ended; the same twice counts once',
      textBody: small,
      body: protocol.JobResult,
      handle: async (request: AgentRequest<{ job_id: string }>) => {
        const { agent, body } = await told(trust, request, protocol.JobResult)
        return { data: await tellResult(trust, agent, request.params.job_id, body) }
      },
    }),
    route({
      ...telling,
      path: `${path}/me/discoveries`,
      operationId: 'tellDiscoveries',
      summary: 'What the agent has found',
      textBody: { types: json, bytesMax: reportBytesMax },
      reply: shapes.StoredSightings,
      body: protocol.DiscoveryReport,
      handle: async (request: AgentRequest) => {
        const { agent, body } = await told(trust, request, protocol.DiscoveryReport)
        const { db } = trust.platform
        return { data: await db.inTenant(agent.organizationId, (tx) => ingest(tx, agent, body)) }
      },
    }),
  ]
}

/** The body is read only once it is proven whose it is. */
async function told<Schema extends z.ZodType>(
  trust: Trust,
  request: AgentRequest,
  schema: Schema,
): Promise<{ agent: LivingAgent; body: z.output<Schema> }> {
  const text = typeof request.body === 'string' ? request.body : ''
  const agent = await provenAgent(trust, request, 'POST', text)
  return { agent, body: validate(schema, parse(text), 'body') }
}

function parse(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidField('body', 'is not valid JSON')
  }
  const problem = ambiguity(text)
  if (problem !== null) throw problem
  return value
}

async function jobsFor(
  trust: Trust,
  waiting: Waiting,
  { agent, waitMs, signal }: { agent: LivingAgent; waitMs: number; signal: AbortSignal },
) {
  const until = Date.now() + waitMs
  const place = await waiting.enter(agent)
  try {
    for (;;) {
      const jobs = signal.aborted ? [] : await offerJobs(trust, agent)
      const leftMs = until - Date.now()
      if (jobs.length > 0 || leftMs <= 0) return jobs
      if (!(await place.next(Math.min(leftMs, askAgainMs))) || signal.aborted) return []
    }
  } finally {
    place.leave()
  }
}
