// Functions that are handed to a call: run as models say, and otherwise with what flows into it.

import type { CallbackModel, ParameterModel } from '../model/data.ts'
import type { Value } from './domain.ts'
import { elementOf } from './elements.ts'

import type { Given } from './given.ts'
import type { Machine } from './machine.ts'
import { valuesAt } from './positions.ts'
import type { Site } from './site.ts'
import { guessed, joinTaints, type Taints } from './taint.ts'
import { join, typed, unknown } from './value.ts'

const callbacksMax = 4
const parametersMax = 8

/** Runs all functions among the arguments; the result is what any of them returns. */
export function invokeCallbacks(machine: Machine, site: Site, taints: Taints): Value {
  let result = unknown
  const flowing: Value = { ...unknown, taints: guessed(taints) }
  for (const { value } of site.given) {
    for (const closure of value.functions.slice(0, callbacksMax)) {
      const count = Math.min(closure.function.parameters.length, parametersMax)
      const given = Array.from({ length: count }, (): Given => bare(flowing))
      const returned = perhaps(machine, () => machine.invoke(closure, given))
      if (returned !== null) result = join(result, returned)
    }
  }
  return result
}

/** It may be called or not: what it does is joined with what was. */
function perhaps(machine: Machine, run: () => Value | null): Value | null {
  const base = machine.store
  machine.store = base.fork()
  const result = run()
  const way = machine.store.changesSince(base)
  machine.store = base
  base.merge(machine.dead ? [new Map()] : [new Map(), way])
  machine.dead = false
  return result
}

/** As a model says; null where it says nothing of what comes back. */
export function invokeModelled(machine: Machine, site: Site, model: CallbackModel): Value | null {
  let result: Value | null = null
  for (const position of model.positions) {
    for (const { value } of valuesAt(machine, site, position)) {
      for (const closure of value.functions.slice(0, callbacksMax)) {
        const given = model.parameters.map((one) => bare(parameterValue(machine, site, one)))
        const returned = perhaps(machine, () => machine.invoke(closure, given))
        if (returned !== null) result = result === null ? returned : join(result, returned)
      }
    }
  }
  return model.result === null ? null : result
}

function bare(value: Value): Given {
  return { value, name: null, node: null }
}

/** `site` is null for a parameter of a function that no call of the file runs. */
export function parameterValue(
  machine: Machine,
  site: Site | null,
  model: ParameterModel,
  place: { at: number; end: number } = site?.node ?? { at: 0, end: 0 },
): Value {
  let value = model.type === null ? unknown : typed(machine.resolve(model.type))
  if (site !== null && model.from !== null) {
    for (const found of valuesAt(machine, site, model.from)) {
      const flowing = model.elements ? elementOf(machine, found.value) : found.value
      value = value === unknown ? flowing : join(value, flowing)
    }
  }
  if (model.source !== null) {
    const taints = machine.sourceAt(model.source, place)
    value = { ...value, taints: joinTaints(value.taints, taints) }
  }
  return value
}
