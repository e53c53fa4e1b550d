// Going through what holds several values.
import type { Value } from './domain.ts'
import { anyOf } from './heap.ts'
import type { Machine } from './machine.ts'
import { joinTaints } from './taint.ts'
import { join, unknown } from './value.ts'

/** Any element of what can be gone through. */
export function elementOf(machine: Machine, value: Value): Value {
  let found: Value | null = null
  for (const object of value.objects) {
    const any = anyOf(machine.store.contents(object))
    found = found === null ? any : join(found, any)
  }
  const types = value.types.flatMap((type) => (type.endsWith('[]') ? [type.slice(0, -2)] : []))
  const outside: Value = { ...unknown, taints: value.taints, types }
  return found === null ? outside : { ...found, taints: joinTaints(found.taints, value.taints) }
}
