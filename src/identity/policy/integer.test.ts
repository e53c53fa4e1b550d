import { describe, expect, it } from 'vitest'
import type { Integer } from './integer.ts'
import { add, multiply, negate, subtract } from './integer.ts'

const max = 2n ** 63n - 1n
const safe = Number.MAX_SAFE_INTEGER

describe('arithmetic', () => {
  it.each<[is: Integer | undefined, should: Integer | undefined]>([
    [add(1, 2), 3],
    [add(safe, 1), 2n ** 53n],
    [subtract(2n ** 53n, 1), safe],
    [add(max, 1), undefined],
    [subtract(-max, 2), undefined],
    [multiply(safe, 1024), BigInt(safe) * 1024n],
    [multiply(max, 2), undefined],
    [multiply(3_037_000_500, 3_037_000_500), undefined],
    [negate(-max - 1n), undefined],
    [negate(max), -max],
  ])('%#', (is, should) => {
    expect(is).toBe(should)
  })

  it('knows no negative zero', () => {
    expect([multiply(0, -5), negate(0), subtract(0, 0)].map((zero) => Object.is(zero, 0))).toEqual([
      true,
      true,
      true,
    ])
  })
})
