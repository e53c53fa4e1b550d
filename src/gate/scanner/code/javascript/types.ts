// Types as they are written, as far as they tell which library a value comes from.
import type { Expression, TSType, TSTypeAnnotation, TSTypeName } from 'oxc-parser'
import type { Context } from './context.ts'
import { requiredName } from './required.ts'

export function annotatedType(
  context: Context,
  annotation: TSTypeAnnotation | null | undefined,
): string | null {
  return annotation ? typeName(context, annotation.typeAnnotation) : null
}

/** Full name of what was imported, the name as written otherwise; null where there is none. */
export function typeName(context: Context, type: TSType): string | null {
  switch (type.type) {
    case 'TSStringKeyword':
      return 'String'
    case 'TSNumberKeyword':
      return 'Number'
    case 'TSBooleanKeyword':
      return 'Boolean'
    case 'TSArrayType':
    case 'TSTupleType':
      return 'Array'
    case 'TSParenthesizedType':
      return typeName(context, type.typeAnnotation)
    case 'TSTypeOperator':
      return type.operator === 'readonly' ? typeName(context, type.typeAnnotation) : null
    case 'TSUnionType':
      return onlyOne(context, type.types)
    case 'TSIntersectionType':
      return type.types.map((part) => typeName(context, part)).find((name) => name !== null) ?? null
    case 'TSTypeReference': {
      const [inner] = type.typeArguments?.params ?? []
      const name = referenceName(context, type.typeName)
      return inner !== undefined && transparent.has(name) ? typeName(context, inner) : name
    }
    default:
      return null
  }
}

/** The value, or what is awaited of it, is of the type between the angles. */
const transparent = new Set([
  'Promise',
  'Readonly',
  'Partial',
  'Required',
  'NonNullable',
  'Awaited',
])

function onlyOne(context: Context, types: readonly TSType[]): string | null {
  const [first, ...more] = types.filter(
    ({ type }) => type !== 'TSNullKeyword' && type !== 'TSUndefinedKeyword',
  )
  if (first === undefined) return null
  const name = typeName(context, first)
  return more.every((other) => typeName(context, other) === name) ? name : null
}

function referenceName(context: Context, name: TSTypeName): string {
  if (name.type === 'ThisExpression') return 'this'
  if (name.type === 'TSQualifiedName') {
    return `${referenceName(context, name.left)}.${name.right.name}`
  }
  return nameOf(context, name.name)
}

function nameOf(context: Context, name: string): string {
  const binding = context.scope.find(name)
  if (binding === null) return name
  return 'symbol' in binding ? binding.symbol : binding.local
}

/** Full name of what a class extends or a decorator is, where it is one: `React.Component`. */
export function expressionName(context: Context, node: Expression): string | null {
  if (node.type === 'Identifier') return nameOf(context, node.name)
  if (node.type === 'CallExpression') return requiredName(context, node)
  if (node.type !== 'MemberExpression' || node.computed) return null
  const object = expressionName(context, node.object)
  return object === null || node.property.type !== 'Identifier'
    ? null
    : `${object}.${node.property.name}`
}
