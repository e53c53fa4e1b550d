// What stands at a position that a model names.

import type { Expression } from '../ir/ir.ts'
import type { Position } from '../model/data.ts'
import type { Value } from './domain.ts'
import { anyOf } from './heap.ts'
import type { Machine } from './machine.ts'
import type { Site } from './site.ts'
import { joinTaints } from './taint.ts'
import { constant, unknown } from './value.ts'

export interface Found {
  value: Value
  node: Expression | null
}

/** Empty where nothing stands there: an argument or a key that is not given. */
export function valuesAt(machine: Machine, site: Site, position: Position): Found[] {
  return position.path.reduce<Found[]>(
    (found, name) => found.flatMap((one) => below(machine, one, name)),
    rootsAt(machine, site, position),
  )
}

function rootsAt(machine: Machine, site: Site, { root, index, name, onwards }: Position): Found[] {
  const { given, receiver, receiverNode } = site
  if (root === 'receiver') return receiver === null ? [] : [{ value: receiver, node: receiverNode }]
  if (root === 'return') return []
  if (root === 'purpose') {
    // A frontend may know more of it, and says so by an argument that nobody wrote.
    const said = given.filter((one) => one.name === '$for')
    return [...said, ...machine.purposes.map((name) => ({ value: constant(name), node: null }))]
  }
  if (root === 'all') return given.filter(({ name }) => name !== '$for')
  if (name !== null) return given.filter((one) => one.name === name)
  const inOrder = given.filter((one) => one.name === null)
  return inOrder.slice(index ?? 0, onwards ? undefined : (index ?? 0) + 1)
}

/** `*` is any element or entry. */
function below(machine: Machine, { value, node }: Found, name: string): Found[] {
  if (value.objects.length === 0) return outside(value, node)
  return value.objects.flatMap((object): Found[] => {
    const contents = machine.store.contents(object)
    if (name === '*') return [{ value: anyOf(contents), node }]
    const index = /^\d+$/.test(name) ? Number(name) : -1
    const held =
      contents.fields.get(name) ??
      contents.fields.get(`#${name}`) ??
      contents.elements?.[index] ??
      contents.rest
    if (held) return [{ value: { ...held, taints: joinTaints(held.taints, value.taints) }, node }]
    return contents.open ? outside({ ...value, taints: contents.taints }, node) : []
  })
}

/** Part of something that the run has not seen being made. */
function outside(value: Value, node: Expression | null): Found[] {
  if (value.constants?.every((one) => one === null)) return []
  return [{ value: { ...unknown, taints: value.taints }, node }]
}
