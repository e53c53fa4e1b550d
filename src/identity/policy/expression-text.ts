// Expressions and scopes as Cedar's text, for those who are told which part of a policy failed.
import { fieldsOf, listOf, operationOf } from './malformed.ts'
import type { Scope } from './scope.ts'
import { EntityRef } from './value.ts'

/** How tightly each operator binds; what binds less tightly than its place needs brackets. */
const tightness = { choice: 0, or: 1, and: 2, relation: 3, sum: 4, product: 5, unary: 6, member: 7 }

const infix = new Map<string, { own: number; left: number; right: number }>([
  ['||', { own: tightness.or, left: tightness.or, right: tightness.and }],
  ['&&', { own: tightness.and, left: tightness.and, right: tightness.relation }],
  ...['==', '!=', '<', '<=', '>', '>=', 'in'].map(
    (name) =>
      [name, { own: tightness.relation, left: tightness.sum, right: tightness.sum }] as const,
  ),
  ['+', { own: tightness.sum, left: tightness.sum, right: tightness.product }],
  ['-', { own: tightness.sum, left: tightness.sum, right: tightness.product }],
  ['*', { own: tightness.product, left: tightness.product, right: tightness.unary }],
])

const methodsOfTwo = new Set(['contains', 'containsAll', 'containsAny', 'getTag', 'hasTag'])
const constructors = new Set(['ip', 'decimal', 'datetime', 'duration'])

/** The text of an expression in JSON that has been compiled before. */
export function expressionText(json: unknown): string {
  return write(json, tightness.choice)
}

function write(json: unknown, needed: number): string {
  const { operator, operand } = operationOf(json)
  const relation = infix.get(operator)
  if (relation !== undefined) {
    const { left, right } = fieldsOf(operand, operator)
    const text = `${write(left, relation.left)} ${operator} ${write(right, relation.right)}`
    return bracketed(text, relation.own, needed)
  }
  if (methodsOfTwo.has(operator)) {
    const { left, right } = fieldsOf(operand, operator)
    return `${write(left, tightness.member)}.${operator}(${expressionText(right)})`
  }
  const special = writers.get(operator)
  return special === undefined ? writeCall(operator, operand) : special(operand, needed)
}

function bracketed(text: string, own: number, needed: number): string {
  return own < needed ? `(${text})` : text
}

const writers = new Map<string, (operand: unknown, needed: number) => string>([
  ['Value', valueText],
  ['Var', (operand) => String(operand)],
  ['Slot', (operand) => String(operand)],
  ['!', (operand, needed) => prefix('!', fieldsOf(operand, '!').arg, needed)],
  ['neg', (operand, needed) => prefix('-', fieldsOf(operand, 'neg').arg, needed)],
  ['isEmpty', (operand) => `${write(fieldsOf(operand, '').arg, tightness.member)}.isEmpty()`],
  ['if-then-else', choice],
  ['.', member],
  ['has', has],
  ['like', like],
  ['is', is],
  ['Set', (operand) => `[${listOf(operand, 'Set').map(expressionText).join(', ')}]`],
  ['Record', record],
])

function prefix(sign: string, arg: unknown, needed: number): string {
  return bracketed(`${sign}${write(arg, tightness.member)}`, tightness.unary, needed)
}

function choice(operand: unknown, needed: number): string {
  const fields = fieldsOf(operand, 'if-then-else')
  const [test, yes, no] = [fields.if, fields.then, fields.else].map(expressionText)
  return bracketed(`if ${test} then ${yes} else ${no}`, tightness.choice, needed)
}

function member(operand: unknown): string {
  const { left, attr } = fieldsOf(operand, '.')
  const of = write(left, tightness.member)
  return isName(attr) ? `${of}.${attr}` : `${of}[${quote(String(attr))}]`
}

function has(operand: unknown, needed: number): string {
  const { left, attr } = fieldsOf(operand, 'has')
  const path = Array.isArray(attr) ? attr.join('.') : isName(attr) ? attr : quote(String(attr))
  return bracketed(`${write(left, tightness.sum)} has ${path}`, tightness.relation, needed)
}

function like(operand: unknown, needed: number): string {
  const { left, pattern } = fieldsOf(operand, 'like')
  const parts = listOf(pattern, 'pattern').map((part) =>
    part === 'Wildcard'
      ? '*'
      : quote(String(fieldsOf(part, 'part').Literal))
          .slice(1, -1)
          .replaceAll('*', '\\*'),
  )
  const text = `${write(left, tightness.sum)} like "${parts.join('')}"`
  return bracketed(text, tightness.relation, needed)
}

function is(operand: unknown, needed: number): string {
  const fields = fieldsOf(operand, 'is')
  const within = fields.in === undefined ? '' : ` in ${write(fields.in, tightness.sum)}`
  const text = `${write(fields.left, tightness.sum)} is ${fields.entity_type}${within}`
  return bracketed(text, tightness.relation, needed)
}

function record(operand: unknown): string {
  const fields = Object.entries(fieldsOf(operand, 'Record'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${isName(name) ? name : quote(name)}: ${expressionText(value)}`)
  return `{${fields.join(', ')}}`
}

function writeCall(name: string, operand: unknown): string {
  const [first, ...more] = listOf(operand, name)
  if (constructors.has(name) || first === undefined)
    return `${name}(${listOf(operand, name).map(expressionText).join(', ')})`
  return `${write(first, tightness.member)}.${name}(${more.map(expressionText).join(', ')})`
}

function valueText(value: unknown, needed: number): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map((each) => valueText(each, 0)).join(', ')}]`
  if (typeof value !== 'object' || value === null)
    return bracketed(String(value), Number(value) < 0 ? tightness.unary : tightness.member, needed)
  const fields = fieldsOf(value, 'Value')
  if (fields.__entity !== undefined) {
    const { type, id } = fieldsOf(fields.__entity, '__entity')
    return entityText(String(type), String(id))
  }
  const entries = Object.entries(fields)
  return `{${entries.map(([name, each]) => `${quote(name)}: ${valueText(each, 0)}`).join(', ')}}`
}

/** What a scope asks of `variable`; empty where it asks nothing. */
export function scopeText(variable: string, { equal, within, type }: Scope): string {
  if (equal !== undefined) return `${variable} == ${keyText(equal)}`
  const is = type === undefined ? variable : `${variable} is ${type}`
  if (within === undefined) return type === undefined ? '' : is
  const [only, ...more] = within.map(keyText)
  return more.length === 0 && only !== undefined
    ? `${is} in ${only}`
    : `${is} in [${within.map(keyText).join(', ')}]`
}

function keyText(key: string): string {
  const { type, id } = EntityRef.fromKey(key)
  return entityText(type, id)
}

export function entityText(type: string, id: string): string {
  return `${type}::${quote(id)}`
}

function isName(text: unknown): text is string {
  return typeof text === 'string' && /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(text) && !reserved.has(text)
}

const reserved = new Set('true false if then else in is like has __cedar'.split(' '))

function quote(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
  return `"${escaped}"`
}
