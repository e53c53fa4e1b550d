// Does what the models of a function say.

import type { FunctionModel, PropertySetter } from '../model/data.ts'
import { invokeCallbacks, invokeModelled } from './callbacks.ts'
import { checkCall, checkNamed } from './check.ts'
import { type HeapObject, plainName, type Value } from './domain.ts'
import { openObject, withField } from './heap.ts'
import { intrinsics } from './intrinsics/intrinsics.ts'
import type { Machine } from './machine.ts'
import { ownersOf } from './owners.ts'
import { valuesAt } from './positions.ts'
import type { Site } from './site.ts'
import { joinTaints, noTaints, plainTaints, type Taints, withHop } from './taint.ts'
import { constant, join, oneOf, only, unknown } from './value.ts'
import { addTaints, ensureObject, update } from './write.ts'

/** `name` is that of a method of `receiver`; `symbols` are full names of functions. */
export function modelsOf(
  machine: Machine,
  site: Site,
  receiver: Value | null,
  name: string | null,
  symbols: readonly string[],
): FunctionModel[] {
  const { catalogue, declared } = machine
  const found = new Set<FunctionModel>()
  const add = (models: readonly FunctionModel[]): void => {
    for (const model of models) if (fits(model, site)) found.add(model)
  }
  const owners = receiver === null ? [] : ownersOf(machine, receiver)
  if (name !== null) {
    for (const owner of owners) add(catalogue.functions(owner, name, declared.supertypes))
  }
  for (const symbol of symbols) {
    const dot = symbol.lastIndexOf('.')
    const owner = symbol.slice(0, Math.max(0, dot))
    add(catalogue.functions(owner, symbol.slice(dot + 1), declared.supertypes))
  }
  if (found.size === 0 && name !== null && owners.every((owner) => !catalogue.isKnown(owner))) {
    add(catalogue.anyReceiver(name))
  }
  return [...found]
}

function fits({ arity }: FunctionModel, { given }: Site): boolean {
  return arity === null || (given.length >= arity[0] && given.length <= arity[1])
}

export function applyModels(machine: Machine, site: Site, models: readonly FunctionModel[]): Value {
  machine.modelled.set(site.node, models)
  for (const model of models) checkCall(machine, site, model)
  if (!isMade(site)) {
    for (const model of models) for (const set of model.sets) remember(machine, site, unknown, set)
  }
  let value = resultOf(machine, site, models)
  for (const model of models) {
    if (model.cleans.length > 0) {
      value = { ...value, taints: machine.cleaned(machine.deepTaints(value), model.cleans) }
    }
    if (model.source !== null) {
      const taints = machine.sourceAt(model.source, site.node)
      value = { ...value, taints: joinTaints(value.taints, taints) }
    }
  }
  if (isMade(site)) {
    for (const model of models) for (const set of model.sets) remember(machine, site, value, set)
  }
  return value
}

function resultOf(machine: Machine, site: Site, models: readonly FunctionModel[]): Value {
  const does = models.find((model) => model.does !== null)?.does
  const intrinsic = does === undefined || does === null ? undefined : intrinsics[does]
  const done = intrinsic === undefined ? null : intrinsic(machine, site)
  const returned = callBack(machine, site, models)
  let value = done ?? flowing(machine, site, models)
  if (returned !== null) value = done === null ? join(value, returned) : value
  const fixed = models.find((model) => model.value !== null)?.value
  if (fixed) value = { ...oneOf(fixed), types: value.types }
  if (does === 'pass') return value
  const returns = models.find((model) => model.returns !== null)?.returns ?? null
  if (returns === 'receiver') return site.receiver ?? value
  if (returns === null && !site.node.isNew) return value
  const type = returns === null ? madeType(machine, site) : machine.resolve(returns)
  return made(machine, site, { value, type, models })
}

/** The type that `new` names. */
function madeType(machine: Machine, { node }: Site): string {
  const { callee } = node
  if (callee.op === 'symbol') return machine.resolve(callee.name)
  const [symbol = ''] = machine.evaluate(callee).symbols
  return symbol
}

