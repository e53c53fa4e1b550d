// Lets a request in: credentials out of its headers, who that is, and whether the plan still has
// room. A denied workspace counts as well: else it would be a way to ask without end.
import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../errors.ts'
import type { Allowance, Limits, Rates } from '../limits.ts'
import type { Mount } from '../permissions.ts'
import type { LimitName, PlanLimits } from '../rates.ts'
import { clientAddress } from './address.ts'
import { cookie, type OriginRule, requireOwnOrigin, sessionCookieOf } from './browser.ts'
import {
  type Authenticator,
  type Caller,
  type Counted,
  type Credentials,
  type Plan,
  WorkspaceDenied,
} from './caller.ts'
import { rateHeaders, rateLimited } from './rate-limit.ts'
import { createRefused } from './refused.ts'

export interface Access {
  /** Throws 401, 403 or 429. Sets the rate limit headers. */
  admit(
    mount: Mount,
    request: FastifyRequest,
    reply: FastifyReply,
    route?: { limit?: LimitName | undefined },
  ): Promise<Caller>
}

export function createAccess(options: {
  authenticate: Authenticator
  limits: Limits
  plans: PlanLimits
  isOwnOrigin: OriginRule
  now: () => number
}): Access {
  const refused = createRefused(options.now)
  const { limits, plans, now } = options
  const rates = new Map<string, Rates>()

  function ratesOf(mount: Mount, plan: Plan): Rates {
    const name = `${mount} ${plan}`
    const known = rates.get(name) ?? plans.rates(mount, plan)
    rates.set(name, known)
    return known
  }

  /** The route's own limit tells where it is the tighter one. */
  async function take(mount: Mount, counted: Counted, limit?: LimitName): Promise<Allowance> {
    const general = await limits.take(subject(mount, counted), ratesOf(mount, counted.plan))
    if (limit === undefined || !general.allowed) return general
    const own = await limits.take(`${limit} ${counted.organizationId}`, plans.named(limit))
    return own.allowed && general.remaining < own.remaining ? general : own
  }

  /** Throws 429 without a look-up where the address was refused too often. */
  async function authenticate(credentials: Credentials): Promise<Caller | WorkspaceDenied> {
    const { mount, token, session, address } = credentials
    const digest = hash('sha256', token ?? session ?? '', 'binary')
    const credential = `${mount} ${digest}`
    if (refused.isBeyond(address, credential)) throw rateLimited(refused.spent(), now())
    try {
      const known = token === null ? {} : { tokenHash: Buffer.from(digest, 'binary') }
      const caller = await options.authenticate({ ...credentials, ...known })
      refused.passed(credential)
      return caller
    } catch (error) {
      if (error instanceof WorkspaceDenied) return error
      if (error instanceof Problem && error.status === 401) {
        const allowance = refused.record(address, credential)
        if (!allowance.allowed) throw rateLimited(allowance, now())
      }
      throw error
    }
  }

  return {
    async admit(mount, request, reply, { limit } = {}) {
      const address = clientAddress(request)
      const sent = token(mount, request)
      const session = sent === null ? cookie(request.headers, sessionCookieOf(mount)) : null
      if (session !== null) requireOwnOrigin(request, options.isOwnOrigin)
      const caller = await authenticate({
        mount,
        token: sent,
        session,
        workspaceId: header(request, 'x-workspace-id'),
        address,
      })
      const denied = caller instanceof WorkspaceDenied
      const allowance = await take(mount, denied ? caller.counted : caller, limit)
      reply.headers(rateHeaders(allowance))
      if (!allowance.allowed) throw rateLimited(allowance, now())
      if (denied) throw caller
      return caller
    },
  }
}

/** Trust counts per key, as its reference says; the others count per organization. */
export function subject(mount: Mount, { actor, organizationId }: Counted): string {
  const who = mount === 'trust' ? actor.id : organizationId
  return `${mount} ${who}`
}

function token(mount: Mount, request: FastifyRequest): string | null {
  const agentKey = mount === 'trust' ? header(request, 'x-agent-api-key') : null
  if (agentKey !== null) return agentKey
  const match = /^Bearer +(\S+) *$/i.exec(header(request, 'authorization') ?? '')
  return match?.[1] ?? null
}

function header(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : null
}
