// Making values, joining those of two ways, and asking what is known of one.
import type { Scalar } from '../model/data.ts'
import type { Closure, Value } from './domain.ts'
import { joinTaints, noTaints, sameTaints, type Taints } from './taint.ts'

export const constantsMax = 8
const alternativesMax = 4
const textMax = 4000

export const unknown: Value = {
  constants: null,
  prefix: null,
  taints: noTaints,
  types: [],
  symbols: [],
  objects: [],
  functions: [],
}

export const nothing: Value = { ...unknown, constants: [null] }

const truths = {
  true: { ...unknown, constants: [true] } as Value,
  false: { ...unknown, constants: [false] } as Value,
}

export function constant(value: Scalar): Value {
  if (value === null) return nothing
  if (value === true || value === false) return truths[`${value}`]
  if (typeof value === 'string' && value.length > textMax) {
    return { ...unknown, prefix: value.slice(0, 200) }
  }
  return { ...unknown, constants: [value] }
}

export function oneOf(constants: readonly Scalar[]): Value {
  const different = [...new Set(constants)]
  return different.length > constantsMax ? unknown : { ...unknown, constants: different }
}

export function typed(type: string): Value {
  return { ...unknown, types: [type] }
}

export function withTaints(value: Value, taints: Taints): Value {
  return value.taints === taints ? value : { ...value, taints }
}

/** The one constant that it is, or undefined. */
export function only(value: Value): Scalar | undefined {
  return value.constants?.length === 1 ? value.constants[0] : undefined
}

export function join(a: Value, b: Value): Value {
  if (a === b) return a
  const constants = joinConstants(a.constants, b.constants)
  return {
    constants,
    prefix: constants === null ? joinPrefix(a, b) : null,
    taints: joinTaints(a.taints, b.taints),
    types: joinLists(a.types, b.types),
    symbols: joinLists(a.symbols, b.symbols),
    objects: joinLists(a.objects, b.objects),
    functions: joinFunctions(a.functions, b.functions),
  }
}

export function joinAll(values: readonly Value[]): Value {
  const [first, ...others] = values
  return first === undefined ? unknown : others.reduce(join, first)
}

function joinConstants(
  a: readonly Scalar[] | null,
  b: readonly Scalar[] | null,
): readonly Scalar[] | null {
  if (a === null || b === null) return null
  if (b.every((value) => a.includes(value))) return a
  const joined = [...new Set([...a, ...b])]
  return joined.length > constantsMax ? null : joined
}

/** Null itself is no text: it does not change how the text begins. */
function joinPrefix(a: Value, b: Value): string | null {
  const [first, second] = [startOf(a), startOf(b)]
  if (first === undefined) return second ?? null
  if (second === undefined || first === second) return first
  if (first === null || second === null) return null
  let length = 0
  while (length < first.length && first[length] === second[length]) length++
  return length === 0 ? null : first.slice(0, length)
}

/** `undefined` for null, which is no text. */
function startOf({ constants, prefix }: Value): string | null | undefined {
  if (constants === null) return prefix
  const texts = constants.filter((value) => value !== null)
  if (texts.length === 0) return undefined
  return texts.length === 1 ? String(texts[0]) : null
}

function joinLists<Item>(a: readonly Item[], b: readonly Item[]): readonly Item[] {
  if (a === b || b.length === 0) return a
  if (a.length === 0) return b
  const added = b.filter((item) => !a.includes(item))
  return added.length === 0 ? a : [...a, ...added].slice(0, alternativesMax)
}

function joinFunctions(a: readonly Closure[], b: readonly Closure[]): readonly Closure[] {
  if (a === b || b.length === 0) return a
  const added = b.filter((one) => !a.some((other) => other.function === one.function))
  return added.length === 0 ? a : [...a, ...added].slice(0, alternativesMax)
}

/** Whether a loop has come to rest: the ways that taints took are not compared. */
export function same(a: Value, b: Value): boolean {
  if (a === b) return true
  return (
    sameList(a.constants, b.constants) &&
    a.prefix === b.prefix &&
    sameTaints(a.taints, b.taints) &&
    sameList(a.types, b.types) &&
    sameList(a.symbols, b.symbols) &&
    sameList(a.objects, b.objects) &&
    a.functions.length === b.functions.length
  )
}

function sameList<Item>(a: readonly Item[] | null, b: readonly Item[] | null): boolean {
  if (a === b) return true
  if (a === null || b === null || a.length !== b.length) return false
  return a.every((item, index) => item === b[index])
}

/** True, false, or null where it may be either. */
export function truth(value: Value): boolean | null {
  const { constants } = value
  if (constants !== null) {
    const truthy = constants.filter(Boolean).length
    if (truthy === constants.length) return true
    return truthy === 0 ? false : null
  }
  return null
}
