// Statements, one after the other, until no way leads on.

import type { Expression, Leave, Statement } from '../ir/ir.ts'
import { tellingOf } from './answer.ts'
import { executeIf, executeSwitch, executeTry } from './branch.ts'
import { checkNamed } from './check.ts'
import { makeClosure } from './closure.ts'
import { coerce } from './coerce.ts'
import { startsWith } from './conditions.ts'
import { plainName, type Value } from './domain.ts'
import { executeLoop } from './loop.ts'
import type { Machine } from './machine.ts'
import { withHop } from './taint.ts'
import { nothing, typed, unknown, withTaints } from './value.ts'

export function executeStatements(machine: Machine, statements: readonly Statement[]): void {
  declareAhead(machine, statements)
  for (const statement of statements) {
    if (machine.dead) return
    execute(machine, statement, null)
  }
}

/** Functions and types can be used above the place where they are declared. */
function declareAhead(machine: Machine, statements: readonly Statement[]): void {
  for (const statement of statements) {
    if (statement.op === 'declare-function') {
      const value = makeClosure(machine, statement.function)
      machine.store.setValue(machine.frame.declare(statement.name), value)
    } else if (statement.op === 'declare-type') {
      const { frame, modules } = machine
      const type = modules.typeIn(frame, statement.type)
      const declared = { type, frame, outer: frame.self }
      machine.declared.add(declared)
      if (modules.isHome(frame)) machine.localTypes.set(declared, null)
      const symbol: Value = { ...unknown, symbols: [type.name] }
      machine.store.setValue(frame.declare(statement.type.name), symbol)
    }
  }
}

function execute(machine: Machine, statement: Statement, label: string | null): void {
  switch (statement.op) {
    case 'evaluate':
      machine.statement = statement
      machine.evaluate(statement.value)
      return
    case 'declare':
      machine.statement = statement
      declare(machine, statement)
      return
    case 'declare-function':
    case 'declare-type':
      return
    case 'if':
      machine.statement = statement.test
      executeIf(machine, statement)
      return
    case 'switch':
      machine.statement = statement.subject
      executeSwitch(machine, statement)
      return
    case 'loop':
      executeLoop(machine, statement, label)
      return
    case 'try':
      executeTry(machine, statement)
      return
    case 'block':
      executeBlock(machine, statement)
      return
    default:
      machine.statement = statement
      leave(machine, statement)
  }
}

function declare(machine: Machine, node: Extract<Statement, { op: 'declare' }>): void {
  const cell = machine.frame.declare(node.name)
  if (node.value === null) {
    const type = node.type === null ? null : machine.resolve(node.type)
    machine.store.setValue(cell, type === null ? nothing : { ...typed(type), constants: [null] })
    return
  }
  const name = plainName(node.name)
  const value = coerce(machine, machine.evaluateFor(name, node.value), node.type)
  checkNamed(machine, name, value, node.value)
  const label = `assigned to ${name}`
  machine.store.setValue(cell, withTaints(value, withHop(value.taints, machine.spot(node), label)))
}

/** A label on a loop is the loop's: `continue` names it. */
function executeBlock(machine: Machine, node: Extract<Statement, { op: 'block' }>): void {
  const { label, body } = node
  if (label === null) {
    executeStatements(machine, body)
    return
  }
  const base = machine.store
  const target = machine.jumps.enter('block', base, label)
  machine.store = base.fork()
  for (const statement of body) {
    if (machine.dead) break
    if (statement.op === 'declare-function' || statement.op === 'declare-type') {
      declareAhead(machine, [statement])
    } else execute(machine, statement, label)
  }
  const ways = machine.dead ? [] : [machine.store.changesSince(base)]
  machine.jumps.leave()
  machine.store = base
  ways.push(...target.breaks)
  base.merge(ways)
  machine.dead = ways.length === 0
}

function leave(
  machine: Machine,
  node: Extract<Statement, { op: 'return' | 'throw' | 'break' | 'continue' }>,
): void {
  const value = node.value === null ? nothing : leaveWith(machine, node.op, node.value)
  const { jumps, store } = machine
  if (node.op === 'return') {
    const target = jumps.function()
    if (target !== null) {
      const tells = node.value === null ? null : tellingOf(machine, node.value, value)
      target.returns.push({ changes: store.changesSince(target.outer), value, tells })
    }
    if (machine.running.length === 1 && node.value !== null) checkReturned(machine, node, value)
  } else if (node.op === 'throw') {
    const target = jumps.try()
    if (target !== null) target.throws.push(store.changesSince(target.outer))
  } else {
    const target = jumps.loopOrBlock(node.op, node.label)
    if (target !== null) {
      const ways = node.op === 'break' ? target.breaks : target.continues
      ways.push(store.changesSince(target.outer))
    }
  }
  machine.dead = true
}

/** What a function returns is for what the function is called. */
function leaveWith(machine: Machine, op: Leave['op'], expression: Expression): Value {
  const run = machine.running.at(-1)
  if (op !== 'return' || run === undefined || run.name === '') return machine.evaluate(expression)
  machine.purposes = machine.wanted.at(-1) ?? []
  const value = machine.evaluateFor(run.name, expression)
  machine.purposes = []
  checkNamed(machine, run.name, value, expression)
  return value
}

/** What a framework sends on as an answer. */
function checkReturned(machine: Machine, node: Statement, value: Value): void {
  // An object or a list is sent as data, not as a page.
  const isOther = value.types.length > 0 || value.objects.length > 0
  if (isOther && !value.types.includes(machine.types.text)) return
  for (const { rule, starting } of machine.returnSinks) {
    if (starting !== null && !startsWith(value, starting)) continue
    // What a call of which nothing is known answers is seldom what it was asked with.
    const taints = value.taints.filter(({ guesses }) => guesses === 0)
    machine.findings.reached(machine, rule, taints, {
      place: node,
      label: 'returned to the client',
    })
  }
}
