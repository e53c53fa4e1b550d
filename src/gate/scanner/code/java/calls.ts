// Calls of Java: methods, constructors, lambdas and references to methods.
import type { Argument, Expression, Parameter, Statement } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { type Context, functionOf } from './context.ts'
import { outerSelf, reference } from './identifiers.ts'
import { lowerParameters } from './parameters.ts'

export function lowerInvocation(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const name = syntax.field(node, 'name')
  if (name === null) return context.unknown(node)
  return {
    op: 'call',
    callee: calleeOf(context, node, name),
    arguments: lowerArguments(context, syntax.field(node, 'arguments')),
    isNew: false,
    ...context.place(node),
  }
}

function calleeOf(context: Context, node: SyntaxNode, nameNode: SyntaxNode): Expression {
  const { syntax } = context
  const name = syntax.textOf(nameNode)
  const object = syntax.field(node, 'object')
  const place = { at: syntax.start(node), end: syntax.end(nameNode) }
  if (object !== null) {
    const isSuper = syntax.kind(object) === 'super' || syntax.childOf(node, 'super') !== null
    const receiver: Expression = isSuper
      ? { op: 'self', ...place }
      : context.expression(object, node)
    return { op: 'field', object: receiver, name, ...place }
  }
  const found = context.scope.method(name)
  if (found !== null) return reference(context, nameNode, name, found)
  const imported = context.names.imports.get(name)
  if (imported !== undefined) {
    const owner = imported.slice(0, -name.length - 1)
    return { op: 'field', object: { op: 'symbol', name: owner, ...place }, name, ...place }
  }
  const classes = context.scope.classes()
  const inherits = classes.findIndex((members) => members.inherits)
  const [wildcard] = context.names.staticWildcards
  if (wildcard !== undefined && inherits < 0) {
    return { op: 'field', object: { op: 'symbol', name: wildcard, ...place }, name, ...place }
  }
  return { op: 'field', object: outerSelf(Math.max(0, inherits), place), name, ...place }
}

export function lowerArguments(context: Context, list: SyntaxNode | null): Argument[] {
  if (list === null) return []
  return context.syntax.children(list).map((child) => ({
    value: context.expression(child, list),
    name: null,
    spread: false,
  }))
}

export function lowerCreation(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const type = context.names.typeOf(syntax.field(node, 'type')) ?? ''
  const args = lowerArguments(context, syntax.field(node, 'arguments'))
  const body = syntax.childOf(node, 'class_body')
  const place = context.place(node)
  let name = type
  if (body !== null) {
    const anonymous = context.anonymousType(body, type)
    context.pending.push(anonymous)
    name = anonymous.name
  }
  return {
    op: 'call',
    callee: { op: 'symbol', name, ...place },
    arguments: args,
    isNew: true,
    ...place,
  }
}

export function lowerLambda(context: Context, node: SyntaxNode): Expression {
  const { syntax, scope } = context
  const place = context.place(node)
  scope.enterBlock()
  const parameters = lambdaParameters(context, syntax.field(node, 'parameters'))
  const bodyNode = syntax.field(node, 'body')
  const isBlock = bodyNode !== null && syntax.kind(bodyNode) === 'block'
  const body = isBlock ? context.block(bodyNode) : returned(context, bodyNode, node)
  scope.leave()
  return { op: 'lambda', function: functionOf({ parameters, body, ...place }), ...place }
}

function returned(context: Context, value: SyntaxNode | null, node: SyntaxNode): Statement[] {
  const at = value ?? node
  return [
    { op: 'return', value: context.expression(value, node), label: null, ...context.place(at) },
  ]
}

function lambdaParameters(context: Context, list: SyntaxNode | null): Parameter[] {
  if (list === null) return []
  const { syntax } = context
  if (syntax.kind(list) === 'formal_parameters') return lowerParameters(context, list)
  const names = syntax.kind(list) === 'identifier' ? [list] : syntax.children(list)
  return names.map((name) => ({
    name: context.scope.declare(syntax.textOf(name)),
    type: null,
    default: null,
    rest: null,
    annotations: [],
    ...context.place(name),
  }))
}
