// The waits between attempts, at their bounds.
import { describe, expect, it } from 'vitest'
import { retryDelayMs } from './backoff.ts'

const minute = 60_000
const day = 24 * 60 * minute

describe('an authority is asked again', () => {
  it.each([
    ['after a minute at first', 1, 30 * day, minute],
    ['twice as late each time', 5, 30 * day, 16 * minute],
    ['at the latest after six hours', 60, 300 * day, 360 * minute],
    ['often while an hour is left', 60, 60 * minute, 3 * minute],
    ['every minute when no life is left', 60, -day, minute],
  ])('%s', (_, attempts, left, expected) => {
    expect(retryDelayMs(attempts, left, 0.5)).toBe(expected)
  })

  it('a fifth earlier or later by chance', () => {
    expect(retryDelayMs(1, 30 * day, 0)).toBe(0.8 * minute)
    expect(retryDelayMs(1, 30 * day, 1)).toBe(1.2 * minute)
  })
})
