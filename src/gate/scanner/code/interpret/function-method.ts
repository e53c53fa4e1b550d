// `run.call(self, …)` and `run.apply(self, […])`: JavaScript's way to run a function by a method.
import type { Closure, Value } from './domain.ts'
import type { Given } from './given.ts'
import type { Machine } from './machine.ts'

export interface FunctionCall {
  closures: readonly Closure[]
  given: readonly Given[]
}

/** Null where the method is no such one, or of something else than a function. */
export function functionCall(
  machine: Machine,
  { functions }: Value,
  name: string,
  given: readonly Given[],
): FunctionCall | null {
  if (machine.language !== 'javascript' || functions.length === 0) return null
  if (name !== 'call' && name !== 'apply') return null
  const [first, ...others] = given
  const self = first?.value ?? null
  const closures = functions.map((one) => (one.self === null ? { ...one, self } : one))
  return { closures, given: name === 'call' ? others : elementsIn(machine, others[0]) }
}

function elementsIn(machine: Machine, list: Given | undefined): Given[] {
  const [object] = list?.value.objects ?? []
  const elements = object === undefined ? null : machine.store.contents(object).elements
  if (elements === null) return list === undefined ? [] : [list]
  return elements.map((value) => ({ value, name: null, node: null }))
}
