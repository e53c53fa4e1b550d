// Comparisons that ask something which models know as a call, so that they know the answer's
// meaning, too:
//
//   typeof x === 'string'        typeof:string(x)
//   x.indexOf(y) !== -1          x.includes(y)
//   x.indexOf(y) === 0           x.startsWith(y)
//   x.includes('..')             x.includes:up('..')
//   x === '__proto__'            is:prototype(x)
//   /^[a-z]+$/.test(x)           x.matches:whole('^[a-z]+$')
import type { CallExpression, Expression as Code, Span } from 'oxc-parser'
import type { Expression } from '../ir/ir.ts'
import { type Context, constant, field, place, symbol } from './context.ts'
import { propertyName } from './members.ts'
import { constantText } from './required.ts'
import { isSlowPattern } from './slow-pattern.ts'

interface Comparison extends Span {
  operator: string
  left: Code
  right: Code
}

/** Null where the comparison is only that. */
export function lowerQuestion(context: Context, node: Comparison): Expression | null {
  const equal = /^={2,3}$/.test(node.operator)
  if (equal || /^!={1,2}$/.test(node.operator)) {
    for (const [asked, answer] of [
      [node.left, node.right],
      [node.right, node.left],
    ] as const) {
      const question =
        typeQuestion(context, asked, answer) ??
        placeQuestion(context, asked, answer) ??
        prototypeQuestion(context, asked, answer)
      if (question !== null) return equal ? question : not(question, node)
    }
    return null
  }
  const number = numberOf(node.right)
  const found = (node.operator === '>' && number === -1) || (node.operator === '>=' && number === 0)
  if (!found && !(node.operator === '<' && number === 0)) return null
  const question = contained(context, node.left)
  return question === null || found ? question : not(question, node)
}

const not = (operand: Expression, node: Span): Expression => ({
  op: 'unary',
  operator: '!',
  operand,
  ...place(node),
})

function typeQuestion(context: Context, asked: Code, answer: Code): Expression | null {
  if (asked.type !== 'UnaryExpression' || asked.operator !== 'typeof') return null
  const type = constantText(answer)
  if (type === null) return null
  return ask(symbol(`typeof:${type}`, asked), context.expression(asked.argument), asked)
}

function prototypeQuestion(context: Context, asked: Code, answer: Code): Expression | null {
  const name = constantText(answer)
  if (name !== '__proto__' && name !== 'constructor' && name !== 'prototype') return null
  return ask(symbol('is:prototype', asked), context.expression(asked), asked)
}

function placeQuestion(context: Context, asked: Code, answer: Code): Expression | null {
  const number = numberOf(answer)
  if (number === 0) return indexAsked(context, asked, 'startsWith')
  const missing = number === -1 ? contained(context, asked) : null
  return missing === null ? null : not(missing, asked)
}

const contained = (context: Context, asked: Code): Expression | null =>
  indexAsked(context, asked, 'includes')

function indexAsked(context: Context, asked: Code, name: string): Expression | null {
  if (asked.type !== 'CallExpression' || asked.callee.type !== 'MemberExpression') return null
  const [part, ...others] = asked.arguments
  if (propertyName(asked.callee) !== 'indexOf' || part === undefined || others.length > 0) {
    return null
  }
  if (part.type === 'SpreadElement') return null
  const called = name === 'includes' && constantText(part) === '..' ? 'includes:up' : name
  const callee = field(context.expression(asked.callee.object), called, asked.callee)
  return ask(callee, context.expression(part), asked)
}

function numberOf(node: Code): number | null {
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : null
  if (node.type !== 'UnaryExpression' || node.operator !== '-') return null
  const number = numberOf(node.argument)
  return number === null ? null : -number
}

const ask = (callee: Expression, value: Expression, node: Span): Expression => ({
  op: 'call',
  callee,
  arguments: [{ value, name: null, spread: false }],
  isNew: false,
  ...place(node),
})

/** Calls of `test` with a pattern that the whole text must match. */
export function lowerPatternTest(context: Context, node: CallExpression): Expression | null {
  const { callee } = node
  const [text, ...others] = node.arguments
  if (callee.type !== 'MemberExpression' || text === undefined || others.length > 0) return null
  if (propertyName(callee) !== 'test' || text.type === 'SpreadElement') return null
  const pattern = patternOf(context, callee.object)
  if (pattern === null || !pattern.startsWith('^') || !pattern.endsWith('$')) return null
  if (isSlowPattern(pattern)) return null
  const asked = field(context.expression(text), 'matches:whole', callee)
  return ask(asked, constant(pattern, callee.object), node)
}

/** Written there, or given to a constant. */
function patternOf(context: Context, node: Code): string | null {
  if (node.type === 'Literal') {
    return 'regex' in node && !node.regex.flags.includes('m') ? node.regex.pattern : null
  }
  if (node.type !== 'Identifier') return null
  const binding = context.scope.find(node.name)
  if (binding === null || 'symbol' in binding) return null
  return context.patterns.get(binding.local) ?? null
}
