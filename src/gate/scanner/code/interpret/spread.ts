// What an object takes over from another one, as `{ ...a }` and `Object.assign(b, a)` do: each
// field keeps its own origin.
import type { Contents, HeapObject, Value } from './domain.ts'
import { anyOf, joinContents, spilled, withField, withRest } from './heap.ts'
import type { Machine } from './machine.ts'
import { joinTaints, type Taints } from './taint.ts'
import { join, unknown } from './value.ts'

/** `contents` once all that `value` holds is in it; `taints` are those of `value` as a whole. */
export function spreadInto(
  machine: Machine,
  contents: Contents,
  { value, taints }: { value: Value; taints: Taints },
): Contents {
  const whole = { ...contents, taints: joinTaints(contents.taints, taints) }
  const base = taints.length === 0 ? contents : overlaid(whole, { ...unknown, taints })
  const ways = value.objects.map((object) => withAllOf(machine, base, object))
  const [first, ...others] = ways
  if (first === undefined) return { ...base, open: true }
  return others.reduce(joinContents, first)
}

/** A field that is there already may be given another value. */
export function overlaid(contents: Contents, value: Value): Contents {
  const fields = new Map(contents.fields)
  for (const [name, field] of fields) {
    if (!name.startsWith('#')) fields.set(name, join(field, value))
  }
  return { ...contents, fields }
}

function withAllOf(machine: Machine, base: Contents, object: HeapObject): Contents {
  const inner = machine.store.contents(object)
  const { taints } = inner
  let contents = taints.length === 0 ? base : overlaid(base, { ...unknown, taints })
  for (const [name, field] of inner.fields) contents = withField(contents, name, field)
  if (inner.rest !== null || (inner.elements ?? []).length > 0) {
    contents = withRest(spilled(contents), anyOf({ ...inner, fields: new Map() }))
  }
  return {
    ...contents,
    open: contents.open || inner.open,
    taints: joinTaints(contents.taints, taints),
  }
}
