// Functions that convert, and those that only mark what they are given.
import type { Value } from '../../resource.ts'
import {
  booleanOf,
  entryOf,
  isEncoded,
  isNull,
  list,
  map,
  numberOf,
  scalar,
  textOf,
} from '../evaluate/value.ts'
import type { Functions, TerraformFunction } from './function.ts'

const itself: TerraformFunction = ([value]) => value ?? null

const converted =
  (convert: (value: Value) => string | number | boolean | null): TerraformFunction =>
  ([value]) => {
    if (value === undefined || value.kind === 'unknown') return null
    if (isNull(value)) return value
    const result = convert(value)
    return result === null ? null : scalar(result, value.place)
  }

export const conversionFunctions: Functions = {
  ephemeralasnull: itself,
  nonsensitive: itself,
  sensitive: itself,

  tobool: converted(booleanOf),
  tonumber: converted(numberOf),
  tostring: ([value]) => {
    // A structure that stands for a text is one.
    if (value !== undefined && isEncoded(value)) return value
    if (value === undefined || isNull(value)) return value ?? null
    const text = textOf(value)
    return text === null ? null : scalar(text, value.place)
  },

  tolist: ([value]) => {
    if (value?.kind === 'list') return list(value.items, value.place)
    if (value?.kind !== 'map' || value.open) return null
    return list(
      Array.from(value.entries.values(), (entry) => entry.value),
      value.place,
    )
  },

  tomap: ([value]) => {
    if (value?.kind !== 'map') return null
    return map(
      Array.from(value.entries, ([key, entry]) => [key, entryOf(entry.value)]),
      value.place,
      value.open,
    )
  },
}
