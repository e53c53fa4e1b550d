// Functions of numbers.
import type { Value } from '../../resource.ts'
import { numberOf, scalar, textOf } from '../evaluate/value.ts'
import type { Functions, TerraformFunction } from './function.ts'

const ofNumbers =
  (calculate: (...numbers: number[]) => number): TerraformFunction =>
  (args, place) => {
    const numbers = allNumbers(args)
    const result = numbers === null || numbers.length === 0 ? Number.NaN : calculate(...numbers)
    return Number.isFinite(result) ? scalar(result, place) : null
  }

function allNumbers(values: readonly Value[]): number[] | null {
  const numbers = values.map(numberOf)
  return numbers.every((number) => number !== null) ? numbers : null
}

const least = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.min(a, b))
const greatest = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.max(a, b))

export const numberFunctions: Functions = {
  abs: ofNumbers((number) => Math.abs(number)),
  ceil: ofNumbers((number) => Math.ceil(number)),
  floor: ofNumbers((number) => Math.floor(number)),
  log: ofNumbers((number, of = 10) => Math.log(number) / Math.log(of)),
  max: ofNumbers((...numbers) => greatest(numbers)),
  min: ofNumbers((...numbers) => least(numbers)),
  pow: ofNumbers((number, power = 1) => number ** power),
  signum: ofNumbers((number) => Math.sign(number)),

  parseint: ([text, radix], place) => {
    const digits = text === undefined ? null : textOf(text)
    const of = radix === undefined ? null : numberOf(radix)
    if (digits === null || of === null || of < 2 || of > 36) return null
    const result = Number.parseInt(digits, of)
    return Number.isSafeInteger(result) ? scalar(result, place) : null
  },

  sum: ([items], place) => {
    if (items?.kind !== 'list') return null
    const numbers = allNumbers(items.items)
    const total = numbers?.reduce((sum, number) => sum + number, 0)
    return total === undefined ? null : scalar(total, place)
  },
}
