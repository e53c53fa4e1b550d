// Brings values to the attribute that they are used in: what a check says of them must stand there,
// while the way from where they were written is kept.
import type { Entry, Place, Value } from '../../resource.ts'
import { isAddressed, refersTo, unknown } from './value.ts'
import type { Work } from './work.ts'

/** The value with all of it inside `place`; parts from elsewhere remember their origin. */
export function broughtTo(place: Place, value: Value, work: Work): Value {
  return bring(place, value, { work, left: valuesMax })
}

interface Bringing {
  work: Work
  left: number
}

/** Of one attribute; what goes beyond is unknown to checks. */
const valuesMax = 5000

function bring(place: Place, value: Value, bringing: Bringing): Value {
  if (value.kind === 'unknown') return value
  // No attribute is a whole resource: it is there for what the provider makes of it.
  if (isAddressed(value)) return refersTo(value.address, place)
  if (--bringing.left < 0 || !bringing.work.take()) return unknown(place)
  const moved = isInside(value.place, place)
    ? value
    : { ...value, place, origin: value.origin ?? value.place }
  if (moved.kind === 'scalar') return moved
  if (moved.kind === 'list') {
    const items = moved.items.map((item) => bring(place, item, bringing))
    const isSame = items.every((item, index) => item === moved.items[index])
    return isSame ? moved : { ...moved, items }
  }
  const entries = new Map<string, Entry>()
  let isSame = true
  for (const [key, entry] of moved.entries) {
    const inner = bring(place, entry.value, bringing)
    const stays = isInside(entry.place, place)
    if (inner !== entry.value || !stays) isSame = false
    entries.set(key, { value: inner, place: stays ? entry.place : place })
  }
  return isSame ? moved : { ...moved, entries }
}

function isInside(inner: Place, outer: Place): boolean {
  return inner.source === outer.source && inner.start >= outer.start && inner.end <= outer.end
}