function made(
  machine: Machine,
  site: Site,
  { value, type, models }: { value: Value; type: string; models: readonly FunctionModel[] },
): Value {
  if (machine.catalogue.isPlain(type)) {
    return { ...value, taints: plainTaints(value.taints), types: [type] }
  }
  if (value.objects.length > 0 || value.constants !== null) return { ...value, types: [type] }
  let contents = openObject
  if (models.some((model) => model.keeps)) {
    for (const object of site.receiver?.objects ?? []) {
      for (const [name, held] of machine.store.contents(object).fields) {
        if (name.startsWith('#')) contents = withField(contents, name, held)
      }
    }
  }
  const { objects } = machine.allocate(type, contents)
  return { ...value, types: [type], objects }
}

/** By the flows that a model names, otherwise from receiver and arguments to the result. */
function flowing(machine: Machine, site: Site, models: readonly FunctionModel[]): Value {
  const flows = models.find((model) => model.flows !== null)?.flows
  const label = `through ${site.name === '' ? 'a call' : `${site.name}()`}`
  let result: Taints = noTaints
  if (flows) {
    for (const { from, to } of flows) {
      const taints =
        from.root === 'return'
          ? sourcesOf(machine, site, models)
          : valuesAt(machine, site, from).reduce<Taints>(
              (all, { value }) => joinTaints(all, machine.deepTaints(value)),
              noTaints,
            )
      if (to.root === 'return') result = joinTaints(result, taints)
      else {
        const hopped = withHop(taints, machine.spot(site.node), label)
        for (const { value, node } of valuesAt(machine, site, { ...to, path: [] })) {
          addTaints(machine, value, node, hopped)
          if (node?.op === 'local' && hopped.length > 0) {
            checkNamed(machine, plainName(node.name), { ...unknown, taints: hopped }, node)
          }
        }
      }
    }
  } else if (models.every((model) => model.source === null && model.value === null)) {
    const all = [site.receiver ?? unknown, ...site.given.map(({ value }) => value)]
    for (const value of all) result = joinTaints(result, machine.deepTaints(value))
  }
  return { ...unknown, taints: withHop(result, machine.spot(site.node), label) }
}

/** What the call itself brings in, for functions that fill one of their arguments. */
function sourcesOf(machine: Machine, site: Site, models: readonly FunctionModel[]): Taints {
  return models.reduce<Taints>(
    (all, { source }) =>
      source === null ? all : joinTaints(all, machine.sourceAt(source, site.node)),
    noTaints,
  )
}

/** Functions among the arguments are run, whether or not a model speaks of them. */
function callBack(machine: Machine, site: Site, models: readonly FunctionModel[]): Value | null {
  const callbacks = models.flatMap((model) => model.callbacks)
  if (callbacks.length === 0) {
    if (!site.given.some(({ value }) => value.functions.length > 0)) return null
    const taints = site.receiver === null ? noTaints : machine.deepTaints(site.receiver)
    return invokeCallbacks(machine, site, taints)
  }
  return callbacks.reduce<Value | null>((result, model) => {
    const returned = invokeModelled(machine, site, model)
    return result === null || returned === null ? (result ?? returned) : join(result, returned)
  }, null)
}

/** A constructor, or a function that makes something: what is remembered is of its result. */
function isMade({ node, receiver }: Site): boolean {
  return node.isNew || receiver === null || receiver.symbols.length > 0
}

/** The receiver has them from now on, so that the result can be given what they remember. */
function receiverObjects(machine: Machine, site: Site): readonly HeapObject[] {
  const receiver = site.receiver ?? unknown
  const objects = ensureObject(machine, receiver, site.receiverNode)
  site.receiver = { ...receiver, objects }
  return objects
}

/** Kept under a name that no field can have. */
function remember(machine: Machine, site: Site, result: Value, set: PropertySetter): void {
  const objects = isMade(site) ? result.objects : receiverObjects(machine, site)
  const value =
    'value' in set.to
      ? constant(set.to.value)
      : (valuesAt(machine, site, set.to)[0]?.value ?? unknown)
  const named = set.named === null ? undefined : valuesAt(machine, site, set.named)[0]?.value
  const suffix = named === undefined ? undefined : only(named)
  if (set.named !== null && suffix === undefined) return
  const name = `#${set.property}${suffix === undefined ? '' : String(suffix)}`
  update(machine, objects, (contents) => withField(contents, name, value))
}
