import { describe, expect, it } from 'vitest'
import { admit, type Breaker, closedBreaker, record } from './breaker.ts'

const minute = 60_000
const day = 24 * 60 * minute
const start = Date.UTC(2026, 0, 1)

/** The breaker after so many failures at one moment. */
function afterFailures(count: number, now = start, breaker = closedBreaker): Breaker {
  let after = breaker
  for (let round = 0; round < count; round += 1) after = record(after, 'failure', now)
  return after
}

describe('closed', () => {
  it('admits everything, and forgets failures with a success', () => {
    const four = afterFailures(4)
    expect(four).toMatchObject({ state: 'closed', failures: 4, failingSince: start })
    expect(admit(four, start)).toEqual({ admitted: true, breaker: four, retryAt: null })
    expect(record(four, 'success', start)).toEqual(closedBreaker)
  })

  it('opens with the fifth failure in a row', () => {
    expect(afterFailures(5)).toEqual({
      state: 'open',
      failures: 5,
      failingSince: start,
      openings: 1,
      until: start + minute,
      disabledBecause: null,
    })
  })
})

describe('open', () => {
  it('admits nothing until its pause is over, then exactly one probe', () => {
    const open = afterFailures(5)
    const before = start + minute - 1
    expect(admit(open, before)).toEqual({ admitted: false, breaker: open, retryAt: start + minute })
    const probe = admit(open, start + minute)
    expect(probe).toMatchObject({ admitted: true, retryAt: null, breaker: { state: 'half_open' } })
    const until = start + 3 * minute
    const second = admit(probe.breaker, start + minute + 1)
    expect(second).toEqual({ admitted: false, breaker: probe.breaker, retryAt: until })
  })

  it('is not prolonged by failures that report late', () => {
    const open = afterFailures(5)
    const late = afterFailures(3, start + 10_000, open)
    expect(late).toMatchObject({ state: 'open', failures: 8, openings: 1, until: start + minute })
  })

  it('closes with a success that reports late', () => {
    expect(record(afterFailures(5), 'success', start + 1)).toEqual(closedBreaker)
  })
})

describe('half open', () => {
  const probing = admit(afterFailures(5), start + minute).breaker

  it('closes with a success', () => {
    expect(record(probing, 'success', start + minute)).toEqual(closedBreaker)
  })

  it('gives another the probe when the first does not report', () => {
    const lost = start + 3 * minute
    expect(admit(probing, lost - 1).admitted).toBe(false)
    const again = admit(probing, lost)
    expect(again.admitted).toBe(true)
    expect(admit(again.breaker, lost).admitted).toBe(false)
  })

  it('opens for longer with each failed probe, up to an hour', () => {
    const pauses: number[] = []
    let now = start
    let breaker = afterFailures(5)
    for (let round = 0; round < 8; round += 1) {
      const pause = (breaker.until ?? 0) - now
      pauses.push(pause / minute)
      now += pause
      breaker = record(admit(breaker, now).breaker, 'failure', now)
    }
    expect(pauses).toEqual([1, 2, 5, 15, 30, 60, 60, 60])
  })

  it('starts again with the shortest pause after a success', () => {
    const recovered = record(probing, 'success', start + minute)
    expect(afterFailures(5, start + day, recovered).until).toBe(start + day + minute)
  })
})

describe('disabled', () => {
  it('comes with 410 in any state, and stays', () => {
    const states = [
      closedBreaker,
      afterFailures(2),
      afterFailures(5),
      admit(afterFailures(5), start + minute).breaker,
    ]
    for (const breaker of states) {
      const gone = record(breaker, 'gone', start)
      expect(gone).toMatchObject({ state: 'disabled', disabledBecause: 'gone', until: null })
      for (const outcome of ['success', 'failure', 'gone'] as const) {
        expect(record(gone, outcome, start + day)).toBe(gone)
      }
      const never = { admitted: false, breaker: gone, retryAt: null }
      expect(admit(gone, start + 365 * day)).toEqual(never)
    }
  })

  it('comes after five days of nothing but failures', () => {
    const open = afterFailures(5)
    expect(record(open, 'failure', start + 5 * day - 1).state).toBe('open')
    const given = record(open, 'failure', start + 5 * day)
    expect(given).toMatchObject({ state: 'disabled', disabledBecause: 'failing', failures: 6 })
  })

  it('does not come with few failures far apart, nor when one attempt succeeded', () => {
    const quiet = record(afterFailures(1), 'failure', start + 30 * day)
    expect(quiet).toMatchObject({ state: 'closed', failures: 2 })
    const recovered = record(afterFailures(5), 'success', start + 4 * day)
    expect(afterFailures(5, start + 6 * day, recovered).state).toBe('open')
  })

  it('does not come from a clock that went back', () => {
    expect(record(afterFailures(5), 'failure', start - 10 * day).state).toBe('open')
  })
})

describe('every sequence of six events', () => {
  const events = ['success', 'failure', 'gone', 'admit', 'wait a minute', 'wait two days'] as const

  /** What must hold wherever a breaker got to. */
  function check(breaker: Breaker, now: number): void {
    const { state, failures, failingSince, openings, until, disabledBecause } = breaker
    if (state === 'closed' && (failures >= 5 || until !== null || openings !== 0)) fail(breaker)
    if ((state === 'open' || state === 'half_open') && (until === null || failures < 5))
      fail(breaker)
    if (until !== null && until - now > 60 * minute) fail(breaker)
    if ((failures === 0) !== (failingSince === null)) fail(breaker)
    if ((state === 'disabled') !== (disabledBecause !== null)) fail(breaker)
    if (disabledBecause === 'failing' && now - (failingSince ?? now) < 5 * day) fail(breaker)
    const { admitted, retryAt, breaker: after } = admit(breaker, now)
    if (state === 'closed' && !admitted) fail(breaker)
    if (state === 'disabled' && admitted) fail(breaker)
    if (!admitted && state !== 'disabled' && (retryAt === null || retryAt <= now)) fail(breaker)
    if (admitted && state !== 'closed' && admit(after, now).admitted) fail(breaker)
    if (state !== 'disabled' && record(breaker, 'success', now) !== closedBreaker) fail(breaker)
  }

  function fail(breaker: Breaker): never {
    throw new Error(`An impossible breaker: ${JSON.stringify(breaker)}`)
  }

  function explore(breaker: Breaker, now: number, left: number): number {
    check(breaker, now)
    if (left === 0) return 1
    let visited = 1
    for (const event of events) {
      const next =
        event === 'admit'
          ? admit(breaker, now).breaker
          : event === 'success' || event === 'failure' || event === 'gone'
            ? record(breaker, event, now)
            : breaker
      const later = event === 'wait a minute' ? minute : event === 'wait two days' ? 2 * day : 0
      visited += explore(next, now + later, left - 1)
    }
    return visited
  }

  it('keeps its promises, from a healthy endpoint and from a failing one', () => {
    expect(explore(closedBreaker, start, 6)).toBe(55_987)
    expect(explore(afterFailures(4), start, 6)).toBe(55_987)
    expect(explore(afterFailures(5), start, 6)).toBe(55_987)
  })
})
