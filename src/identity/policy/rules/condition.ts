// What a condition of a rule means: each operator with the values that it has a meaning for. What
// has none is refused when the rule is saved, with what is accepted.
import { readAddress, readRange } from './address.ts'
import { type Glob, readGlob } from './glob.ts'
import { readWindow, type Window } from './window.ts'

export const operators = [
  'equals',
  'not_equals',
  'less_than',
  'less_or_equal',
  'greater_than',
  'greater_or_equal',
  'between',
  'in',
  'not_in',
  'contains',
  'matches',
] as const
export type Operator = (typeof operators)[number]

/** What is asked of the attribute. */
export type Test =
  | { kind: 'boolean'; expected: boolean }
  | { kind: 'text'; values: readonly string[]; negated: boolean }
  | { kind: 'integer'; values: readonly number[]; negated: boolean }
  | { kind: 'order'; operator: '<' | '<=' | '>' | '>='; value: number }
  | { kind: 'range'; min: number; max: number }
  | { kind: 'contains'; values: readonly (string | number)[] }
  | { kind: 'matches'; globs: readonly Glob[] }
  | { kind: 'address'; values: readonly string[]; within: boolean; negated: boolean }
  | { kind: 'window'; window: Window }

export interface Refused {
  kind: 'refused'
  /** From the condition on, such as `['value', 'timezone']`. */
  path: readonly string[]
  problem: string
  accepted: string
}

export interface Written {
  type: string
  operator: Operator
  value?: unknown
}

const valuesMax = 200
const lengthMax = 512
const integer = 'an integer within ±(2^53−1)'
const text = `text of up to ${lengthMax} characters`

export function readTest({ type, operator, value }: Written): Test | Refused {
  if (type.split('.')[0] === 'panthera') {
    const accepted = 'another attribute of the context'
    return { kind: 'refused', path: ['type'], problem: 'is the platform’s own', accepted }
  }
  if (type === 'time') return timeTest(operator, value)
  if (isAddressPath(type)) return addressTest(operator, value)
  if (type === 'mfa') return booleanTest(type, operator, value)
  if (type === 'risk_score') return integerTest(type, operator, value)
  return readers[operator](value)
}

/** `ip`, `client_ip`, `network.ip`, `ip_address`: compared as addresses, not as text. */
export function isAddressPath(path: string): boolean {
  return /(?:^|[._])ip(?:_address)?$/.test(path)
}

const readers: Readonly<Record<Operator, (value: unknown) => Test | Refused>> = {
  equals: (value) => equality(value, false),
  not_equals: (value) => equality(value, true),
  less_than: (value) => order('<', value),
  less_or_equal: (value) => order('<=', value),
  greater_than: (value) => order('>', value),
  greater_or_equal: (value) => order('>=', value),
  between: range,
  in: (value) => membership(value, false),
  not_in: (value) => membership(value, true),
  contains: (value) => {
    const values = Array.isArray(value) ? value : [value]
    if (isFew(values) && values.every(isText)) return { kind: 'contains', values }
    if (isFew(values) && values.every(isInteger)) return { kind: 'contains', values }
    return refuse(`what the list must contain: ${text} or ${integer}, or several of one kind`)
  },
  matches: (value) => {
    const patterns = Array.isArray(value) ? value : [value]
    const globs = isFew(patterns) ? patterns.map(readPattern) : [null]
    const fit = globs.filter((glob) => glob !== null)
    if (fit.length === globs.length) return { kind: 'matches', globs: fit }
    return refuse('a pattern in which * is any text and \\* a star, or a list of such')
  },
}

function equality(value: unknown, negated: boolean): Test | Refused {
  if (typeof value === 'boolean') return { kind: 'boolean', expected: value !== negated }
  if (isText(value)) return { kind: 'text', values: [value], negated }
  if (isInteger(value)) return { kind: 'integer', values: [value], negated }
  const hint = Array.isArray(value) ? '; for a list, the operators in and not_in' : ''
  return refuse(`${text}, ${integer}, true or false${hint}`)
}

