// The values that Cedar computes with: an exact 64-bit integer, sets and records compared by what
// they hold, entities, and the extension types.
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
  #hash: number | undefined

  constructor(fields: ReadonlyMap<string, Value>) {
    this.fields = fields
  }

  get hash(): number {
    if (this.#hash !== undefined) return this.#hash
    let sum = this.fields.size
    for (const [name, value] of this.fields) sum = (sum + mix(hashText(name), hashOf(value))) | 0
    this.#hash = sum
    return sum
  }
}

/** A set, compared by its elements; their order and how often one was written do not count. */
export class SetValue {
  readonly elements: readonly Value[]
  #index: SetIndex | undefined
  #hash: number | undefined

  constructor(elements: readonly Value[]) {
    this.elements = elements
  }

  get distinct(): readonly Value[] {
    return this.#indexed().distinct
  }

  get hash(): number {
    this.#hash ??= this.distinct.reduce<number>((sum, each) => (sum + mix(7, hashOf(each))) | 0, 0)
    return this.#hash
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

/** Finds an element without looking at each: a set that a request brings may be large. */
class SetIndex {
  readonly #scalars = new Set<Value>()
  readonly #entities = new Set<string>()
  readonly #others = new Map<number, Composite[]>()
  readonly distinct: Value[] = []

  constructor(elements: readonly Value[]) {
    for (const element of elements) {
      if (this.has(element)) continue
      this.distinct.push(element)
      this.#add(element)
    }
  }

  has(value: Value): boolean {
    if (typeof value !== 'object') return this.#scalars.has(value)
    if (value instanceof EntityRef) return this.#entities.has(value.key)
    return this.#others.get(hashOf(value))?.some((other) => equals(other, value)) ?? false
  }

  #add(value: Value): void {
    if (typeof value !== 'object') this.#scalars.add(value)
    else if (value instanceof EntityRef) this.#entities.add(value.key)
    else {
      const hash = hashOf(value)
      const bucket = this.#others.get(hash)
      if (bucket === undefined) this.#others.set(hash, [value])
      else bucket.push(value)
    }
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
  if (a.fields.size !== b.fields.size || a.hash !== b.hash) return false
  for (const [name, value] of a.fields) {
    const other = b.fields.get(name)
    if (other === undefined || !equals(value, other)) return false
  }
  return true
}

function hashOf(value: Value): number {
  switch (typeof value) {
    case 'string':
      return hashText(value)
    case 'boolean':
      return value ? 0x3b9a : 0x7f21
    case 'object':
      if (value instanceof EntityRef) return mix(0xe1, hashText(value.key))
      if (value instanceof SetValue || value instanceof RecordValue) return value.hash
      return mix(0xe7, hashText(value.canonical))
    default:
      return mix(0x1f, hashText(String(value)))
  }
}

function mix(a: number, b: number): number {
  const product = Math.imul(a ^ (b >>> 15) ^ 0x2545f491, 0x85ebca6b) + Math.imul(b, 0xc2b2ae35)
  return (product ^ (product >>> 13)) | 0
}

function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}
