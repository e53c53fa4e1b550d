// Statements that form a scope, and the forms that several kinds of statements use.
import type { Statement as Line, Span } from 'oxc-parser'
import type { Expression, Statement } from '../ir/ir.ts'
import { type Context, place } from './context.ts'
import { hoistBlock } from './hoist.ts'

/** In the scope at hand. */
export function blockStatements(context: Context, nodes: readonly Line[]): Statement[] {
  hoistBlock(context, nodes)
  return context.statements(nodes)
}

export function innerBlock(context: Context, nodes: readonly Line[]): Statement[] {
  return context.within(false, () => blockStatements(context, nodes))
}

/** The statements of a branch, with or without braces. */
export function branch(context: Context, node: Line): Statement[] {
  return node.type === 'BlockStatement'
    ? innerBlock(context, node.body)
    : context.statements([node])
}

export const evaluate = (value: Expression, node: Span): Statement => ({
  op: 'evaluate',
  value,
  ...place(node),
})

export const block = (label: string | null, body: readonly Statement[], node: Span): Statement => ({
  op: 'block',
  label,
  body,
  ...place(node),
})
