// Values while they are computed: those of the contract, and four that only the evaluator tells
// apart: texts known in part, structures that were written as JSON, resources, and faults.
import type { Entry, List, Mapping, Place, Scalar, Unknown, Value } from '../../resource.ts'

/** Evaluating it is a fault in Terraform, too: what `try` and `can` look for. */
export interface Fault extends Unknown {
  fault: true
}

/** A text of which some pieces are known: what a policy may still be read from. */
export interface PartialText extends Unknown {
  pieces: readonly (string | Unknown)[]
}

/** A resource, whose unknown attributes refer to it; a list or map of instances, likewise. */
export type Addressed = (Mapping | List) & {
  address: string
  /** True of a collection of instances: its items are all there are, unlike a resource's own. */
  instances?: boolean
}

/** A list without order or doubles; its items are their own keys. */
export type SetOfValues = List & { set: true }

/** An unknown number of instances, all of which look like this one. */
export interface Instances extends Unknown {
  each: Mapping
}

/** What `jsonencode` made of it: a text to Terraform, a structure to us. */
export type Encoded = (Mapping | List) & { encoded: true }

/** More would only be noise: who refers to that many refers to anything. */
const referencesMax = 40

export const scalar = (value: Scalar['value'], place: Place): Scalar => ({
  kind: 'scalar',
  value,
  place,
})

export const list = (items: readonly Value[], place: Place): List => ({
  kind: 'list',
  items,
  place,
})

export function set(items: readonly Value[], place: Place): SetOfValues {
  return { kind: 'list', items, place, set: true }
}

export function map(
  entries: Iterable<readonly [string, Entry]>,
  place: Place,
  open = false,
): Mapping {
  return { kind: 'map', entries: new Map(entries), place, open }
}

/** Unknown because of `causes`; a fault where one of them is. */
export function unknown(place: Place, ...causes: readonly Value[]): Unknown {
  const references: string[] = []
  let isFault = false
  for (const cause of causes) {
    if (isFaulty(cause)) isFault = true
    for (const reference of referencesOf(cause)) {
      if (references.length >= referencesMax) break
      if (!references.includes(reference)) references.push(reference)
    }
  }
  const result: Unknown = { kind: 'unknown', place, references }
  return isFault ? ({ ...result, fault: true } as Fault) : result
}

export const fault = (place: Place): Fault => ({
  kind: 'unknown',
  place,
  references: [],
  fault: true,
})

export const refersTo = (address: string, place: Place): Unknown => ({
  kind: 'unknown',
  place,
  references: [address],
})

/** Addresses that a value is made of, at a depth that costs little. */
export function referencesOf(value: Value, depth = 0): readonly string[] {
  if (value.kind === 'unknown') return value.references
  if ('address' in value) return [(value as Addressed).address]
  if (depth > 3 || value.kind === 'scalar') return []
  const items =
    value.kind === 'list' ? value.items : Array.from(value.entries.values(), (entry) => entry.value)
  return items.slice(0, referencesMax).flatMap((item) => referencesOf(item, depth + 1))
}

export const isFaulty = (value: Value): value is Fault =>
  value.kind === 'unknown' && 'fault' in value
export const isPartialText = (value: Value): value is PartialText =>
  value.kind === 'unknown' && 'pieces' in value
export const isInstances = (value: Value): value is Instances =>
  value.kind === 'unknown' && 'each' in value
export const isEncoded = (value: Value): value is Encoded => 'encoded' in value
export const isAddressed = (value: Value): value is Addressed => 'address' in value
export const isSet = (value: Value): value is SetOfValues => 'set' in value
/** A resource: it has attributes beside those that are written. */
export const isResource = (value: Value): boolean => isAddressed(value) && value.instances !== true
export const isNull = (value: Value): boolean => value.kind === 'scalar' && value.value === null

/** As Terraform turns it into text; null where it cannot or is not known. */
export function textOf(value: Value): string | null {
  if (value.kind !== 'scalar' || value.value === null) return null
  return typeof value.value === 'number' ? numberText(value.value) : String(value.value)
}

function numberText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(0) : String(value)
}

export function numberOf(value: Value): number | null {
  if (value.kind !== 'scalar' || value.value === null || value.value === '') return null
  if (typeof value.value === 'boolean') return null
  const number = Number(value.value)
  return Number.isFinite(number) ? number : null
}

export function booleanOf(value: Value): boolean | null {
  if (value.kind !== 'scalar') return null
  if (value.value === true || value.value === 'true') return true
  if (value.value === false || value.value === 'false') return false
  return null
}

/** By code units; Terraform sorts by code points, which differs for few texts. */
export function sortedKeys(value: Mapping): string[] {
  return [...value.entries.keys()].sort()
}

/** An entry that is nowhere written by its name. */
export function entryOf(value: Value): Entry {
  return { value, place: value.place }
}
