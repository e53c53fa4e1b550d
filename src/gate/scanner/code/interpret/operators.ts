// Operators on values that are known in part.

import type { Language } from '../ir/ir.ts'
import type { Scalar } from '../model/data.ts'
import type { Value } from './domain.ts'
import { joinTaints, noTaints, plainTaints, type Taints } from './taint.ts'
import { constantsMax, oneOf, truth, unknown } from './value.ts'

export interface OperatorContext {
  language: Language
  /** Full name of the type of texts. */
  text: string
  deepTaints(value: Value): Taints
}

export function binary(
  context: OperatorContext,
  operator: string,
  left: Value,
  right: Value,
): Value {
  if (operator === '+') return plus(context, left, right)
  // Python formats texts with it.
  if (operator === '%' && context.language === 'python' && typeof only(left) !== 'number') {
    const taints = taintsOf(context, [left, right])
    return { ...unknown, prefix: beforePlaceholder(left), taints, types: [context.text] }
  }
  const fold = folds[operator]
  if (fold === undefined) return unknown
  const known = combine(left, right, (a, b) => fold(a, b, context.language))
  const repeated = known === unknown && operator === '*' ? repeat(context, left, right) : null
  if (repeated !== null) return repeated
  if (known !== unknown) return known
  if (context.language !== 'python' || !overloaded.has(operator)) {
    return comparing.has(operator) ? unknown : arithmetic(left, right)
  }
  return { ...unknown, taints: taintsOf(context, [left, right]), types: left.types }
}

/** Python's `b'0' * 16`. */
function repeat({ language, text }: OperatorContext, left: Value, right: Value): Value | null {
  const [written, count] = [only(left), only(right)]
  if (language !== 'python' || typeof written !== 'string' || typeof count !== 'number') return null
  if (count < 0 || written.length * count > textMax) return null
  return { ...oneOf([written.repeat(count)]), taints: left.taints, types: [text] }
}

