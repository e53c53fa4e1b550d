// Evaluates expressions. What cannot be known becomes unknown, never a guess and never an error.
import type { Entry, Value } from '../../resource.ts'
import { callFunction } from '../functions/call.ts'
import type { Call, Expression } from '../syntax/tree.ts'
import { attributeOf, itemOf } from './access.ts'
import { evaluateFor, evaluateSplat } from './iteration.ts'
import { binary, conditional, unary } from './operators.ts'
import type { Scope, Target } from './scope.ts'
import { asValue, lookUp } from './scope.ts'
import { evaluateTemplate } from './template.ts'
import { fault, isFaulty, list, map, numberOf, scalar, textOf, unknown } from './value.ts'

export function evaluate(expression: Expression, scope: Scope): Value {
  const { work } = scope
  if (!work.enter()) return unknown(expression.place)
  try {
    return evaluateAny(expression, scope)
  } finally {
    work.leave()
  }
}

function evaluateAny(expression: Expression, scope: Scope): Value {
  const { place } = expression
  const inner = (part: Expression) => evaluate(part, scope)
  switch (expression.kind) {
    case 'literal':
      return scalar(expression.value, place)
    case 'template':
      return evaluateTemplate(expression.parts, place, { scope, evaluate })
    case 'list':
      return list(expression.items.map(inner), place)
    case 'object':
      return evaluateObject(expression, scope)
    case 'variable':
    case 'attribute':
    case 'index':
      return asValue(targetOf(expression, scope), place)
    case 'splat':
      return evaluateSplat(expression, scope, evaluate)
    case 'call':
      return evaluateCall(expression, scope)
    case 'unary':
      return unary(expression.operator, inner(expression.operand), place)
    case 'binary':
      return binary(expression, inner)
    case 'conditional':
      return conditional(inner(expression.condition), place, {
        whenTrue: () => inner(expression.whenTrue),
        whenFalse: () => inner(expression.whenFalse),
      })
    case 'for':
      return evaluateFor(expression, scope, evaluate)
    case 'invalid':
      return unknown(place)
  }
}

function evaluateObject(expression: Expression & { kind: 'object' }, scope: Scope): Value {
  const entries: [string, Entry][] = []
  let open = false
  for (const item of expression.items) {
    const key = textOf(evaluate(item.key, scope))
    const value = evaluate(item.value, scope)
    if (key === null) open = true
    else entries.push([key, { value, place: item.place }])
  }
  return map(entries, expression.place, open)
}

/** Names are followed one by one, so that `local.a` never evaluates `local.b`. */
function targetOf(expression: Expression, scope: Scope): Target {
  const { place } = expression
  switch (expression.kind) {
    case 'variable':
      return lookUp(scope, expression.name, place) ?? fault(place)
    case 'attribute': {
      const of = nested(expression.of, scope)
      if (of.kind === 'space') return of.get(expression.name, place)
      return attributeOf(of, expression.name, place)
    }
    case 'index': {
      const of = nested(expression.of, scope)
      const key = evaluate(expression.key, scope)
      if (of.kind !== 'space') return itemOf(of, key, place)
      const name = numberOf(key) ?? textOf(key)
      return name === null ? unknown(place, of.whole(place), key) : of.get(name, place)
    }
    default:
      return evaluate(expression, scope)
  }
}

function nested(expression: Expression, scope: Scope): Target {
  const { work } = scope
  if (!work.enter()) return unknown(expression.place)
  try {
    return targetOf(expression, scope)
  } finally {
    work.leave()
  }
}

function evaluateCall(call: Call, scope: Scope): Value {
  const { name, place } = call
  if (name === 'try' || name === 'can') return evaluateTry(call, scope)
  const args: Value[] = []
  for (const [index, arg] of call.args.entries()) {
    const value = evaluate(arg, scope)
    if (!call.expand || index + 1 < call.args.length) args.push(value)
    else if (value.kind === 'list') for (const item of value.items) args.push(item)
    else return unknown(place, value)
  }
  return callFunction(name, args, place, scope.work)
}

/** Evaluates as far as the first that is no fault. */
function evaluateTry({ name, args, place }: Call, scope: Scope): Value {
  for (const arg of args) {
    const value = evaluate(arg, scope)
    if (isFaulty(value)) continue
    if (name === 'try') return value
    return value.kind === 'unknown' ? unknown(place, value) : scalar(true, place)
  }
  return name === 'can' ? scalar(false, place) : fault(place)
}
