// A request of many decisions counts as many requests: else a thousand would cost no more than one.
import { subject } from '../../platform/http/access.ts'
import { rateLimited } from '../../platform/http/rate-limit.ts'
import type { Platform } from '../../platform/platform.ts'
import type { DecisionService } from './service.ts'

export function createCharge({
  limits,
  plans,
  now,
}: Pick<Platform, 'limits' | 'plans' | 'now'>): DecisionService['charge'] {
  return async (caller, count) => {
    // The request itself is counted where it is let in.
    if (count <= 1) return
    const rates = plans.rates('identity', caller.plan)
    const allowance = await limits.take(subject('identity', caller), rates, count - 1)
    if (!allowance.allowed) throw rateLimited(allowance, now())
  }
}
