// How intrinsics get at what they work on.

import type { Scalar } from '../../model/data.ts'
import type { Contents, HeapObject, Value } from '../domain.ts'

import type { Machine } from '../machine.ts'
import type { Site } from '../site.ts'
import { joinTaints, noTaints, type Taints, withHop } from '../taint.ts'
import { constant, oneOf, unknown } from '../value.ts'

/** Null where it does not know what comes of it: the call is then as any other. */
export type Intrinsic = (machine: Machine, site: Site) => Value | null

export function argument({ given }: Site, index: number): Value {
  return given[index]?.value ?? unknown
}

/** The receiver, where it is one object that the run has seen being made. */
export function receiverObject({ receiver }: Site): HeapObject | null {
  return receiver?.objects.length === 1 ? (receiver.objects[0] ?? null) : null
}

export function contentsOf(machine: Machine, site: Site): Contents | null {
  const object = receiverObject(site)
  return object === null ? null : machine.store.contents(object)
}

const pairsMax = 64

/** Each combination of constants, where all are known; a text keeps the taints of the receiver. */
export function fold(
  machine: Machine,
  site: Site,
  operands: readonly Value[],
  compute: (...constants: Scalar[]) => Scalar | undefined,
): Value | null {
  let combinations: Scalar[][] = [[]]
  for (const { constants } of operands) {
    if (constants === null || combinations.length * constants.length > pairsMax) return null
    combinations = combinations.flatMap((some) => constants.map((one) => [...some, one]))
  }
  const results: Scalar[] = []
  for (const combination of combinations) {
    const result = compute(...combination)
    if (result === undefined) return null
    results.push(result)
  }
  const value = results.length === 1 ? constant(results[0] ?? null) : oneOf(results)
  const taints = taintsIn(machine, site, operands)
  return typeof results[0] === 'string' ? { ...value, taints, types: [machine.types.text] } : value
}

export function taintsIn(machine: Machine, site: Site, values: readonly Value[]): Taints {
  const taints = values.reduce<Taints>(
    (all, value) => joinTaints(all, machine.deepTaints(value)),
    noTaints,
  )
  return withHop(taints, machine.spot(site.node), `through ${site.name}()`)
}

/** A text of which only its origin is known. */
export function text(machine: Machine, site: Site, values: readonly Value[]): Value {
  return {
    ...unknown,
    taints: taintsIn(machine, site, values),
    types: [machine.types.text],
  }
}
