// Taking attributes and items of values: of objects, of resources whose attributes may be known
// only to the provider, and of lists of blocks.
import type { Place, Value } from '../../resource.ts'
import {
  fault,
  isAddressed,
  isEncoded,
  isFaulty,
  isInstances,
  numberOf,
  refersTo,
  textOf,
  unknown,
} from './value.ts'

export function attributeOf(value: Value, name: string, place: Place): Value {
  if (isInstances(value)) return attributeOf(value.each, name, place)
  if (value.kind === 'unknown') return unknown(place, value)
  if (isEncoded(value) || value.kind === 'scalar') return fault(place)
  if (value.kind === 'list') return attributeOfItems(value.items, name, place)
  const entry = value.entries.get(name)
  if (entry === undefined) return missing(value, place)
  if (entry.value.kind !== 'unknown' || !isAddressed(value)) return entry.value
  // It stands for the resource, whatever it was computed from.
  return { ...entry.value, references: [value.address, ...entry.value.references] }
}

/** Blocks that stand once are written as if they were objects by many. */
function attributeOfItems(items: readonly Value[], name: string, place: Place): Value {
  const [only] = items
  if (only === undefined || items.length > 1) return fault(place)
  return attributeOf(only, name, place)
}

export function itemOf(value: Value, key: Value, place: Place): Value {
  if (isFaulty(value) || isFaulty(key)) return fault(place)
  if (isInstances(value)) return value.each
  if (value.kind === 'unknown' || key.kind === 'unknown') return unknown(place, value, key)
  if (isEncoded(value) || value.kind === 'scalar') return fault(place)
  if (value.kind === 'map') {
    const name = textOf(key)
    if (name === null) return fault(place)
    return attributeOf(value, name, place)
  }
  const index = numberOf(key)
  const item = index === null ? undefined : value.items[index]
  if (item === undefined) return missing(value, place)
  return item
}

function missing(value: Value, place: Place): Value {
  if (isAddressed(value)) return refersTo(value.address, place)
  const isOpen = value.kind === 'map' && value.open
  return isOpen ? unknown(place) : fault(place)
}
