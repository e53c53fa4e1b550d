import { describe, expect, it } from 'vitest'
import { oneAhead } from './ahead.ts'

function counting(until: number, failAt = Number.POSITIVE_INFINITY) {
  const seen = { made: 0, closed: false }
  async function* numbers() {
    try {
      for (let at = 1; at <= until; at++) {
        if (at === failAt) throw new Error(`no ${at}`)
        seen.made = at
        yield at
      }
    } finally {
      seen.closed = true
    }
  }
  return { seen, numbers: numbers() }
}

describe('oneAhead', () => {
  it('gives the same, and prepares no more than one', async () => {
    const { seen, numbers } = counting(4)
    const got: number[] = []
    for await (const number of oneAhead(numbers)) {
      got.push(number)
      await new Promise((resolve) => setImmediate(resolve))
      expect(seen.made).toBe(Math.min(4, number + 1))
    }
    expect(got).toEqual([1, 2, 3, 4])
  })

  it('fails when the turn comes of what failed', async () => {
    const { numbers } = counting(4, 3)
    const got: number[] = []
    const all = async () => {
      for await (const number of oneAhead(numbers)) got.push(number)
    }
    await expect(all()).rejects.toThrow('no 3')
    expect(got).toEqual([1, 2])
  })

  it('closes the source when the consumer leaves', async () => {
    const { seen, numbers } = counting(4, 2)
    for await (const number of oneAhead(numbers)) if (number === 1) break
    expect(seen.closed).toBe(true)
  })
})
