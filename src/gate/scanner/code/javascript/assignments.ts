// Assignments to names, members and patterns.
import type {
  AssignmentExpression,
  Expression as Code,
  MemberExpression,
  Span,
  UpdateExpression,
} from 'oxc-parser'
import type { Expression, Place } from '../ir/ir.ts'
import { type Context, constant, field, place, spanOf } from './context.ts'
import { markAssigned } from './exports.ts'
import { nestedKey, settingCall } from './idioms.ts'
import { named } from './literals.ts'
import { isLocation, propertyName } from './members.ts'
import { type End, type Pattern, takeApart } from './patterns.ts'

export function lowerAssignment(context: Context, node: AssignmentExpression): Expression {
  const { left, right, operator } = node
  markAssigned(context, left, right)
  if (left.type === 'ObjectPattern' || left.type === 'ArrayPattern') {
    return assignPattern(context, left, context.expression(right), node)
  }
  const value = named(context, right, targetName(left))
  if (operator === '=') return assignTo(context, left, value, node)
  const old = context.expression(left as Code)
  const binary = operator.slice(0, -1)
  const joins = binary === '+' && (value.op === 'template' || isText(value))
  const joined: Expression = joins
    ? {
        op: 'template',
        parts: [old, ...(value.op === 'template' ? value.parts : [value])],
        ...place(node),
      }
    : { op: 'binary', operator: binary, left: old, right: value, ...place(node) }
  return assignTo(context, left, joined, node)
}

const targetName = (node: { type: string }): string =>
  node.type === 'MemberExpression'
    ? (propertyName(node as MemberExpression) ?? '')
    : ((node as { name?: string }).name ?? '')

const isText = (value: Expression): boolean =>
  value.op === 'constant' && typeof value.value === 'string'

export function lowerUpdate(context: Context, node: UpdateExpression): Expression {
  const { argument, operator } = node
  return assignTo(
    context,
    argument,
    {
      op: 'binary',
      operator: operator.slice(1),
      left: context.expression(argument as Code),
      right: constant(1, node),
      ...place(node),
    },
    node,
  )
}

/** An assignment; the value alone where the target is nothing that can be assigned. */
function assignTo(context: Context, target: End, value: Expression, node: Span): Expression {
  const lowered = placeOf(context, target)
  if (lowered === null) return value
  const setting = settingCall(lowered, value, node)
  if (setting !== null) return setting
  const assigned: Expression = { op: 'assign', target: lowered, value, ...place(node) }
  const key = nestedKey(lowered)
  return key === null ? assigned : { op: 'sequence', values: [key, assigned], ...place(node) }
}

function placeOf(context: Context, node: End): Place | null {
  if (node.type === 'Identifier' && context.scope.find(node.name) === null) {
    if (!known.has(node.name)) {
      // Without a declaration it is a variable of all files.
      context.module.declare(node.name)
      context.implicit.add(node.name)
    }
  }
  const target = context.expression(node as Code)
  if (isLocation(target)) return field(target, 'href', node)
  if (target.op === 'local' || target.op === 'field' || target.op === 'index') return target
  if (target.op === 'cast') return placeOfCast(target.value)
  if (target.op !== 'symbol' || node.type !== 'MemberExpression') return null
  return field({ ...target, name: 'window' }, target.name, node)
}

function placeOfCast(value: Expression): Place | null {
  return value.op === 'local' || value.op === 'field' || value.op === 'index' ? value : null
}

const known = new Set(['location', 'exports', 'module', 'onmessage', 'onerror', 'name', 'status'])

function assignPattern(
  context: Context,
  pattern: Pattern,
  value: Expression,
  node: Span,
): Expression {
  const values: Expression[] = []
  const keep = (whole: Expression): Expression => {
    const local = context.temporary(spanOf(whole))
    const { at, end } = whole
    context.prelude.push({ op: 'declare', name: local.name, type: null, value: null, at, end })
    values.push({ op: 'assign', target: local, value: whole, at, end })
    return local
  }
  const whole = value.op === 'local' ? value : keep(value)
  takeApart(context, pattern, whole, {
    keep,
    put: (target, part) => values.push(assignTo(context, target, part, target)),
  })
  return { op: 'sequence', values: [...values, whole], ...place(node) }
}

/** For `for (x of y)` and `for ([a, b] of y)` alike. */
export function assignAny(
  context: Context,
  target: Pattern,
  value: Expression,
  node: Span,
): Expression {
  if (target.type === 'AssignmentPattern') return assignAny(context, target.left, value, node)
  return target.type === 'ObjectPattern' || target.type === 'ArrayPattern'
    ? assignPattern(context, target, value, node)
    : assignTo(context, target, value, node)
}
