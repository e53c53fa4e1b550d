// Expressions, one function for each kind.

import type { Argument, Expression } from '../ir/ir.ts'
import { operators } from './arithmetic.ts'
import { evaluateCall } from './call.ts'
import { checkNamed } from './check.ts'
import { makeClosure } from './closure.ts'
import { cast } from './coerce.ts'
import { plainName, type Value } from './domain.ts'
import { elementOf } from './elements.ts'
import { closedObject, elementsMax, emptyList, spilled, withField, withRest } from './heap.ts'
import type { Machine } from './machine.ts'
import { symbolValue } from './modules.ts'
import { binary, concat, type OperatorContext, unary } from './operators.ts'
import { readField, readIndex } from './read.ts'
import { isMemberTested, refine } from './refine.ts'
import { spreadInto } from './spread.ts'
import { cleanFor, joinTaints, noTaints, type Taints, withHop } from './taint.ts'
import { constant, join, only, truth, unknown, withTaints } from './value.ts'
import { writePlace } from './write.ts'

export function evaluateExpression(machine: Machine, node: Expression): Value {
  switch (node.op) {
    case 'constant':
      return constant(node.value)
    case 'local':
      return evaluateLocal(machine, node.name)
    case 'symbol':
      return symbolValue(machine, machine.resolve(node.name))
    case 'self':
      return machine.frame.self ?? unknown
    case 'field':
      return readField(machine, machine.evaluate(node.object), node)
    case 'index':
      return readIndex(machine, machine.evaluate(node.object), machine.evaluate(node.key), node)
    case 'call':
      return evaluateCall(machine, node)
    case 'binary':
      return evaluateBinary(machine, node)
    case 'unary':
      return unary(node.operator, machine.evaluate(node.operand))
    case 'conditional':
      return branch(machine, node.test, node.then, node.else)
    case 'template':
      return concat(
        operators(machine),
        node.parts.map((part) => machine.evaluate(part)),
      )
    case 'list':
      return makeList(machine, node.elements)
    case 'map':
      return makeMap(machine, node.entries)
    case 'lambda':
      return makeClosure(machine, node.function)
    case 'assign':
      return assign(machine, node)
    case 'sequence':
      return node.values.reduce((_, value) => machine.evaluate(value), unknown)
    case 'cast':
      return cast(machine, machine.evaluate(node.value), node.type)
    case 'unknown':
      return mixed(machine, node.parts)
  }
}

function evaluateLocal(machine: Machine, name: string): Value {
  const cell = machine.frame.find(name)
  if (cell !== null) return machine.store.value(cell) ?? unknown
  return machine.declared.has(name) ? { ...unknown, symbols: [name] } : unknown
}

function assign(machine: Machine, node: Extract<Expression, { op: 'assign' }>): Value {
  const { target } = node
  const name = target.op === 'index' ? '' : plainName(target.name)
  const value = name === '' ? machine.evaluate(node.value) : machine.evaluateFor(name, node.value)
  if (name !== '') checkNamed(machine, name, value, node.value)
  const passed =
    target.op === 'local' && value.taints.length > 0
      ? withTaints(value, withHop(value.taints, machine.spot(node), `assigned to ${name}`))
      : value
  writePlace(machine, target, passed, node.value)
  return passed
}

/** The left side of a chain of operators is gone down in a loop: some are thousands long. */
function evaluateBinary(machine: Machine, node: Extract<Expression, { op: 'binary' }>): Value {
  const { operator } = node
  if (operator === '&&') return branch(machine, node.left, node.right, 'test')
  if (operator === '||') return branch(machine, node.left, 'test', node.right)
  if (operator === '??') return join(machine.evaluate(node.left), machine.evaluate(node.right))
  const spine = [node]
  let { left } = node
  while (left.op === 'binary' && !shortCircuit.has(left.operator)) {
    spine.push(left)
    left = left.left
  }
  const context = operators(machine)
  let value = machine.evaluate(left)
  // A sum of many parts is put together once, not copied at each of them.
  for (let at = spine.length - 1; at >= 0; ) {
    const parts: Value[] = [value]
    let last = spine[at]
    while (at >= 0 && last !== undefined && last.operator === '+') {
      parts.push(machine.evaluate(last.right))
      last = spine[--at]
    }
    if (parts.length > 1) {
      value = sum(context, parts)
      continue
    }
    if (last === undefined) break
    value = binary(context, last.operator, value, machine.evaluate(last.right))
    at--
  }
  return value
}

