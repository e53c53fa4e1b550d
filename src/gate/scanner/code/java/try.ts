// `try` of Java, with resources or without.
import type { Statement, Try } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import type { Context } from './context.ts'

export function lowerTry(context: Context, node: SyntaxNode): Statement[] {
  const { syntax, scope } = context
  scope.enterBlock()
  const resources = syntax.field(node, 'resources')
  const opened =
    resources === null
      ? []
      : syntax.children(resources).flatMap((resource) => openResource(context, resource))
  const body = context.block(syntax.field(node, 'body'))
  scope.leave()
  const clauses = syntax.children(node)
  const handlers = clauses
    .filter((clause) => syntax.kind(clause) === 'catch_clause')
    .map((clause) => lowerCatch(context, clause))
  const last = clauses.find((clause) => syntax.kind(clause) === 'finally_clause')
  const finallyBlock = last === undefined ? null : syntax.childOf(last, 'block')
  return [
    {
      op: 'try',
      body: [...opened, ...body],
      handlers,
      finally: context.block(finallyBlock),
      ...context.place(node),
    },
  ]
}

function openResource(context: Context, resource: SyntaxNode): Statement[] {
  const { syntax } = context
  const name = syntax.field(resource, 'name')
  if (name === null) return []
  const value = context.expression(syntax.field(resource, 'value'), resource)
  const type = context.names.typeOf(syntax.field(resource, 'type'))
  const local = context.scope.declare(syntax.textOf(name))
  return [{ op: 'declare', name: local, type, value, ...context.place(resource) }]
}

function lowerCatch(context: Context, clause: SyntaxNode): Try['handlers'][number] {
  const { syntax, scope } = context
  const parameter = syntax.childOf(clause, 'catch_formal_parameter')
  scope.enterBlock()
  const nameNode = parameter === null ? null : syntax.field(parameter, 'name')
  const name = nameNode === null ? null : scope.declare(syntax.textOf(nameNode))
  const types = parameter === null ? null : syntax.childOf(parameter, 'catch_type')
  const handler = {
    name,
    types:
      types === null
        ? []
        : syntax.children(types).flatMap((type) => context.names.typeOf(type) ?? []),
    body: context.block(syntax.field(clause, 'body')),
  }
  scope.leave()
  return handler
}
