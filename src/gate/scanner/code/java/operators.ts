// Operators and assignments. Chains of one operator, which generated code makes very long, are
// lowered in a loop instead of by recursion.
import type { Expression, Place } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import type { Context } from './context.ts'

export function lowerBinary(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const spine: SyntaxNode[] = []
  let leftmost: SyntaxNode | null = node
  while (leftmost !== null && syntax.kind(leftmost) === 'binary_expression') {
    spine.push(leftmost)
    leftmost = syntax.field(leftmost, 'left')
  }
  let value = context.expression(leftmost, node)
  for (const binary of spine.reverse()) {
    const left = syntax.field(binary, 'left')
    const right = syntax.field(binary, 'right')
    value = {
      op: 'binary',
      operator: operatorBetween(context, left, right),
      left: value,
      right: context.expression(right, binary),
      ...context.place(binary),
    }
  }
  return value
}

export function lowerUnary(context: Context, node: SyntaxNode): Expression {
  const operand = context.syntax.field(node, 'operand')
  const operator = context.syntax.text[context.syntax.start(node)] ?? '!'
  return {
    op: 'unary',
    operator,
    operand: context.expression(operand, node),
    ...context.place(node),
  }
}

/** `i++` is the new value less one, so that it has the old one. */
export function lowerUpdate(context: Context, node: SyntaxNode): Expression {
  const place = context.place(node)
  const [operand] = context.syntax.children(node)
  const target = asPlace(operand === undefined ? null : context.expression(operand, node))
  if (target === null) return context.unknown(node)
  const written = context.syntax.textOf(node)
  const [forth, back] = written.includes('++') ? ['+', '-'] : ['-', '+']
  const one: Expression = { op: 'constant', value: 1, ...place }
  const changed: Expression = { op: 'binary', operator: forth, left: target, right: one, ...place }
  const assign: Expression = { op: 'assign', target, value: changed, ...place }
  if (/^(?:\+\+|--)/.test(written)) return assign
  return { op: 'binary', operator: back, left: assign, right: one, ...place }
}

export function lowerAssignment(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const left = syntax.field(node, 'left')
  const right = syntax.field(node, 'right')
  const target = asPlace(context.expression(left, node))
  const value = context.expression(right, node)
  if (target === null) return context.unknown(node, [value])
  const operator = operatorBetween(context, left, right).slice(0, -1)
  const place = context.place(node)
  if (operator === '') return { op: 'assign', target, value, ...place }
  return {
    op: 'assign',
    target,
    value: { op: 'binary', operator, left: target, right: value, ...place },
    ...place,
  }
}

export function asPlace(value: Expression | null): Place | null {
  if (value === null) return null
  return value.op === 'local' || value.op === 'field' || value.op === 'index' ? value : null
}

function operatorBetween(
  { syntax }: Context,
  left: SyntaxNode | null,
  right: SyntaxNode | null,
): string {
  if (left === null || right === null) return '+'
  return syntax.text
    .slice(syntax.end(left), syntax.start(right))
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|\s+/g, '')
}
