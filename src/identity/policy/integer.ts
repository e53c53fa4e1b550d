// Cedar's integers: 64 bits, an overflow is an error. Fast within ±(2^53−1), exact beyond.
import type { Value } from './value.ts'

const max = 2n ** 63n - 1n
const min = -(2n ** 63n)

export type Integer = number | bigint

export function isInteger(value: Value): value is Integer {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** The one form of an integer; undefined when it does not fit 64 bits. */
export function integer(exact: bigint): Integer | undefined {
  if (exact > max || exact < min) return undefined
  const short = Number(exact)
  return Number.isSafeInteger(short) ? short : exact
}

export function add(a: Integer, b: Integer): Integer | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return integer(BigInt(a) + BigInt(b))
}

export function subtract(a: Integer, b: Integer): Integer | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isSafeInteger(difference)) return difference
  }
  return integer(BigInt(a) - BigInt(b))
}

export function multiply(a: Integer, b: Integer): Integer | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    // Plus zero: the product of zero and a negative number is the integer 0, not -0.
    if (Number.isSafeInteger(product)) return product + 0
  }
  return integer(BigInt(a) * BigInt(b))
}

export function negate(a: Integer): Integer | undefined {
  return typeof a === 'number' ? 0 - a : integer(-a)
}
