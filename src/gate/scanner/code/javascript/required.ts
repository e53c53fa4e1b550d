// What a name stands for that is declared by an import: the full name of the module or member.
import type { Argument, BindingPattern, Expression } from 'oxc-parser'
import type { Context } from './context.ts'
import { memberName, moduleName } from './module-name.ts'

/**
 * Of `require('m')`, `require('m').a`, `await import('m')`, of what answers the module itself, and,
 * of what an import has named, `m.a`; null for all else.
 */
export function requiredName(context: Context, node: Expression | null): string | null {
  if (node === null) return null
  switch (node.type) {
    case 'CallExpression':
      return calledName(context, node.callee, node.arguments)
    case 'AwaitExpression':
      return node.argument.type === 'ImportExpression' ? requiredName(context, node.argument) : null
    case 'ImportExpression': {
      const specifier = constantText(node.source)
      return specifier === null ? null : moduleName(context.path, specifier)
    }
    case 'MemberExpression': {
      if (node.computed || node.property.type !== 'Identifier') return null
      const object = requiredName(context, node.object)
      return object === null ? null : memberName(object, node.property.name)
    }
    case 'Identifier': {
      const binding = context.scope.find(node.name)
      return binding !== null && 'symbol' in binding ? binding.symbol : null
    }
    default:
      return null
  }
}

function calledName(
  context: Context,
  callee: Expression,
  given: readonly Argument[],
): string | null {
  const [first] = given
  if (callee.type === 'MemberExpression') {
    const called = requiredName(context, callee)
    if (called === 'sqlite3.verbose') return 'sqlite3'
    const isAll = called?.endsWith('.promisifyAll') === true
    return isAll && first !== undefined && first.type !== 'SpreadElement'
      ? requiredName(context, first)
      : null
  }
  if (callee.type !== 'Identifier' || first === undefined || first.type === 'SpreadElement') {
    return null
  }
  if (isInterop(callee.name)) return requiredName(context, first)
  if (callee.name !== 'require' || context.scope.find('require') !== null) return null
  const specifier = constantText(first)
  return specifier === null ? null : moduleName(context.path, specifier)
}

/** Compilers wrap imports in these. */
const isInterop = (name: string): boolean =>
  /^_?_?(?:import(?:Default|Star)|interopRequire(?:Default|Wildcard))$/.test(name)

export function constantText(node: Expression): string | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null
  if (node.type !== 'TemplateLiteral' || node.expressions.length > 0) return null
  return node.quasis[0]?.value.cooked ?? null
}

/** Makes aliases of the names in a pattern; false where it holds more than names. */
export function aliasPattern(context: Context, pattern: BindingPattern, name: string): boolean {
  if (pattern.type === 'Identifier') {
    context.scope.alias(pattern.name, name)
    context.imports.set(pattern.name, name)
    return true
  }
  if (pattern.type !== 'ObjectPattern') return false
  const isPlain = pattern.properties.every(
    (property) =>
      property.type === 'Property' &&
      !property.computed &&
      property.key.type === 'Identifier' &&
      (property.value.type === 'Identifier' || property.value.type === 'ObjectPattern'),
  )
  if (!isPlain) return false
  for (const property of pattern.properties) {
    if (property.type !== 'Property' || property.key.type !== 'Identifier') continue
    aliasPattern(context, property.value, memberName(name, property.key.name))
  }
  return true
}