/** What stands before the first place that a format fills: `%s`, `{}`, `{name}`. */
export function beforePlaceholder(format: Value): string | null {
  const written = only(format) ?? format.prefix
  if (typeof written !== 'string') return null
  const start = written.split(/%|\{/, 1)[0]?.slice(0, prefixMax) ?? ''
  return start === '' ? null : start
}

const comparing = new Set(['==', '!=', '===', '!==', '<', '<=', '>', '>='])

/** A number carries nothing of a text, but it can be as predictable as what it was made of. */
function arithmetic(left: Value, right: Value): Value {
  const taints = plainTaints(joinTaints(left.taints, right.taints))
  return taints.length === 0 ? unknown : { ...unknown, taints }
}

/** Operators of Python that types give a meaning of their own, as `/` joins paths. */
const overloaded = new Set(['/', '*', '|', '&'])

export function unary(operator: string, operand: Value): Value {
  if (operator === '!') {
    const known = truth(operand)
    return known === null ? unknown : oneOf([!known])
  }
  if (operator === 'await' || operator === 'yield') return operand
  if (operator === '-' || operator === '+' || operator === '~') {
    const results = operand.constants?.map((value) => negate(operator, value)) ?? null
    if (results === null || results.some((value) => value === undefined)) return unknown
    return oneOf(results as Scalar[])
  }
  return unknown
}

function negate(operator: string, value: Scalar): Scalar | undefined {
  if (typeof value !== 'number') return undefined
  if (operator === '-') return -value
  return operator === '+' ? value : ~value
}

/** Texts and values, one behind the other. */
export function concat(context: OperatorContext, parts: readonly Value[]): Value {
  let texts: string[] | null = ['']
  let prefix = ''
  for (const part of parts) {
    const pieces: string[] | null = part.constants?.map((value) => show(value, context)) ?? null
    if (texts === null) continue
    if (texts.length === 1) prefix = texts[0] ?? ''
    if (pieces === null) prefix += texts.length === 1 ? (part.prefix ?? '') : ''
    texts = pieces === null ? null : product(texts, pieces)
  }
  const taints = taintsOf(context, parts)
  const types = [context.text]
  if (texts !== null) return { ...oneOf(texts), taints, types }
  return { ...unknown, prefix: prefix === '' ? null : prefix.slice(0, prefixMax), taints, types }
}

const prefixMax = 200
const textMax = 4000

function product(texts: readonly string[], pieces: readonly string[]): string[] | null {
  if (texts.length * pieces.length > constantsMax) return null
  const joined = texts.flatMap((text) => pieces.map((piece) => text + piece))
  return joined.some((text) => text.length > textMax) ? null : joined
}

function show(value: Scalar, { language }: OperatorContext): string {
  if (language !== 'python') return String(value)
  if (value === null) return 'None'
  if (value === true || value === false) return value ? 'True' : 'False'
  return String(value)
}

function plus(context: OperatorContext, left: Value, right: Value): Value {
  const isText = (value: Value) =>
    value.types.includes(context.text) || value.prefix !== null || hasText(value)
  if (isText(left) || isText(right)) return concat(context, [left, right])
  const sums = combine(left, right, (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a + b : undefined,
  )
  if (sums.constants !== null) return sums
  return { ...unknown, taints: taintsOf(context, [left, right]) }
}

function hasText({ constants }: Value): boolean {
  return constants?.some((value) => typeof value === 'string') ?? false
}

function taintsOf(context: OperatorContext, parts: readonly Value[]): Taints {
  return parts.reduce<Taints>(
    (taints, part) => joinTaints(taints, context.deepTaints(part)),
    noTaints,
  )
}

function only({ constants }: Value): Scalar | undefined {
  return constants?.length === 1 ? constants[0] : undefined
}

type Fold = (a: Scalar, b: Scalar, language: Language) => Scalar | undefined

/** Undefined where one pair of constants has no known result. */
function combine(
  left: Value,
  right: Value,
  fold: (a: Scalar, b: Scalar) => Scalar | undefined,
): Value {
  if (left.constants === null || right.constants === null) return unknown
  const results: Scalar[] = []
  for (const a of left.constants) {
    for (const b of right.constants) {
      const result = fold(a, b)
      if (result === undefined) return unknown
      results.push(result)
    }
  }
  return oneOf(results)
}

const numeric =
  (fold: (a: number, b: number, language: Language) => number): Fold =>
  (a, b, language) => {
    if (typeof a !== 'number' || typeof b !== 'number') return undefined
    const result = fold(a, b, language)
    return Number.isFinite(result) ? result : undefined
  }

const order =
  (holds: (a: number | string, b: number | string) => boolean): Fold =>
  (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return holds(a, b)
    if (typeof a === 'string' && typeof b === 'string') return holds(a, b)
    return undefined
  }

const folds: Record<string, Fold> = {
  '-': numeric((a, b) => a - b),
  '*': numeric((a, b) => a * b),
  '/': numeric((a, b, language) => {
    const whole = language === 'java' && Number.isInteger(a) && Number.isInteger(b)
    return whole ? Math.trunc(a / b) : a / b
  }),
  '//': numeric((a, b) => Math.floor(a / b)),
  '%': numeric((a, b) => a % b),
  '**': numeric((a, b) => a ** b),
  '&': (a, b) =>
    typeof a === 'boolean' && typeof b === 'boolean'
      ? a && b
      : numeric((x, y) => x & y)(a, b, 'java'),
  '|': (a, b) =>
    typeof a === 'boolean' && typeof b === 'boolean'
      ? a || b
      : numeric((x, y) => x | y)(a, b, 'java'),
  '^': numeric((a, b) => a ^ b),
  '<<': numeric((a, b) => a << b),
  '>>': numeric((a, b) => a >> b),
  '>>>': numeric((a, b) => a >>> b),
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': order((a, b) => a < b),
  '<=': order((a, b) => a <= b),
  '>': order((a, b) => a > b),
  '>=': order((a, b) => a >= b),
  // What `===` and `is` are lowered to where a frontend keeps them.
  '===': (a, b) => a === b,
  '!==': (a, b) => a !== b,
}
