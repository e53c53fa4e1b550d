// Functions of sets, which are lists without doubles here.
import type { Value } from '../../resource.ts'
import { equal } from '../evaluate/equality.ts'
import { list, scalar, set, textOf } from '../evaluate/value.ts'
import type { Work } from '../evaluate/work.ts'
import type { Functions } from './function.ts'
import { listItems, sorted } from './lists.ts'

export const setFunctions: Functions = {
  contains: ([items, wanted], place, work) => {
    const all = listItems(items)
    if (all === null || wanted === undefined || !work.take(all.length)) return null
    const found = all.map((item) => equal(item, wanted))
    if (found.includes(true)) return scalar(true, place)
    return found.includes(null) ? null : scalar(false, place)
  },

  distinct: ([items], _, work) => {
    const all = listItems(items)
    return all === null || items === undefined ? null : unique(all, items.place, work)
  },

  setintersection: (args, place) => combine(args, place, (sets) => (key) => sets.every(has(key))),
  setsubtract: ([from, what], place) => {
    if (from === undefined || what === undefined) return null
    return combine([from, what], place, ([own, other]) => {
      return (key) => own?.has(key) === true && other?.has(key) === false
    })
  },
  setunion: (args, place, work) => {
    const parts = args.map(listItems)
    const all = parts.every((part) => part !== null) ? parts.flat() : null
    const kept = all === null ? null : unique(all, place, work)
    return kept?.kind === 'list' ? set(kept.items, place) : null
  },

  setproduct: (args, place, work) => {
    const parts = args.map(listItems)
    if (!parts.every((part) => part !== null) || parts.length === 0) return null
    const count = parts.reduce((product, part) => product * part.length, 1)
    if (!work.allows(count * parts.length, 'items')) return null
    const tuples = parts.reduce<Value[][]>(
      (sofar, part) => sofar.flatMap((tuple) => part.map((item) => [...tuple, item])),
      [[]],
    )
    return list(
      tuples.map((tuple) => list(tuple, place)),
      place,
    )
  },

  toset: ([items], _, work) => {
    const all = listItems(items)
    if (all === null || items === undefined) return null
    const kept = unique(all, items.place, work)
    if (kept?.kind !== 'list') return null
    const isSorted = kept.items.every((item) => textOf(item) !== null)
    return set(isSorted ? sorted(kept.items) : kept.items, items.place)
  },
}

const has = (key: string) => (set: ReadonlySet<string>) => set.has(key)

/** Of texts and numbers only: the items of the first that `belongs` wants. */
function combine(
  args: readonly Value[],
  place: Value['place'],
  belongs: (sets: readonly ReadonlySet<string>[]) => (key: string) => boolean,
): Value | null {
  const parts = args.map(listItems)
  if (!parts.every((part) => part !== null)) return null
  const keys = parts.map((part) => part.map(textOf))
  if (!keys.every((part): part is string[] => !part.includes(null))) return null
  const wanted = belongs(keys.map((part) => new Set(part)))
  const kept = (parts[0] ?? []).filter((_, index) => wanted(keys[0]?.[index] ?? ''))
  return set(kept, place)
}

/** Structures are compared in pairs, so only a few of them. */
const structuresMax = 200

function unique(items: readonly Value[], place: Value['place'], work: Work): Value | null {
  if (!work.take(items.length)) return null
  const seen = new Set<string>()
  const structures: Value[] = []
  const kept = items.filter((item) => {
    const text = item.kind === 'scalar' ? `${typeof item.value} ${item.value}` : null
    if (text !== null) return !seen.has(text) && seen.add(text)
    if (structures.length >= structuresMax) return true
    if (structures.some((other) => equal(other, item) === true)) return false
    return structures.push(item)
  })
  return list(kept, place)
}
