// Where a run parts: each way is gone that the constants leave open, and what they did is joined.

import type { Case, If, Switch, Try } from '../ir/ir.ts'
import type { Value } from './domain.ts'
import type { Machine } from './machine.ts'
import { binary } from './operators.ts'
import { refine, refineEqual } from './refine.ts'
import type { Changes, Store } from './store.ts'
import { truth, unknown } from './value.ts'

export function executeIf(machine: Machine, node: If): void {
  const known = truth(machine.evaluate(node.test))
  if (known !== null) {
    machine.execute(known ? node.then : node.else)
    return
  }
  const base = machine.store
  const ways: Changes[] = []
  for (const holds of [true, false]) {
    run(machine, base, ways, () => {
      refine(machine, node.test, holds)
      machine.execute(holds ? node.then : node.else)
    })
  }
  meet(machine, base, ways)
}

/** On a fork; where its end is reached, its changes are one more way. */
function run(machine: Machine, base: Store, ways: Changes[], body: () => void): void {
  machine.store = base.fork()
  machine.dead = false
  body()
  if (!machine.dead) ways.push(machine.store.changesSince(base))
}

function meet(machine: Machine, base: Store, ways: readonly Changes[]): void {
  machine.store = base
  machine.dead = ways.length === 0
  base.merge(ways)
}

export function executeSwitch(machine: Machine, node: Switch): void {
  const subject = machine.evaluate(node.subject)
  const base = machine.store
  const target = machine.jumps.enter('switch', base)
  const ways: Changes[] = []
  const entered = casesEntered(machine, node, subject)
  let falling: Changes | null = null
  for (const { one, possible } of entered.cases) {
    if (!possible && falling === null) continue
    const arrivals: Changes[] = falling === null ? [] : [falling]
    const ends: Changes[] = []
    run(machine, base, ends, () => {
      const arrival = machine.store
      if (possible) {
        const direct = arrival.fork()
        machine.store = direct
        const [test, ...others] = one.tests
        if (test !== undefined && others.length === 0) refineEqual(machine, node.subject, test)
        arrivals.push(direct.changesSince(arrival))
        machine.store = arrival
      }
      arrival.merge(arrivals)
      machine.execute(one.body)
    })
    falling = null
    const [end] = ends
    if (end !== undefined && one.fallsThrough) falling = end
    else if (end !== undefined) ways.push(end)
  }
  machine.jumps.leave()
  if (falling !== null) ways.push(falling)
  ways.push(...target.breaks)
  if (entered.maybeNone) ways.push(new Map())
  meet(machine, base, ways)
}

/** Which cases the subject may lead to; the default stands where it is written, but comes last. */
function casesEntered(
  machine: Machine,
  node: Switch,
  subject: Value,
): { cases: { one: Case; possible: boolean }[]; maybeNone: boolean } {
  let open = true
  const cases = node.cases.map((one) => {
    if (one.tests.length === 0) return { one, possible: true, isDefault: true }
    const found = one.tests.map((test) => matches(machine, subject, test))
    const possible = open && found.some((match) => match !== false)
    if (found.includes(true)) open = false
    return { one, possible, isDefault: false }
  })
  const fallback = cases.find(({ isDefault }) => isDefault)
  if (fallback !== undefined) fallback.possible = open
  return { cases, maybeNone: open && fallback === undefined }
}

function matches(machine: Machine, subject: Value, test: Case['tests'][number]): boolean | null {
  if (test.op === 'unknown') return null
  const value = machine.evaluate(test)
  if (value.constants === null || subject.constants === null) return null
  const context = { language: machine.language, text: '', deepTaints: () => [] }
  return truth(binary(context, '==', subject, value))
}

export function executeTry(machine: Machine, node: Try): void {
  const base = machine.store
  const target = machine.jumps.enter('try', base)
  const ways: Changes[] = []
  run(machine, base, ways, () => machine.execute(node.body))
  machine.jumps.leave()
  const [end] = ways
  // An exception may come from anywhere in the body.
  const thrown: Changes[] = [new Map(), ...(end === undefined ? [] : [end]), ...target.throws]
  for (const handler of node.handlers) {
    run(machine, base, ways, () => {
      machine.store.merge(thrown)
      if (handler.name !== null) {
        const types = handler.types.map((type) => machine.resolve(type))
        machine.store.setValue(machine.frame.declare(handler.name), { ...unknown, types })
      }
      machine.execute(handler.body)
    })
  }
  meet(machine, base, ways)
  if (node.finally.length === 0) return
  const { dead } = machine
  machine.dead = false
  machine.execute(node.finally)
  machine.dead ||= dead
}
