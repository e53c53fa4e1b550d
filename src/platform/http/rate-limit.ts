// How an answer tells what is left of a limit, and how a request beyond it is refused.
import { common, type Problem } from '../errors.ts'
import type { Allowance } from '../limits.ts'

export function rateHeaders(allowance: Allowance): Record<string, string> {
  return {
    'x-ratelimit-limit': String(allowance.limit),
    'x-ratelimit-remaining': String(allowance.remaining),
    'x-ratelimit-reset': String(allowance.resetAt),
  }
}

/** @param now Unix milliseconds */
export function rateLimited(allowance: Allowance, now: number): Problem {
  const seconds = Math.max(1, Math.ceil(allowance.resetAt - now / 1000))
  return common.problem('rate_limited', {
    details: {
      limit: allowance.limit,
      remaining: allowance.remaining,
      retry_after_seconds: seconds,
      resets_at: new Date(allowance.resetAt * 1_000).toISOString(),
    },
    headers: { ...rateHeaders(allowance), 'retry-after': String(seconds) },
  })
}
