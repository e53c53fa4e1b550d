// Lets a request in: credentials out of its headers, who that is, and whether the plan still has
// room. Failures are limited per address; a valid key is let in beside them, so that nobody behind
// the same address can lock it out.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { common, Problem } from '../errors.ts'
import type { Allowance, Limits } from '../limits.ts'
import type { Mount } from '../permissions.ts'
import type { PlanLimits } from '../rates.ts'
import { clientAddress } from './address.ts'
import type { Authenticator, Caller } from './caller.ts'

export interface Access {
  /** Throws 401, 403 or 429. Sets the rate limit headers. */
  admit(mount: Mount, request: FastifyRequest, reply: FastifyReply): Promise<Caller>
}

const failuresPerMinuteMax = 60
const addressesMax = 50_000

export function createAccess(options: {
  authenticate: Authenticator
  limits: Limits
  plans: PlanLimits
  now: () => number
}): Access {
  const failures = createFailures(options.now)
  return {
    async admit(mount, request, reply) {
      const address = clientAddress(request)
      let caller: Caller
      try {
        caller = await options.authenticate({
          mount,
          token: token(mount, request),
          workspaceId: header(request, 'x-workspace-id'),
          address,
        })
      } catch (error) {
        if (error instanceof Problem && error.status === 401) failures.record(address)
        throw error
      }
      const allowance = await options.limits.take(
        subject(mount, caller),
        options.plans.rates(mount, caller.plan),
      )
      setHeaders(reply, allowance)
      if (!allowance.allowed) throw limited(allowance, options.now())
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

function setHeaders(reply: FastifyReply, allowance: Allowance): void {
  reply.header('x-ratelimit-limit', String(allowance.limit))
  reply.header('x-ratelimit-remaining', String(allowance.remaining))
  reply.header('x-ratelimit-reset', String(allowance.resetAt))
}

function limited(allowance: Allowance, now: number): Problem {
  const seconds = Math.max(1, Math.ceil(allowance.resetAt - now / 1000))
  return common.problem('rate_limited', {
    details: { limit: allowance.limit, retry_after_seconds: seconds },
    headers: { 'retry-after': String(seconds) },
  })
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
      throw limited({ allowed: false, limit: failuresPerMinuteMax, remaining: 0, resetAt }, now())
    },
  }
}
