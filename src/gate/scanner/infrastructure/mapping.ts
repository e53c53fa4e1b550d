// Takes values out of mappings and builds the views that checks look at.
import type { Entry, List, Mapping, Place, Scalar, Value } from './resource.ts'

/** What stands under `keys`, one below the other. */
export function entryAt(value: Value | undefined, ...keys: string[]): Entry | undefined {
  let entry: Entry | undefined
  let current = value
  for (const key of keys) {
    entry = current?.kind === 'map' ? current.entries.get(key) : undefined
    current = entry?.value
  }
  return entry
}

export function valueAt(value: Value | undefined, ...keys: string[]): Value | undefined {
  return entryAt(value, ...keys)?.value
}

/** A text or a number under `keys`; null for all else. */
export function textAt(value: Value | undefined, ...keys: string[]): string | null {
  return textOf(keys.length === 0 ? value : valueAt(value, ...keys))
}

export function textOf(value: Value | undefined): string | null {
  if (value?.kind !== 'scalar' || value.value === null) return null
  return String(value.value)
}

export function mapAt(value: Value | undefined, ...keys: string[]): Mapping | null {
  const found = valueAt(value, ...keys)
  return found?.kind === 'map' ? found : null
}

/** The items of a list; a single value counts as a list of one. */
export function itemsAt(value: Value | undefined, ...keys: string[]): readonly Value[] {
  const found = keys.length === 0 ? value : valueAt(value, ...keys)
  if (found === undefined || (found.kind === 'scalar' && found.value === null)) return []
  return found.kind === 'list' ? found.items : [found]
}

export function scalar(value: Scalar['value'], place: Place): Scalar {
  return { kind: 'scalar', value, place }
}

export function list(items: readonly Value[], place: Place): List {
  return { kind: 'list', items, place }
}

export function unknown(place: Place): Value {
  return { kind: 'unknown', place, references: [] }
}

/** A mapping of values that were made, each in its own place; what is undefined is left out. */
export function made(values: Record<string, Value | undefined>, place: Place): Mapping {
  const entries = new Map<string, Entry>()
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) entries.set(key, { value, place: value.place })
  }
  return { kind: 'map', entries, place, open: false }
}

/** The mapping with entries added or replaced. */
export function extended(map: Mapping, more: Record<string, Entry | undefined>): Mapping {
  const entries = new Map(map.entries)
  for (const [key, entry] of Object.entries(more)) {
    if (entry !== undefined) entries.set(key, entry)
  }
  return { ...map, entries }
}

export function entryOf(value: Value): Entry {
  return { value, place: value.place }
}
