// Calls of functions, methods, constructors and tags.
import type {
  CallExpression,
  Expression as Code,
  NewExpression,
  TaggedTemplateExpression,
} from 'oxc-parser'
import type { Argument, Expression } from '../ir/ir.ts'
import { argumentsOf } from './arguments.ts'
import { type Context, field, place, symbol } from './context.ts'
import {
  boundFunction,
  handedThrough,
  injectedType,
  patternText,
  purposeOf,
  tellingCallee,
} from './idioms.ts'
import { propertyName } from './members.ts'
import { lowerTemplate } from './operators.ts'
import { lowerPatternTest } from './questions.ts'
import { requiredName } from './required.ts'
import { isSlowPattern } from './slow-pattern.ts'

export function lowerCall(context: Context, node: CallExpression): Expression {
  const { callee } = node
  if (callee.type === 'Identifier') {
    const required = requiredName(context, node)
    if (required !== null) return symbol(required, node)
  }
  const special = boundFunction(context, node) ?? lowerPatternTest(context, node)
  if (special !== null) return special
  const called = lowerCallee(context, callee, node.arguments)
  const [first] = node.arguments
  if (first !== undefined && first.type !== 'SpreadElement' && handedThrough(called)) {
    return context.expression(first)
  }
  const given = argumentsOf(context, node.arguments)
  const injected = injectedType(called, given)
  if (injected !== null) return { ...injected, ...place(node) }
  return {
    op: 'call',
    callee: slowOrNot(called, given),
    arguments: [...patternText(called, given), ...purposeOf(context, called, node)],
    isNew: false,
    ...place(node),
  }
}

function lowerCallee(
  context: Context,
  callee: Code,
  given: CallExpression['arguments'],
): Expression {
  // As for Java: the constructor of the class above, run on this object.
  if (callee.type === 'Super') return field({ op: 'self', ...place(callee) }, 'super', callee)
  return callee.type === 'MemberExpression' || callee.type === 'Identifier'
    ? tellingCallee(context, callee, given)
    : context.expression(callee)
}

export function lowerNew(context: Context, node: NewExpression): Expression {
  const given = argumentsOf(context, node.arguments)
  return {
    op: 'call',
    callee: slowOrNot(context.expression(node.callee), given),
    arguments: given,
    isNew: true,
    ...place(node),
  }
}

/** `RegExp('…')` with a constant is as the pattern written as such. */
function slowOrNot(callee: Expression, [first]: readonly Argument[]): Expression {
  if (callee.op !== 'symbol' || callee.name !== 'RegExp') return callee
  if (first?.value.op !== 'constant' || typeof first.value.value !== 'string') return callee
  return isSlowPattern(first.value.value) ? { ...callee, name: 'RegExp:slow' } : callee
}

export function lowerTagged(context: Context, node: TaggedTemplateExpression): Expression {
  const template = lowerTemplate(context, node.quasi)
  const { tag } = node
  if (tag.type === 'MemberExpression' && tag.object.type === 'Identifier') {
    if (tag.object.name === 'String' && propertyName(tag) === 'raw') return template
  }
  // A tag is handed texts and values apart, and a statement made so binds its values.
  const callee = context.expression(tag)
  const tagged = callee.op === 'field' ? { ...callee, name: `${callee.name}:tagged` } : callee
  return {
    op: 'call',
    callee: tagged,
    arguments: [{ value: template, name: null, spread: false }],
    isNew: false,
    ...place(node),
  }
}
