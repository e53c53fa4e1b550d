// Tests single values. What cannot be known gives null, and so does what makes no sense.
import { rulePattern } from '../../rule-pattern.ts'
import type { Scalar, Value } from '../resource.ts'
import { coversPort, isPublicCidr } from './network.ts'
import type { Literal, Test } from './rule-data.ts'

/** All tests but `with`, which takes a condition's evaluation. */
export type PlainTest = Exclude<Test, { kind: 'with' }>

export function passes(test: PlainTest, value: Value): boolean | null {
  if (value.kind === 'unknown') return passesUnknown(test, value.references.length > 0)
  if (test.kind === 'present') return test.wanted
  if (test.kind === 'empty') return isEmpty(value) === test.wanted
  if (test.kind === 'contains' && value.kind === 'list') {
    return someOf(value.items.map((item) => passes({ kind: 'equals', literals: test.texts }, item)))
  }
  return value.kind === 'scalar' ? passesScalar(test, value.value) : false
}

/** What is made of another resource's attributes is there, whatever it turns out to be. */
function passesUnknown(test: PlainTest, isReference: boolean): boolean | null {
  if (!isReference) return null
  if (test.kind === 'present') return test.wanted
  return test.kind === 'empty' ? !test.wanted : null
}

function isEmpty(value: Exclude<Value, { kind: 'unknown' }>): boolean | null {
  if (value.kind === 'list') return value.items.length === 0
  if (value.kind === 'map') return value.entries.size > 0 ? false : value.open ? null : true
  return value.value === ''
}

function passesScalar(
  test: Exclude<PlainTest, { kind: 'present' | 'empty' }>,
  value: Scalar['value'],
): boolean | null {
  if (value === null) return false
  switch (test.kind) {
    case 'equals':
      return test.literals.some((literal) => equals(literal, value))
    case 'matches':
      return patternOf(test.pattern).test(String(value).slice(0, matchedMax))
    case 'contains':
      return test.texts.some((text) => String(value).includes(text))
    case 'less':
      return compare(value, (number) => number < test.than)
    case 'greater':
      return compare(value, (number) => number > test.than)
    case 'public-cidr':
      return isPublicCidr(String(value)) === test.wanted
    case 'covers-port':
      return typeof value === 'boolean' ? null : coversPort(value, test.ports)
  }
}

/** A longer text is matched by its beginning only. */
const matchedMax = 4096

/** Formats and people quote numbers and booleans at will. */
function equals(literal: Literal, value: string | number | boolean): boolean {
  if (literal === value || String(literal) === String(value)) return true
  if (typeof literal === 'boolean') return String(value).toLowerCase() === String(literal)
  return typeof literal === 'number' && typeof value === 'string' && toNumber(value) === literal
}

function compare(
  value: string | number | boolean,
  holds: (number: number) => boolean,
): boolean | null {
  const number = typeof value === 'string' ? toNumber(value) : Number(value)
  return Number.isNaN(number) ? null : holds(number)
}

function toNumber(text: string): number {
  return /^\s*[-+]?\d{1,20}(\.\d{1,20})?\s*$/.test(text) ? Number(text) : Number.NaN
}

export function someOf(truths: readonly (boolean | null)[]): boolean | null {
  if (truths.includes(true)) return true
  return truths.includes(null) ? null : false
}

const patterns = new Map<string, RegExp>()

/** The patterns of all rules together are few, so that they may stay. */
function patternOf(source: string): RegExp {
  let pattern = patterns.get(source)
  if (pattern === undefined) {
    pattern = rulePattern(source)
    patterns.set(source, pattern)
  }
  return pattern
}
