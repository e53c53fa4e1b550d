import { describe, expect, it } from 'vitest'
import { type DeliveryOutcome, nextStep, retryDelaysMs } from './schedule.ts'

const now = Date.UTC(2026, 0, 1)
const answered = (status: number, retryAfter: string | null = null): DeliveryOutcome => ({
  kind: 'answered',
  status,
  retryAfter,
})
const failed: DeliveryOutcome = { kind: 'failed' }
const hour = 3_600_000

/** Milliseconds until the next attempt, or the name of the step. */
function wait(outcome: DeliveryOutcome, number = 1, jitter = 0) {
  const next = nextStep(outcome, { number, now, jitter })
  return next.step === 'retry' ? next.at - now : next.step
}

describe('nextStep', () => {
  it('follows the schedule of ten attempts', () => {
    const waits = Array.from({ length: 11 }, (_, at) => wait(failed, at + 1))
    const s = 1000
    const m = 60 * s
    expect(retryDelaysMs[0]).toBe(0)
    expect(waits).toEqual([
      5 * s,
      5 * m,
      30 * m,
      2 * hour,
      5 * hour,
      10 * hour,
      14 * hour,
      20 * hour,
      24 * hour,
      'exhausted',
      'exhausted',
    ])
  })

  it('treats every status alike but success and 410', () => {
    for (let status = 100; status < 600; status += 1) {
      const expected =
        status >= 200 && status < 300 ? 'delivered' : status === 410 ? 'disable' : 5000
      expect(wait(answered(status))).toBe(expected)
    }
    expect(wait(answered(200), 10)).toBe('delivered')
    expect(wait(answered(410), 10)).toBe('disable')
    expect(wait(answered(500), 10)).toBe('exhausted')
  })

  it('adds up to a fifth by jitter, never less than the delay', () => {
    for (const [at, delay] of retryDelaysMs.entries()) {
      if (at === 0) continue
      expect(wait(failed, at, 0)).toBe(delay)
      expect(wait(failed, at, 0.5)).toBeCloseTo(delay * 1.1, 0)
      expect(wait(failed, at, 0.999_999)).toBeLessThanOrEqual(delay * 1.2)
    }
  })
})

describe('Retry-After', () => {
  const seconds: [string, number][] = [
    ['60', 60_000],
    [' 60 ', 60_000],
    ['0', 5000],
    ['3', 5000],
    ['86400', 24 * hour],
    ['86401', 24 * hour],
    ['9999999999', 24 * hour],
    ['99999999999', 5000],
    ['-1', 5000],
    ['1.5', 5000],
    ['1e3', 5000],
    ['soon', 5000],
    ['', 5000],
  ]
  it.each(seconds)('%j waits %i ms', (text, expected) => {
    expect(wait(answered(429, text))).toBe(expected)
    expect(wait(answered(503, text))).toBe(expected)
  })

  it('may be a date, at most a day ahead', () => {
    const date = (ms: number) => new Date(now + ms).toUTCString()
    expect(wait(answered(503, date(hour)))).toBe(hour)
    expect(wait(answered(503, date(30 * hour)))).toBe(24 * hour)
    expect(wait(answered(503, date(-hour)))).toBe(5000)
    for (const text of [
      new Date(now + hour).toISOString(),
      String(new Date(now + hour)),
      'Foo, 99 Bar 2026 00:00:00 GMT',
    ]) {
      expect(wait(answered(503, text))).toBe(5000)
    }
  })

  it('counts for 429 and 503 only', () => {
    for (const status of [400, 404, 500, 502, 504, 302]) {
      expect(wait(answered(status, '3600'))).toBe(5000)
    }
  })

  it('does not shorten the schedule, nor lengthen the number of attempts', () => {
    expect(wait(answered(429, '60'), 4)).toBe(2 * hour)
    expect(wait(answered(429, '60'), 10)).toBe('exhausted')
  })
})
