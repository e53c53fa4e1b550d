// Values written out: objects, lists, patterns, numbers and texts.
import type { ArrayExpression, Expression as Code, ObjectExpression, Span } from 'oxc-parser'
import type { Expression, MapLiteral } from '../ir/ir.ts'
import { argumentOf } from './arguments.ts'
import { type AnyFunction, type Context, constant, place, symbol } from './context.ts'
import { isSlowPattern } from './slow-pattern.ts'

type Literal = Extract<Code, { type: 'Literal' }>

export function lowerLiteral(node: Literal): Expression {
  if ('regex' in node) {
    const { pattern, flags } = node.regex
    const given = [constant(pattern, node), constant(flags, node)]
    return {
      op: 'call',
      callee: symbol(isSlowPattern(pattern) ? 'RegExp:slow' : 'RegExp', node),
      arguments: given.map((value) => ({ value, name: null, spread: false })),
      isNew: true,
      ...place(node),
    }
  }
  if ('bigint' in node) return constant(Number(node.bigint), node)
  return constant(node.value, node)
}

export function lowerList(context: Context, node: ArrayExpression): Expression {
  const elements = node.elements.map((element) =>
    element === null
      ? { value: constant(null, node), name: null, spread: false }
      : argumentOf(context, element),
  )
  return { op: 'list', elements, ...place(node) }
}

/** A getter's value stands where the property would; setters are functions of their own. */
export function lowerObject(context: Context, node: ObjectExpression): Expression {
  const entries: MapLiteral['entries'][number][] = []
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      entries.push({ key: null, value: context.expression(property.argument) })
      continue
    }
    const name = keyName(property)
    const isSetter = property.kind === 'set'
    const key =
      name === null
        ? context.expression(property.key as Code)
        : constant(isSetter ? `set ${name}` : name, property.key)
    const value = named(context, property.value, name ?? '')
    entries.push({ key, value: property.kind === 'get' ? calledAtOnce(value, property) : value })
  }
  return { op: 'map', entries, ...place(node) }
}

interface Keyed {
  key: { type: string }
  computed: boolean
}

/** Of members of objects and classes; null where only running it tells. */
export function keyName({ key, computed }: Keyed): string | null {
  const node = key as { type: string; name?: string; value?: unknown }
  if (node.type === 'PrivateIdentifier') return `private ${node.name ?? ''}`
  if (!computed && node.type === 'Identifier') return node.name ?? ''
  if (node.type !== 'Literal') return null
  return typeof node.value === 'string' || typeof node.value === 'number'
    ? String(node.value)
    : null
}

/** A function takes the name of what it is given to, which tells people where they are. */
export function named(context: Context, node: Code, name: string): Expression {
  const isFunction = node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression'
  if (isFunction) return lambda(context, node, node.id?.name ?? name)
  return name === ''
    ? context.expression(node)
    : context.withPurpose([name], () => context.expression(node))
}

export const lambda = (context: Context, node: AnyFunction, name: string): Expression => ({
  op: 'lambda',
  function: context.function(node, { name }),
  ...place(node),
})

const calledAtOnce = (callee: Expression, node: Span): Expression => ({
  op: 'call',
  callee,
  arguments: [],
  isNew: false,
  ...place(node),
})
