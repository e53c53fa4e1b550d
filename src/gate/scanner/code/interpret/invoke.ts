// Runs a function of the file with what a call gives it, in the place of the call.

import type { IrFunction, Parameter } from '../ir/ir.ts'
import { allTold, tellingOf } from './answer.ts'
import { coerce } from './coerce.ts'
import { type Closure, Frame, nextId, plainName, type Value } from './domain.ts'
import { allNamed, type Given } from './given.ts'
import { closedObject, emptyList, withField } from './heap.ts'
import type { Machine } from './machine.ts'
import { isQuiet } from './memory.ts'
import type { Changes } from './store.ts'
import { withHop } from './taint.ts'
import { joinAll, nothing, unknown, withTaints } from './value.ts'

const runningMax = 8
const idleMax = 3
/** Of one file, in functions of others that it calls. */
export const stepsAbroadMax = 400_000

/** Null where the function is running already, or too many are. */
export function invoke(machine: Machine, closure: Closure, given: readonly Given[]): Value | null {
  const { function: run } = closure
  const { running } = machine
  const isAbroad = machine.modules.isHome(machine.frame) && !machine.modules.isHome(closure.frame)
  if (isAbroad && machine.stepsAbroad >= stepsAbroadMax) {
    machine.isStayingHome = true
    machine.refused++
    return null
  }
  const isTooMuch = running.length >= runningMax || (machine.isCoarse && running.length > 0)
  if (isTooMuch || running.includes(run) || isIdle(machine, closure, given)) {
    machine.refused++
    return null
  }
  const key = running.length === 0 ? null : machine.memory.keyOf(machine.store, closure, given)
  const remembered = key === null ? null : machine.memory.get(key)
  if (remembered !== null) {
    machine.told = remembered.told
    return remembered.value
  }
  const first = nextId()
  const { refused } = machine
  const { steps } = machine
  const { value, ways } = enter(machine, closure, given)
  if (isAbroad) machine.stepsAbroad += machine.steps - steps
  const isWhole = !machine.dead && machine.refused === refused && !machine.isCoarse
  if (key !== null && isWhole && isQuiet(ways, value, first)) {
    machine.memory.set(key, { value, told: machine.told })
  }
  return value
}

/** Far down, only what carries something from outside, or may call back, is worth the way. */
function isIdle(machine: Machine, { self }: Closure, given: readonly Given[]): boolean {
  if (machine.running.length < idleMax) return false
  const values = given.map(({ value }) => value)
  if (self !== null) values.push(self)
  return values.every(
    (value) => value.functions.length === 0 && machine.deepTaints(value).length === 0,
  )
}

function enter(
  machine: Machine,
  closure: Closure,
  given: readonly Given[],
): { value: Value; ways: readonly Changes[] } {
  const { function: run } = closure
  const { frame: around, store: base, statement, purposes } = machine
  machine.entered.add(run)
  machine.waiting.delete(run)
  const target = machine.jumps.enter('function', base)
  machine.store = base.fork()
  machine.frame = new Frame(run, closure.frame, closure.self)
  machine.running.push(run)
  // What the caller wants the result for is what the function returns it for.
  machine.wanted.push(purposes)
  machine.purposes = []
  bind(machine, run, given)
  machine.execute(run.body)
  const { returns } = target
  if (!machine.dead) {
    const tells = tellingOf(machine, null, nothing)
    returns.push({ changes: machine.store.changesSince(base), value: nothing, tells })
  }
  const all = returns.length === 0 ? unknown : joinAll(returns.map((one) => one.value))
  const value = coerce(machine, all, run.returns ?? null)
  machine.running.pop()
  machine.wanted.pop()
  machine.purposes = purposes
  machine.jumps.leave()
  machine.frame = around
  machine.store = base
  machine.statement = statement
  const ways = returns.map(({ changes }) => changes)
  base.merge(ways)
  machine.dead = returns.length === 0
  machine.told = allTold(returns.map(({ tells }) => tells))
  return { value, ways }
}

function bind(machine: Machine, run: IrFunction, given: readonly Given[]): void {
  const inOrder = given.filter(({ name }) => name === null)
  const byName = new Map(given.flatMap((one) => (one.name === null ? [] : [[one.name, one]])))
  let next = 0
  for (const parameter of run.parameters) {
    const value = ((): Value => {
      if (parameter.rest === 'list') return restList(machine, inOrder.slice(next), parameter)
      if (parameter.rest === 'map') {
        return byName.get(allNamed)?.value ?? restMap(machine, byName)
      }
      const named = byName.get(plainName(parameter.name))
      byName.delete(plainName(parameter.name))
      const one = named ?? inOrder[next++]
      if (one !== undefined) return one.value
      return parameter.default === null ? nothing : machine.evaluate(parameter.default)
    })()
    const label = `passed to ${run.name === '' ? 'a function' : `${run.name}()`}`
    const passed = coerce(machine, value, parameter.type)
    const marked = withTaints(passed, withHop(passed.taints, machine.spot(parameter), label))
    machine.store.setValue(machine.frame.declare(parameter.name), marked)
  }
}

/** Java hands an array over as it is. */
function restList(machine: Machine, given: readonly Given[], { type }: Parameter): Value {
  const [only] = given
  if (given.length === 1 && type !== null && only?.value.types.includes(type)) return only.value
  const elements = given.map(({ value }) => value)
  return machine.allocate(type === null ? machine.types.list : machine.resolve(type), {
    ...emptyList,
    elements,
  })
}

function restMap(machine: Machine, byName: ReadonlyMap<string, Given>): Value {
  let contents = closedObject
  for (const [name, { value }] of byName) {
    if (name !== '$for') contents = withField(contents, name, value)
  }
  return machine.allocate(machine.types.map, contents)
}
