// What a name in an expression of Java stands for: a local, a member, a type, or part of the full
// name of a type.
import type { Expression } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import type { Context } from './context.ts'
import { isTypeLike } from './names.ts'
import type { Found } from './scope.ts'

export function lowerIdentifier(context: Context, node: SyntaxNode): Expression {
  const name = context.syntax.textOf(node)
  const place = context.place(node)
  const found = context.scope.variable(name)
  if (found !== null) return reference(context, node, name, found)
  const declared = context.names.declared(name)
  if (declared !== null) return { op: 'symbol', name: declared, ...place }
  const imported = context.names.imports.get(name)
  if (imported !== undefined) return memberOfImport(imported, name, place)
  if (isTypeLike(name) && !/^[A-Z][A-Z\d_]+$/.test(name)) {
    return { op: 'symbol', name: context.names.type(name), ...place }
  }
  return unknownName(context, node, name)
}

/** `org.example.Type`: no field has fields of fields that are written with a capital. */
const packageName = /^[a-z_]\w*(?:(?:\s*\.\s*[a-z_]\w*)+\s*\.\s*[A-Z]|\s*\.\s*[A-Z]\w*[a-z])/
const packageMax = 300

/** A static import names a member; an import names a type. */
function memberOfImport(
  full: string,
  name: string,
  place: { at: number; end: number },
): Expression {
  const owner = full.slice(0, -name.length - 1)
  const last = owner.slice(owner.lastIndexOf('.') + 1)
  if (!isTypeLike(last)) return { op: 'symbol', name: full, ...place }
  return { op: 'field', object: { op: 'symbol', name: owner, ...place }, name, ...place }
}

function unknownName(context: Context, node: SyntaxNode, name: string): Expression {
  const place = context.place(node)
  const [wildcard, ...others] = context.names.staticWildcards
  if (/^[A-Z]/.test(name) && wildcard !== undefined && others.length === 0) {
    return { op: 'field', object: { op: 'symbol', name: wildcard, ...place }, name, ...place }
  }
  const inherits = context.scope.classes().findIndex((members) => members.inherits)
  const following = context.syntax.text.slice(place.at, place.at + packageMax)
  if (inherits >= 0 && !isTypeLike(name) && !packageName.test(following)) {
    return { op: 'field', object: outerSelf(inherits, place), name, ...place }
  }
  if (isTypeLike(name)) return { op: 'symbol', name: context.names.type(name), ...place }
  return { op: 'symbol', name, ...place }
}

export function reference(
  context: Context,
  node: SyntaxNode,
  name: string,
  found: Found,
): Expression {
  const place = context.place(node)
  if (found.kind === 'local') return { op: 'local', name: found.name, ...place }
  const object: Expression = found.isStatic
    ? { op: 'symbol', name: found.members.type, ...place }
    : outerSelf(found.depth, place)
  return { op: 'field', object, name, ...place }
}

/** `this` of a class around: each object knows the one in which it was made. */
export function outerSelf(depth: number, place: { at: number; end: number }): Expression {
  let object: Expression = { op: 'self', ...place }
  for (let level = 0; level < depth; level++) {
    object = { op: 'field', object, name: '$outer', ...place }
  }
  return object
}

/** `a.b.c`: a field of a value, a member of a type, or the full name of a type. */
export function lowerFieldAccess(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const object = syntax.field(node, 'object')
  const field = syntax.field(node, 'field')
  if (object === null || field === null) return context.unknown(node)
  const place = context.place(node)
  if (syntax.kind(field) === 'this') return qualifiedSelf(context, object, node)
  const name = syntax.textOf(field)
  if (syntax.kind(object) === 'super') {
    return { op: 'field', object: { op: 'self', ...place }, name, ...place }
  }
  const value = context.expression(object, node)
  if (value.op === 'symbol' && isPackage(value.name)) {
    return { op: 'symbol', name: `${value.name}.${name}`, ...place }
  }
  // `Outer.Inner` is a type of the file or, by its capital, one elsewhere.
  if (value.op === 'symbol' && /^[A-Z].*[a-z]/.test(name)) {
    return { op: 'symbol', name: `${value.name}.${name}`, ...place }
  }
  return { op: 'field', object: value, name, ...place }
}

function isPackage(name: string): boolean {
  return !isTypeLike(name.slice(name.lastIndexOf('.') + 1))
}

export function qualifiedSelf(context: Context, type: SyntaxNode, node: SyntaxNode): Expression {
  const full = context.names.dottedType(context.syntax.textOf(type))
  const depth = context.scope.classes().findIndex((members) => members.type === full)
  return outerSelf(Math.max(0, depth), context.place(node))
}
