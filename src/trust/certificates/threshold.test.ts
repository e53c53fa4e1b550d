// The threshold of renewal, against the lives that certificates have.
import { describe, expect, it } from 'vitest'
import { renewFrom } from './threshold.ts'

const day = 86_400_000
const from = Date.parse('2026-01-01T00:00:00Z')

describe('renewal begins', () => {
  it.each([
    [90, 30, 60],
    [90, 14, 76],
    [398, 30, 368],
    [45, 30, 30],
    [6, 30, 4],
    [30, 397, 20],
  ])('of %d days with a threshold of %d days on day %d', (life, threshold, expected) => {
    const at = renewFrom(
      { validFrom: new Date(from), validTo: new Date(from + life * day) },
      threshold,
    )
    expect((at.getTime() - from) / day).toBe(expected)
  })

  it('at the end of a certificate whose end is before its beginning', () => {
    const life = { validFrom: new Date(from), validTo: new Date(from - day) }
    expect(renewFrom(life, 30).getTime()).toBe(from - day)
  })
})