function order(operator: '<' | '<=' | '>' | '>=', value: unknown): Test | Refused {
  return isInteger(value) ? { kind: 'order', operator, value } : refuse(integer)
}

function range(value: unknown): Test | Refused {
  const { min, max, ...others } = boundsIn(value)
  if (isInteger(min) && isInteger(max) && Object.keys(others).length === 0) {
    if (min <= max) return { kind: 'range', min, max }
    return refuse('a min that is not greater than max', 'has no value between its bounds')
  }
  return refuse(`{"min":1,"max":5} or [1,5], both included: ${integer} each`)
}

function boundsIn(value: unknown): { min?: unknown; max?: unknown } {
  if (typeof value !== 'object' || value === null) return {}
  if (!Array.isArray(value)) return value
  return value.length === 2 ? { min: value[0], max: value[1] } : {}
}

function membership(value: unknown, negated: boolean): Test | Refused {
  if (isFew(value) && value.every(isText)) return { kind: 'text', values: value, negated }
  if (isFew(value) && value.every(isInteger)) return { kind: 'integer', values: value, negated }
  return refuse(`a list of 1 to ${valuesMax}, each ${text}, or each ${integer}`)
}

function timeTest(operator: Operator, value: unknown): Test | Refused {
  if (operator !== 'between') return unfit('time', operator, 'between')
  const window = readWindow(value)
  if (!('problem' in window)) return { kind: 'window', window }
  const { field, problem, accepted } = window
  return { kind: 'refused', path: field === null ? ['value'] : ['value', field], problem, accepted }
}

function addressTest(operator: Operator, value: unknown): Test | Refused {
  const negated = operator === 'not_in' || operator === 'not_equals'
  if (operator === 'equals' || operator === 'not_equals') {
    const address = typeof value === 'string' ? readAddress(value) : null
    if (address === null) return refuse('an IP address; for ranges, the operators in and not_in')
    return { kind: 'address', values: [address], within: false, negated }
  }
  if (operator !== 'in' && operator !== 'not_in') {
    return unfit('an IP address', operator, 'equals, not_equals, in, not_in')
  }
  const given = typeof value === 'string' ? [value] : value
  const ranges = isFew(given) ? given.map((each) => (isText(each) ? readRange(each) : null)) : []
  const fit = ranges.filter((each) => each !== null)
  if (fit.length === ranges.length && fit.length > 0) {
    return { kind: 'address', values: fit, within: true, negated }
  }
  return refuse(`a list of 1 to ${valuesMax} addresses or ranges such as 10.0.0.0/8, 2001:db8::/32`)
}

function booleanTest(type: string, operator: Operator, value: unknown): Test | Refused {
  if (operator !== 'equals' && operator !== 'not_equals') {
    return unfit(type, operator, 'equals, not_equals')
  }
  return typeof value === 'boolean'
    ? equality(value, operator === 'not_equals')
    : refuse('true, false')
}

function integerTest(type: string, operator: Operator, value: unknown): Test | Refused {
  if (operator === 'contains' || operator === 'matches') {
    return unfit(type, operator, operators.slice(0, -2).join(', '))
  }
  const test = readers[operator](value)
  const fits = ['integer', 'order', 'range', 'refused'].includes(test.kind)
  return fits
    ? test
    : refuse(operator.endsWith('in') ? `a list of numbers, each ${integer}` : integer)
}

function unfit(what: string, operator: Operator, accepted: string): Refused {
  const problem = `${operator} has no meaning for ${what}`
  return { kind: 'refused', path: ['operator'], problem, accepted }
}

function refuse(accepted: string, problem = 'does not fit the operator'): Refused {
  return { kind: 'refused', path: ['value'], problem, accepted }
}

function readPattern(value: unknown): Glob | null {
  return isText(value) ? readGlob(value) : null
}

function isFew(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0 && value.length <= valuesMax
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= lengthMax && value.isWellFormed()
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
