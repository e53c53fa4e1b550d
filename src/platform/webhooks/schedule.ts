// When a delivery is tried again: the schedule that Standard Webhooks 1.0.0 recommends.

/** What came of an attempt. */
export type DeliveryOutcome =
  | { kind: 'answered'; status: number; retryAfter: string | null }
  /** No answer: refused, timed out, not resolved, and so on. */
  | { kind: 'failed' }

export type NextStep =
  | { step: 'delivered' }
  /** @property at Unix time in milliseconds */
  | { step: 'retry'; at: number }
  /** Every attempt was made. The delivery stays, and can be replayed by hand. */
  | { step: 'exhausted' }
  /** The receiver said 410 Gone: it wants nothing more, this delivery included. */
  | { step: 'disable' }

const seconds = 1000
const minutes = 60 * seconds
const hours = 60 * minutes

/** Before each attempt, the first of which is made at once; together a little over three days. */
export const retryDelaysMs: readonly number[] = [
  0,
  5 * seconds,
  5 * minutes,
  30 * minutes,
  2 * hours,
  5 * hours,
  10 * hours,
  14 * hours,
  20 * hours,
  24 * hours,
]

const retryAfterMaxMs = 24 * hours
/** The share by which a delay grows at most, so that retries do not come in one wave. */
const jitterShare = 0.2

/**
 * What to do after an attempt.
 *
 * @param attempt.number of this attempt, from 1
 * @param attempt.now Unix time in milliseconds
 * @param attempt.jitter a random number from 0 up to 1
 */
export function nextStep(
  outcome: DeliveryOutcome,
  attempt: { number: number; now: number; jitter: number },
): NextStep {
  if (outcome.kind === 'answered') {
    if (outcome.status >= 200 && outcome.status < 300) return { step: 'delivered' }
    if (outcome.status === 410) return { step: 'disable' }
  }
  const delayMs = retryDelaysMs[attempt.number]
  if (delayMs === undefined) return { step: 'exhausted' }
  const scattered = delayMs * (1 + jitterShare * attempt.jitter)
  // Never sooner than scheduled: a receiver that always says "at once" would use up all attempts.
  const wait = Math.max(scattered, retryAfterMs(outcome, attempt.now))
  return { step: 'retry', at: Math.ceil(attempt.now + wait) }
}

/** Retry-After (RFC 9110, section 10.2.3) of the two statuses that mean "later". */
function retryAfterMs(outcome: DeliveryOutcome, now: number): number {
  if (outcome.kind === 'failed' || ![429, 503].includes(outcome.status)) return 0
  const text = outcome.retryAfter?.trim() ?? ''
  const wanted = /^\d{1,10}$/.test(text) ? Number(text) * seconds : httpDate(text) - now
  return Math.min(Math.max(wanted, 0), retryAfterMaxMs)
}

/** Unix milliseconds of `Sun, 06 Nov 1994 08:49:37 GMT`, the form that senders must use; else 0. */
function httpDate(text: string): number {
  const shaped = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)
  const time = shaped ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? 0 : time
}
