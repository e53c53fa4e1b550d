// Keeps deliveries away from an endpoint that fails, tries it now and then, and gives up at last.
//
// closed ──failures──▶ open ──pause over, one probe──▶ half_open ──probe fails──▶ open, for longer
//    ▲                   └──────────────success──────────────┘│
//    └─────────────────────────────success────────────────────┘   days of failures ──▶ disabled

export interface Breaker {
  state: 'closed' | 'open' | 'half_open' | 'disabled'
  /** Failed attempts since the last success. */
  failures: number
  /** Unix milliseconds of the first of these, or null. */
  failingSince: number | null
  /** How often it has opened since the last success. */
  openings: number
  /** When the pause ends (open), or when the probe counts as lost (half_open); null otherwise. */
  until: number | null
  disabledBecause: 'gone' | 'failing' | null
}

export const closedBreaker: Breaker = Object.freeze({
  state: 'closed',
  failures: 0,
  failingSince: null,
  openings: 0,
  until: null,
  disabledBecause: null,
})

export interface Admission {
  admitted: boolean
  /** To be stored before the attempt is made, so that other workers see the probe. */
  breaker: Breaker
  /** When to ask again, in Unix milliseconds; null where admitted, and where it never will be. */
  retryAt: number | null
}

const minutes = 60_000
const failuresMax = 5
const pausesMs = [1 * minutes, 2 * minutes, 5 * minutes, 15 * minutes, 30 * minutes, 60 * minutes]
/** Longer than any attempt takes; afterwards its worker is taken for dead and another may probe. */
const probeMs = 2 * minutes
const failingMs = 5 * 24 * 60 * minutes

/** Whether an attempt may be made now. Of many that ask after a pause, one is admitted. */
export function admit(breaker: Breaker, now: number): Admission {
  if (breaker.state === 'closed') return { admitted: true, breaker, retryAt: null }
  if (breaker.state === 'disabled') return { admitted: false, breaker, retryAt: null }
  if (breaker.until !== null && now < breaker.until) {
    return { admitted: false, breaker, retryAt: breaker.until }
  }
  const probing: Breaker = { ...breaker, state: 'half_open', until: now + probeMs }
  return { admitted: true, breaker: probing, retryAt: null }
}

/**
 * The breaker after an attempt. Attempts that were under way when it opened may report late: a
 * success closes it all the same, a failure does not prolong the pause.
 *
 * What was disabled stays so until somebody enables the endpoint, with `closedBreaker`.
 *
 * @param outcome `gone` is an answer of 410
 */
export function record(
  breaker: Breaker,
  outcome: 'success' | 'failure' | 'gone',
  now: number,
): Breaker {
  if (breaker.state === 'disabled') return breaker
  if (outcome === 'success') return closedBreaker
  const failing: Breaker = {
    ...breaker,
    failures: breaker.failures + 1,
    failingSince: breaker.failingSince ?? now,
  }
  if (outcome === 'gone') return disabled(failing, 'gone')
  // Both, because two failures with a quiet week between them prove little.
  const days = now - (failing.failingSince ?? now) >= failingMs
  if (days && failing.failures >= failuresMax) return disabled(failing, 'failing')
  if (breaker.state === 'open') return failing
  if (breaker.state === 'closed' && failing.failures < failuresMax) return failing
  return opened(failing, now)
}

function opened(breaker: Breaker, now: number): Breaker {
  const pauseMs = pausesMs[Math.min(breaker.openings, pausesMs.length - 1)] ?? 0
  return { ...breaker, state: 'open', openings: breaker.openings + 1, until: now + pauseMs }
}

function disabled(breaker: Breaker, because: 'gone' | 'failing'): Breaker {
  return { ...breaker, state: 'disabled', until: null, disabledBecause: because }
}
