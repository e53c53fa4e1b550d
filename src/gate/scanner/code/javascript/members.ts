// Names and members: locals, what is imported, what the platform provides.
import type { Expression as Code, MemberExpression, Span } from 'oxc-parser'
import type { Expression } from '../ir/ir.ts'
import { type Context, constant, field, place, symbol } from './context.ts'

export function lowerName(context: Context, name: string, node: Span): Expression {
  const binding = context.scope.find(name)
  if (binding !== null) {
    return 'symbol' in binding
      ? symbol(binding.symbol, node)
      : { op: 'local', name: binding.local, ...place(node) }
  }
  if (name === 'undefined') return constant(null, node)
  if (name === 'exports') return field(symbol('module', node), 'exports', node)
  if (name === 'arguments' && context.parameters.length > 0) return allParameters(context, node)
  return symbol(name, node)
}

export function lowerMember(context: Context, node: MemberExpression): Expression {
  const name = propertyName(node)
  const object = node.object
  if (object.type === 'Identifier' && context.scope.find(object.name) === null) {
    const found = name === null ? null : globalMember(context, object.name, name, node)
    if (found !== null) return found
    if (object.name === 'arguments') {
      const parameter = numbered(context, node)
      if (parameter !== null) return parameter
    }
  }
  const lowered = context.expression(object)
  if (name !== null) return field(lowered, name, node)
  const { property } = node
  if (property.type === 'PrivateIdentifier') return field(lowered, `private ${property.name}`, node)
  return { op: 'index', object: lowered, key: context.expression(property), ...place(node) }
}

/** `a.b` and `a['b']`; null where the key is no constant text. */
export function propertyName({ property, computed }: MemberExpression): string | null {
  if (!computed) return property.type === 'Identifier' ? property.name : null
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null
}

const globalObjects = new Set(['window', 'globalThis', 'global', 'self', 'top', 'parent'])

/** `window.x` is `x`; `document.location` is `location`. */
function globalMember(
  context: Context,
  object: string,
  name: string,
  node: Span,
): Expression | null {
  if (globalObjects.has(object)) {
    if (globalObjects.has(name)) return symbol('window', node)
    const implicit = context.module.has(name) ? context.module.find(name) : null
    return implicit !== null && 'local' in implicit && context.implicit.has(name)
      ? { op: 'local', name: implicit.local, ...place(node) }
      : symbol(name, node)
  }
  return object === 'document' && name === 'location' ? symbol('location', node) : null
}

function numbered(context: Context, { property, computed }: MemberExpression): Expression | null {
  if (!computed || property.type !== 'Literal' || typeof property.value !== 'number') return null
  const name = context.parameters[property.value]
  return name === undefined ? null : { op: 'local', name, ...place(property) }
}

function allParameters(context: Context, node: Span): Expression {
  const elements = context.parameters.map((name) => ({
    value: { op: 'local', name, ...place(node) } as const,
    name: null,
    spread: false,
  }))
  return { op: 'list', elements, ...place(node) }
}

/** The global object of the page's address: what is assigned to it is gone to. */
export const isLocation = (value: Expression): boolean =>
  value.op === 'symbol' && value.name === 'location'

export function isThisOrNothing(node: Code): boolean {
  if (node.type === 'ThisExpression') return true
  if (node.type === 'Literal') return node.value === null
  return node.type === 'Identifier' && node.name === 'undefined'
}
