// Functions of maps, and of maps and lists alike.
import type { Entry, Mapping, Place, Value } from '../../resource.ts'
import {
  entryOf,
  isEncoded,
  isNull,
  isResource,
  list,
  map,
  scalar,
  sortedKeys,
  textOf,
  unknown,
} from '../evaluate/value.ts'
import type { Functions } from './function.ts'
import { listItems } from './lists.ts'

export const collectionFunctions: Functions = {
  coalesce: (args) => {
    for (const arg of args) {
      if (arg.kind === 'unknown') return null
      if (!isNull(arg) && textOf(arg) !== '') return arg
    }
    return null
  },

  keys: ([value], place) => {
    const known = closed(value)
    if (known === null) return null
    return list(
      sortedKeys(known).map((key) => scalar(key, place)),
      place,
    )
  },

  length: ([value], place) => {
    const items = listItems(value)
    if (items !== null) return scalar(items.length, place)
    const known = closed(value)
    if (known !== null) return scalar(known.entries.size, place)
    const text = value === undefined ? null : textOf(value)
    return text === null ? null : scalar([...text].length, place)
  },

  lookup: ([value, key, absent]) => {
    const name = key === undefined ? null : textOf(key)
    if (value?.kind !== 'map' || isEncoded(value) || name === null) return null
    const entry = value.entries.get(name)
    if (entry !== undefined) return entry.value
    return value.open || isResource(value) ? null : (absent ?? null)
  },

  matchkeys: ([values, keys, wanted], place) => {
    const [all, names, search] = [listItems(values), listItems(keys), listItems(wanted)]
    if (all === null || names === null || search === null) return null
    const texts = new Set(search.map(textOf))
    if (texts.has(null) || names.some((name) => textOf(name) === null)) return null
    return list(
      all.filter((_, index) => texts.has(textOf(names[index] ?? unknown(place)))),
      place,
    )
  },

  merge: (args, place, work) => {
    const count = args.reduce((sum, arg) => sum + (arg.kind === 'map' ? arg.entries.size : 0), 0)
    return work.allows(count, 'items') ? merged(args, place) : null
  },

  one: ([value]) => {
    const items = listItems(value)
    if (items === null || items.length > 1 || value === undefined) return null
    return items[0] ?? scalar(null, value.place)
  },

  transpose: () => null,

  values: ([value], place) => {
    const known = closed(value)
    if (known === null) return null
    return list(
      sortedKeys(known).map((key) => (known.entries.get(key) as Entry).value),
      place,
    )
  },

  zipmap: ([keys, values], place) => {
    const [names, all] = [listItems(keys), listItems(values)]
    if (names === null || all === null || names.length !== all.length) return null
    const texts = names.map(textOf)
    if (!texts.every((text) => text !== null)) return null
    return map(
      texts.map((text, index) => [text, entryOf(all[index] ?? unknown(place))]),
      place,
    )
  },
}

/** A map of which all keys are known. */
function closed(value: Value | undefined): Mapping | null {
  if (value?.kind !== 'map' || value.open || isEncoded(value) || isResource(value)) return null
  return value
}

/** What an unknown map may override is no longer known; that it is there, is. */
function merged(args: readonly Value[], place: Place): Value | null {
  const entries = new Map<string, Entry>()
  let open = false
  for (const arg of args) {
    if (isNull(arg)) continue
    if (arg.kind !== 'map') {
      if (arg.kind !== 'unknown') return null
      open = true
      for (const [key, { place: at }] of entries) {
        entries.set(key, { value: unknown(at, arg), place: at })
      }
      continue
    }
    if (arg.open) open = true
    for (const [key, entry] of arg.entries) entries.set(key, entry)
  }
  return map(entries, place, open)
}
