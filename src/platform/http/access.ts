// Lets a request in: credentials out of its headers, who that is, and whether the plan still has
// room. Failures are limited per address; a valid key is let in beside them, so that nobody behind
// the same address can lock it out.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../errors.ts'
import type { Allowance, Limits } from '../limits.ts'
import type { Mount } from '../permissions.ts'
import type { LimitName, PlanLimits } from '../rates.ts'
import { clientAddress } from './address.ts'
import { cookie, type OriginRule, requireOwnOrigin, sessionCookie } from './browser.ts'
import type { Authenticator, Caller } from './caller.ts'
import { rateHeaders, rateLimited } from './rate-limit.ts'

export interface Access {
  /** Throws 401, 403 or 429. Sets the rate limit headers. */
  admit(
    mount: Mount,
    request: FastifyRequest,
    reply: FastifyReply,
    route?: { limit?: LimitName | undefined },
  ): Promise<Caller>
}

const failuresPerMinuteMax = 60
const addressesMax = 50_000

export function createAccess(options: {
  authenticate: Authenticator
  limits: Limits
  plans: PlanLimits
  isOwnOrigin: OriginRule
  now: () => number
}): Access {
  const failures = createFailures(options.now)
  const { limits, plans } = options

  /** The route's own limit tells where it is the tighter one. */
  async function take(mount: Mount, caller: Caller, limit?: LimitName): Promise<Allowance> {
    const general = await limits.take(subject(mount, caller), plans.rates(mount, caller.plan))
    if (limit === undefined || !general.allowed) return general
    const own = await limits.take(`${limit} ${caller.actor.id}`, plans.named(limit))
    return own.allowed && general.remaining < own.remaining ? general : own
  }

  return {
    async admit(mount, request, reply, { limit } = {}) {
      const address = clientAddress(request)
      const sent = token(mount, request)
      const session = sent === null ? cookie(request.headers, sessionCookie) : null
      if (session !== null) requireOwnOrigin(request, options.isOwnOrigin)
      let caller: Caller
      try {
        caller = await options.authenticate({
          mount,
          token: sent,
          session,
          workspaceId: header(request, 'x-workspace-id'),
          address,
        })
      } catch (error) {
        if (error instanceof Problem && error.status === 401) failures.record(address)
        throw error
      }
      const allowance = await take(mount, caller, limit)
      reply.headers(rateHeaders(allowance))
      if (!allowance.allowed) throw rateLimited(allowance, options.now())
      return caller
    },
  }
}

/** Trust counts per key, as its reference says; the others count per organization. */
function subject(mount: Mount, caller: Caller): string {
  const who = mount === 'trust' ? caller.actor.id : caller.organizationId
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

/** Failed authentications per address and minute, in this node's memory. */
function createFailures(now: () => number) {
  let minute = 0
  let counts = new Map<string, number>()

  function current(): Map<string, number> {
    const thisMinute = Math.floor(now() / 60_000)
    if (thisMinute !== minute || counts.size > addressesMax) {
      minute = thisMinute
      counts = new Map()
    }
    return counts
  }

  return {
    /** Throws 429 where there were too many before. */
    record(address: string): void {
      const before = current().get(address) ?? 0
      if (before < failuresPerMinuteMax) {
        current().set(address, before + 1)
        return
      }
      const resetAt = (minute + 1) * 60
      const spent = { allowed: false, limit: failuresPerMinuteMax, remaining: 0, resetAt }
      throw rateLimited(spent, now())
    },
  }
}
