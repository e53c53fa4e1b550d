// Functions that make lists of lists.
import type { Value } from '../../resource.ts'
import { isEncoded, isNull, list, numberOf, scalar, textOf, unknown } from '../evaluate/value.ts'
import { limits, type Work } from '../evaluate/work.ts'
import type { Functions } from './function.ts'

/** The items of a list, or null for what is none. */
export function listItems(value: Value | undefined): readonly Value[] | null {
  return value?.kind === 'list' && !isEncoded(value) ? value.items : null
}

export const listFunctions: Functions = {
  chunklist: ([items, size], place, work) => {
    const [all, step] = [listItems(items), size && numberOf(size)]
    if (all === null || step == null || step < 1 || !work.take(all.length)) return null
    const starts = Array.from({ length: Math.ceil(all.length / step) }, (_, index) => index * step)
    return list(
      starts.map((start) => list(all.slice(start, start + step), place)),
      place,
    )
  },

  coalescelist: (args, place) => {
    for (const arg of args) {
      const items = listItems(arg)
      if (items === null && !isNull(arg)) return null
      if (items !== null && items.length > 0) return arg
    }
    return list([], place)
  },

  compact: ([items]) => {
    const all = listItems(items)
    if (all === null || items === undefined) return null
    return list(
      all.filter((item) => !isNull(item) && textOf(item) !== ''),
      items.place,
    )
  },

  concat: (args, place, work) => {
    const parts = args.map(listItems)
    if (!parts.every((part) => part !== null)) return null
    const [first] = args
    const count = parts.reduce((sum, part) => sum + part.length, 0)
    if (!work.allows(count, 'items')) return null
    return list(parts.flat(), args.length === 1 && first !== undefined ? first.place : place)
  },

  element: ([items, index]) => {
    const [all, at] = [listItems(items), index && numberOf(index)]
    if (all === null || at == null || all.length === 0 || !Number.isInteger(at)) return null
    return all[((at % all.length) + all.length) % all.length] ?? null
  },

  flatten: ([items], place, work) => {
    const all = listItems(items)
    if (all === null) return null
    const flat: Value[] = []
    return flattenInto(flat, all, work, 0) ? list(flat, place) : null
  },

  index: ([items, value], place) => {
    const all = listItems(items)
    if (all === null || value === undefined) return null
    const texts = all.map(textOf)
    const at = texts.indexOf(textOf(value))
    return at === -1 || texts.includes(null) ? null : scalar(at, place)
  },

  range: (args, place, work) => {
    const numbers = args.map(numberOf)
    if (!numbers.every((number) => number !== null)) return null
    const [first = 0, second, third] = numbers
    const [from, to] = second === undefined ? [0, first] : [first, second]
    const step = third ?? (to < from ? -1 : 1)
    const count = step === 0 ? Number.POSITIVE_INFINITY : Math.ceil((to - from) / step)
    if (!work.allows(Math.max(count, 0), 'items')) return null
    const items = Array.from({ length: Math.max(count, 0) }, (_, index) => from + index * step)
    return list(
      items.map((item) => scalar(item, place)),
      place,
    )
  },

  reverse: ([items]) => {
    const all = listItems(items)
    return all === null || items === undefined ? null : list(all.toReversed(), items.place)
  },

  slice: ([items, start, end]) => {
    const all = listItems(items)
    const [from, to] = [start && numberOf(start), end && numberOf(end)]
    if (all === null || items === undefined || from == null || to == null) return null
    return from >= 0 && to >= from ? list(all.slice(from, to), items.place) : null
  },

  sort: ([items]) => {
    const all = listItems(items)
    if (all === null || items === undefined) return null
    if (!all.every((item) => textOf(item) !== null)) return null
    return list(sorted(all), items.place)
  },
}

export function sorted(items: readonly Value[]): Value[] {
  const keyed = items.map((item) => ({ item, key: textOf(item) ?? '' }))
  keyed.sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1))
  return keyed.map(({ item }) => item)
}

const depthMax = 40

/** False where it is too much; an unknown item may be a list, and stays what it is. */
function flattenInto(flat: Value[], items: readonly Value[], work: Work, depth: number): boolean {
  for (const item of items) {
    if (flat.length >= limits.items ? !work.allows(flat.length + 1, 'items') : !work.take()) {
      return false
    }
    const inner = listItems(item)
    if (inner === null) flat.push(item.kind === 'unknown' ? unknown(item.place, item) : item)
    else if (depth >= depthMax || !flattenInto(flat, inner, work, depth + 1)) return false
  }
  return true
}
