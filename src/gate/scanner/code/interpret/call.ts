// Calls: a function of the file is run, one that a model knows does what the model says, and of
// any other it is supposed that what goes in comes out.

import type { Argument, Call } from '../ir/ir.ts'
import { added } from './answer.ts'
import { applyModels, modelsOf } from './apply.ts'
import { checkNamed } from './check.ts'
import type { Closure, Value } from './domain.ts'
import { elementOf } from './elements.ts'
import { functionCall } from './function-method.ts'
import type { Given } from './given.ts'
import { emptyList, openObject } from './heap.ts'
import { instantiate, superConstructor } from './instantiate.ts'
import type { Machine } from './machine.ts'
import { hear } from './refine.ts'
import type { Site } from './site.ts'
import { believe, supposeFlow } from './suppose.ts'
import { functionTargets, methodTargets } from './targets.ts'
import { constant, join, unknown } from './value.ts'

export function evaluateCall(machine: Machine, node: Call): Value {
  const { callee } = node
  if (callee.op === 'field') {
    const receiver = machine.evaluate(callee.object)
    const given = evaluateArguments(machine, node.arguments)
    const site: Site = { node, receiver, receiverNode: callee.object, given, name: callee.name }
    const result = callMethod(machine, site, callee.name)
    expose(machine, given)
    return result
  }
  if (node.isNew && callee.op === 'symbol' && callee.name.endsWith('[]')) {
    return newArray(machine, node, callee.name)
  }
  const value = machine.evaluate(callee)
  const given = evaluateArguments(machine, node.arguments)
  const site: Site = { node, receiver: null, receiverNode: null, given, name: nameOf(value, node) }
  if (callee.op === 'self') return superConstructor(machine, given) ?? unknown
  return callValue(machine, site, value)
}

/** All of its elements begin as nothing. */
function newArray(machine: Machine, node: Call, type: string): Value {
  for (const { value } of node.arguments) machine.evaluate(value)
  return machine.allocate(machine.resolve(type), {
    ...emptyList,
    elements: null,
    rest: constant(0),
  })
}

/** Whoever is given an array may fill it. */
function expose(machine: Machine, given: readonly Given[]): void {
  for (const { value } of given) {
    for (const object of value.objects) {
      const contents = machine.store.contents(object)
      if (contents.open || contents.kind !== 'list' || !object.type.endsWith('[]')) continue
      machine.store.setContents(object, { ...contents, open: true })
    }
  }
}

function nameOf(value: Value, { callee }: Call): string {
  if (callee.op === 'local') return callee.name
  const [symbol = ''] = value.symbols
  return symbol.slice(symbol.lastIndexOf('.') + 1)
}

function callMethod(machine: Machine, site: Site, name: string): Value {
  const receiver = site.receiver ?? unknown
  if (name === 'super' && site.receiverNode?.op === 'self') {
    return superConstructor(machine, site.given) ?? unknown
  }
  const made = declaredConstructor(machine, site, name)
  if (made !== null) return made
  const direct = functionCall(machine, receiver, name, site.given)
  if (direct !== null) site.given = direct.given
  const { closures, symbols } =
    direct === null
      ? methodTargets(machine, site, name)
      : { closures: [...direct.closures], symbols: [] }
  const results = run(machine, site, closures)
  if (machine.dead) return unknown
  const models = closures.length > 0 ? [] : modelsOf(machine, site, receiver, name, symbols)
  if (models.length > 0) results.push(applyModels(machine, site, models))
  if (results.length === 0) return supposeFlow(machine, site, [])
  return results.reduce(join)
}

/** `new Outer.Inner()`, and in Python `module.Type()`, of a type of the file. */
function declaredConstructor(machine: Machine, site: Site, name: string): Value | null {
  for (const symbol of site.receiver?.symbols ?? []) {
    const declared = machine.declared.get(`${symbol}.${name}`)
    if (declared !== null) return instantiate(machine, declared, site)
  }
  return null
}

function callValue(machine: Machine, site: Site, callee: Value): Value {
  const results: Value[] = []
  for (const symbol of callee.symbols) {
    const declared = machine.declared.get(symbol)
    if (declared !== null) results.push(instantiate(machine, declared, site))
  }
  const targets = functionTargets(callee)
  if (site.node.isNew && targets.length > 0) return makeByFunction(machine, site, targets)
  results.push(...run(machine, site, targets))
  if (machine.dead) return unknown
  const models = results.length > 0 ? [] : modelsOf(machine, site, null, null, callee.symbols)
  if (models.length > 0) results.push(applyModels(machine, site, models))
  if (results.length === 0) return supposeFlow(machine, site, callee.symbols)
  return results.reduce(join)
}

/** `new Orders()` of a function: what it does to `this` is the object. */
function makeByFunction(machine: Machine, site: Site, targets: readonly Closure[]): Value {
  const made = machine.allocate('', openObject)
  run(
    machine,
    site,
    targets.map((one) => ({ ...one, self: made })),
  )
  return machine.dead ? unknown : made
}

/** Several functions are run one after the other: which of them is meant is not known. */
function run(machine: Machine, site: Site, closures: ReturnType<typeof functionTargets>): Value[] {
  const results: Value[] = []
  let dead = closures.length > 0
  const { isTestWeak } = machine
  machine.isTestWeak = false
  for (const closure of closures) {
    machine.dead = false
    machine.told = []
    const result = machine.invoke(closure, site.given)
    results.push(result ?? supposeFlow(machine, site, []))
    dead &&= machine.dead
  }
  if (closures.length === 1) {
    hear(machine, site.node, added(machine.told, site.given, machine.findings.allRules))
    const isSilent = machine.told.every(({ whenTrue }) => whenTrue === 0n)
    // It judges by something that was not understood.
    const isOpen = isSilent && !machine.isTestWeak
    if (isOpen && results[0]?.constants === null) believe(machine, site)
  }
  machine.isTestWeak = isTestWeak
  machine.dead = dead
  return results
}

export function evaluateArguments(machine: Machine, list: readonly Argument[]): Given[] {
  return list.flatMap(({ value: node, name, spread }): Given[] => {
    const value = name === null ? machine.evaluate(node) : machine.evaluateFor(name, node)
    if (name !== null) checkNamed(machine, name, value, node)
    if (!spread) return [{ value, name, node }]
    const [object] = value.objects
    const contents = object === undefined ? null : machine.store.contents(object)
    if (contents?.kind === 'map' && !contents.open) {
      return [...contents.fields].map(([key, field]) => ({ value: field, name: key, node }))
    }
    if (contents?.elements)
      return contents.elements.map((each) => ({ value: each, name: null, node }))
    return [{ value: elementOf(machine, value), name, node }]
  })
}
