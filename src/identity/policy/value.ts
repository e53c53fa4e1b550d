// The values that Cedar computes with: an exact 64-bit integer, sets and records compared by what
// they hold, entities, and the extension types.
import { hash } from 'node:crypto'
import type { CedarJson, EntityUid } from './json.ts'

/**
 * An integer is a number within ±(2^53−1) and a bigint beyond: each has one form, so that `===`
 * compares integers exactly and arithmetic is fast where it can be.
 */
export type Value = boolean | number | bigint | string | Composite

export type Composite = EntityRef | SetValue | RecordValue | Extension

/** Names an entity; `key` is its one text, from which type and id can be told apart again. */
export class EntityRef {
  readonly type: string
  readonly id: string
  readonly key: string

  constructor(type: string, id: string) {
    this.type = type
    this.id = id
    this.key = entityKey(type, id)
  }

  static fromKey(key: string): EntityRef {
    const start = key.indexOf(':') + 1
    const end = start + Number(key.slice(0, start - 1))
    return new EntityRef(key.slice(start, end), key.slice(end))
  }
}

/** The length keeps `A::B` with id `C` apart from `A` with id `B::C`. */
export function entityKey(type: string, id: string): string {
  return `${type.length}:${type}${id}`
}

export function entityRef({ type, id }: EntityUid): EntityRef {
  return new EntityRef(type, id)
}

/** A value of an extension type. Two are equal when their type and their text are. */
export interface Extension {
  readonly extension: 'decimal' | 'ipaddr' | 'datetime' | 'duration'
  /** One text per value. */
  readonly canonical: string
  /** How Cedar's JSON writes it. */
  readonly written: Call
}

/** A call of an extension function in JSON; of two arguments they stand in `args`. */
export type Call =
  | { readonly fn: string; readonly arg: CedarJson }
  | { readonly fn: string; readonly args: readonly CedarJson[] }

/** A record. Its fields are a Map: no name, `__proto__` neither, is special in it. */
export class RecordValue {
  readonly fields: ReadonlyMap<string, Value>
  #canonical: string | undefined

  constructor(fields: ReadonlyMap<string, Value>) {
    this.fields = fields
  }

  /** One text per value. */
  get canonical(): string {
    this.#canonical ??= bounded(
      `{${[...this.fields]
        .map(([name, value]) => `${JSON.stringify(name)}:${canonicalOf(value)}`)
        .sort()
        .join()}}`,
    )
    return this.#canonical
  }
}

/** A set, compared by its elements; their order and how often one was written do not count. */
export class SetValue {
  readonly elements: readonly Value[]
  #index: SetIndex | undefined
  #canonical: string | undefined

  constructor(elements: readonly Value[]) {
    this.elements = elements
  }

  get distinct(): readonly Value[] {
    return this.#indexed().distinct
  }

  /** One text per value. */
  get canonical(): string {
    this.#canonical ??= bounded(`[${this.distinct.map(canonicalOf).sort().join()}]`)
    return this.#canonical
  }

  has(value: Value): boolean {
    if (typeof value !== 'object' && this.#index === undefined && this.elements.length <= 8)
      return this.elements.includes(value)
    return this.#indexed().has(value)
  }

  /** Every element of the other stands in this one. */
  hasAll(other: SetValue): boolean {
    return other.elements.every((element) => this.has(element))
  }

  hasAny(other: SetValue): boolean {
    return other.elements.some((element) => this.has(element))
  }

  #indexed(): SetIndex {
    this.#index ??= new SetIndex(this.elements)
    return this.#index
  }
}

/**
 * Finds an element without looking at each: a set that a request brings may be large. By whole
 * texts and not by hashes of ours, for which a request could bring thousands that are the same.
 */
class SetIndex {
  readonly #scalars = new Set<Value>()
  readonly #texts = new Set<string>()
  readonly #isSmall: boolean
  readonly distinct: Value[] = []

  constructor(elements: readonly Value[]) {
    this.#isSmall = elements.length <= smallMax
    for (const element of elements) {
      if (this.has(element)) continue
      this.distinct.push(element)
      if (this.#isScalar(element)) this.#scalars.add(element)
      else this.#texts.add(canonicalOf(element))
    }
  }

  has(value: Value): boolean {
    return this.#isScalar(value) ? this.#scalars.has(value) : this.#texts.has(canonicalOf(value))
  }

  /** The engine's hash of numbers has no seed either: of many only their texts are kept. */
  #isScalar(value: Value): boolean {
    if (typeof value === 'string' || typeof value === 'boolean') return true
    return typeof value !== 'object' && this.#isSmall
  }
}

/** Cedar's `==`: values of different types are different, and no comparison is an error. */
export function equals(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object') return false
  if (a instanceof EntityRef) return b instanceof EntityRef && a.key === b.key
  if (a instanceof SetValue) return b instanceof SetValue && equalSets(a, b)
  if (a instanceof RecordValue) return b instanceof RecordValue && equalRecords(a, b)
  return 'extension' in b && a.extension === b.extension && a.canonical === b.canonical
}

function equalSets(a: SetValue, b: SetValue): boolean {
  return a.distinct.length === b.distinct.length && b.hasAll(a)
}

function equalRecords(a: RecordValue, b: RecordValue): boolean {
  if (a.fields.size !== b.fields.size) return false
  for (const [name, value] of a.fields) {
    const other = b.fields.get(name)
    if (other === undefined || !equals(value, other)) return false
  }
  return true
}

const smallMax = 64

/** Nested values would be written once for each level that they stand in. */
function bounded(text: string): string {
  return text.length <= canonicalMax ? text : `#${hash('sha256', text)}`
}

const canonicalMax = 256

/** Different for values that differ, also of different types. */
function canonicalOf(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value)
  // Digits alone would be hashed by their value.
  if (typeof value !== 'object') return `=${value}`
  if (value instanceof EntityRef) return `@${JSON.stringify(value.key)}`
  if (value instanceof SetValue || value instanceof RecordValue) return value.canonical
  return `${value.extension}(${JSON.stringify(value.canonical)})`
}
