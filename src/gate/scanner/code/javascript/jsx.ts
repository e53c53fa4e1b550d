// JSX. `<A b={c}>{d}</A>` is the call `react.createElement(A, { b: c }, d)`, whatever library the
// file uses; a name in small letters is a text, as it is there. Fragments are `react.Fragment`.
import type {
  Expression as Code,
  JSXAttributeItem,
  JSXChild,
  JSXElement,
  JSXElementName,
  JSXFragment,
  Span,
} from 'oxc-parser'
import type { Argument, Expression, MapLiteral } from '../ir/ir.ts'
import { type Context, constant, field, place, symbol } from './context.ts'
import { lowerName } from './members.ts'

export function lowerElement(context: Context, node: JSXElement): Expression {
  const { name, attributes } = node.openingElement
  const entries = attributes.map((attribute) => lowerAttribute(context, attribute))
  const properties: Expression = { op: 'map', entries, ...place(node.openingElement) }
  return create(lowerType(context, name), properties, lowerChildren(context, node.children), node)
}

export function lowerFragment(context: Context, node: JSXFragment): Expression {
  const properties: Expression = { op: 'map', entries: [], ...place(node.openingFragment) }
  const type = symbol('react.Fragment', node.openingFragment)
  return create(type, properties, lowerChildren(context, node.children), node)
}

function create(
  type: Expression,
  properties: Expression,
  children: readonly Expression[],
  node: Span,
): Expression {
  const given = [type, properties, ...children]
  return {
    op: 'call',
    callee: symbol('react.createElement', node),
    arguments: given.map((value): Argument => ({ value, name: null, spread: false })),
    isNew: false,
    ...place(node),
  }
}

function lowerType(context: Context, name: JSXElementName): Expression {
  if (name.type === 'JSXNamespacedName') {
    return constant(`${name.namespace.name}:${name.name.name}`, name)
  }
  if (name.type === 'JSXMemberExpression') {
    return field(lowerType(context, name.object), name.property.name, name)
  }
  const isTag = /^[a-z]/.test(name.name) && name.name !== 'this'
  if (isTag && context.scope.find(name.name) === null) return constant(name.name, name)
  return name.name === 'this' ? { op: 'self', ...place(name) } : lowerName(context, name.name, name)
}

function lowerAttribute(
  context: Context,
  attribute: JSXAttributeItem,
): MapLiteral['entries'][number] {
  if (attribute.type === 'JSXSpreadAttribute') {
    return { key: null, value: context.expression(attribute.argument) }
  }
  const { name, value } = attribute
  const text =
    name.type === 'JSXIdentifier' ? name.name : `${name.namespace.name}:${name.name.name}`
  const key = constant(text, name)
  if (value === null) return { key, value: constant(true, attribute) }
  return { key, value: lowerValue(context, value) ?? constant(null, attribute) }
}

function lowerChildren(context: Context, children: readonly JSXChild[]): Expression[] {
  return children.flatMap((child) => lowerValue(context, child) ?? [])
}

/** Null for white space and comments. */
function lowerValue(context: Context, node: JSXChild | Code): Expression | null {
  switch (node.type) {
    case 'JSXText':
      return /\S/.test(node.value) ? constant(node.value, node) : null
    case 'JSXExpressionContainer':
      return node.expression.type === 'JSXEmptyExpression'
        ? null
        : context.expression(node.expression)
    case 'JSXSpreadChild':
      return context.expression(node.expression)
    default:
      return context.expression(node)
  }
}