const shortCircuit = new Set(['&&', '||', '??'])

/** From the left, numbers are added until the first text. */
function sum(context: OperatorContext, parts: readonly Value[]): Value {
  let value = parts[0] ?? unknown
  for (let at = 1; at < parts.length; at++) {
    const isText = value.types.includes(context.text) || typeof only(value) === 'string'
    if (isText) return concat(context, [value, ...parts.slice(at)])
    value = binary(context, '+', value, parts[at] ?? unknown)
  }
  return value
}

/** Either side may be the value of the test itself, as in `a || b`. */
function branch(
  machine: Machine,
  test: Expression,
  whenTrue: Expression | 'test',
  whenFalse: Expression | 'test',
): Value {
  const tested = machine.evaluate(test)
  const known = truth(tested)
  const side = (expression: Expression | 'test', holds: boolean): Value => {
    refine(machine, test, holds)
    if (expression === 'test') return tested
    const value = machine.evaluate(expression)
    if (!holds || value.taints.length === 0 || !isMemberTested(machine, test, expression)) {
      return value
    }
    return withTaints(value, cleanFor(value.taints, machine.findings.allRules))
  }
  if (known !== null) return side(known ? whenTrue : whenFalse, known)
  const base = machine.store
  machine.store = base.fork()
  const first = side(whenTrue, true)
  const firstWay = machine.store.changesSince(base)
  machine.store = base.fork()
  const second = side(whenFalse, false)
  const secondWay = machine.store.changesSince(base)
  machine.store = base
  base.merge([firstWay, secondWay])
  return join(first, second)
}

function makeList(machine: Machine, given: readonly Argument[]): Value {
  const elements: Value[] = []
  /** Of what is spread without its length being known, and of all beyond the bound. */
  let rest: Value | null = null
  const add = (value: Value): void => {
    if (rest === null && elements.length < elementsMax) elements.push(value)
    else rest = rest === null ? value : join(rest, value)
  }
  for (const { value: expression, spread } of given) {
    const value = machine.evaluate(expression)
    const [object, ...others] = value.objects
    const inner =
      object === undefined || others.length > 0 ? null : machine.store.contents(object).elements
    if (!spread) add(value)
    else if (inner !== null) inner.forEach(add)
    else {
      const any = elementOf(machine, value)
      rest = rest === null ? any : join(rest, any)
    }
  }
  const exact = { ...emptyList, elements }
  const contents = rest === null ? exact : withRest(spilled(exact), rest)
  return machine.allocate(machine.types.list, contents)
}

function makeMap(
  machine: Machine,
  entries: readonly { key: Expression | null; value: Expression }[],
): Value {
  let contents = { ...closedObject, kind: 'map' as const } as typeof closedObject
  for (const { key, value: expression } of entries) {
    if (key === null) {
      const value = machine.evaluate(expression)
      contents = spreadInto(machine, contents, { value, taints: value.taints })
      continue
    }
    const name = only(machine.evaluate(key))
    const value =
      typeof name === 'string'
        ? machine.evaluateFor(name, expression)
        : machine.evaluate(expression)
    if (typeof name === 'string') checkNamed(machine, name, value, expression)
    contents =
      name === undefined || name === null
        ? withRest(contents, value)
        : withField(contents, String(name), value)
  }
  return machine.allocate(machine.types.map, contents)
}

function mixed(machine: Machine, parts: readonly Expression[]): Value {
  let taints: Taints = noTaints
  for (const part of parts) taints = joinTaints(taints, machine.deepTaints(machine.evaluate(part)))
  return taints.length === 0 ? unknown : { ...unknown, taints }
}
