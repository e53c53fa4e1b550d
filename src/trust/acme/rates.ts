// How much one address or one account may ask for.
import type { LimitName } from '../../platform/rates.ts'
import type { Acme } from './endpoint.ts'
import { acmeErrors } from './errors.ts'

/** Throws rateLimited with when to come again. */
export async function takeAllowance(
  { trust }: Pick<Acme, 'trust'>,
  name: LimitName,
  subject: string,
): Promise<void> {
  const { limits, plans, now } = trust.platform
  const allowance = await limits.take(`${name} ${subject}`, plans.named(name))
  if (allowance.allowed) return
  const seconds = Math.max(1, Math.ceil(allowance.resetAt - now() / 1_000))
  throw acmeErrors.problem('acme_rate_limited', { headers: { 'retry-after': String(seconds) } })
}
