// Operators, by the names that the intermediate representation has for them.
import type { Expression } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { callMethod, constantOf, type Lowering, type Span } from './lowering.ts'
import { between } from './reading.ts'
import { lowerPercent } from './text.ts'

/** Long chains (`a + b + …`) lean to the left: they are gone down in a loop, not in recursion. */
export function lowerBinary(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const chain: SyntaxNode[] = []
  let leftmost: SyntaxNode | null = node
  while (leftmost !== null && syntax.kind(leftmost) === 'binary_operator') {
    chain.push(leftmost)
    leftmost = syntax.field(leftmost, 'left')
  }
  // What is too long for whoever goes down the result is joined in a tree of less depth.
  let value = file.expressionOf(leftmost, node)
  let joined: Expression[] = []
  for (const link of chain.reverse()) {
    const [left, right] = [syntax.field(link, 'left'), syntax.field(link, 'right')]
    if (left === null || right === null) {
      value = file.unknown(link, [value])
      continue
    }
    value = binary(file, between(syntax, left, right), value, right, file.span(link))
    if (chain.length > chainMax && joined.push(value) >= chainMax) {
      value = file.held(value, 'sum')
      joined = []
    }
  }
  return value
}

const chainMax = 50

function binary(
  file: Lowering,
  operator: string,
  left: Expression,
  right: SyntaxNode,
  span: Span,
): Expression {
  if (operator === '%' && left.op === 'constant' && typeof left.value === 'string') {
    const template = lowerPercent(file, left.value, right, span)
    if (template !== null) return template
  }
  const value = file.expression(right)
  // Paths are joined with it, too: only types tell, and types come with calls.
  if (operator === '/' && left.op !== 'constant' && !isNumber(value)) {
    return callMethod(left, '__truediv__', [value], span)
  }
  return {
    op: 'binary',
    operator: operators.get(operator) ?? operator,
    left,
    right: value,
    ...span,
  }
}

const isNumber = (value: Expression): boolean =>
  value.op === 'constant' && typeof value.value === 'number'

const operators = new Map([
  ['@', '*'],
  ['<>', '!='],
  ['is', '=='],
  ['is not', '!='],
])

/** Of `x op= y`. */
export const plainOperator = (assignment: string): string => {
  const operator = assignment.slice(0, -1)
  return operators.get(operator) ?? operator
}

export function lowerBoolean(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const [left = null, right = null] = syntax.children(node)
  if (left === null || right === null) return file.expressionOf(left, node)
  const isAnd = between(syntax, left, right) === 'and'
  return {
    op: 'binary',
    operator: isAnd ? '&&' : '||',
    left: file.expression(left),
    right: file.expression(right),
    ...file.span(node),
  }
}

export function lowerUnary(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const argument = syntax.field(node, 'argument')
  if (argument === null) return file.unknown(node, [])
  const written = syntax.text.slice(syntax.start(node), syntax.start(argument)).trim()
  const operand = file.expression(argument)
  if (written === '-' && operand.op === 'constant' && typeof operand.value === 'number') {
    return constantOf(-operand.value, file.span(node))
  }
  const operator = written.startsWith('not') ? '!' : written
  return { op: 'unary', operator, operand, ...file.span(node) }
}

/** `a < b < c` is `a < b and b < c` with b read once. */
export function lowerComparison(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const [first = null, ...rest] = syntax.children(node)
  if (rest.length > chainMax) {
    return file.unknown(
      node,
      [first, ...rest].flatMap((one) => (one === null ? [] : [file.expression(one)])),
    )
  }
  let left = file.expressionOf(first, node)
  let before = first
  let all: Expression | null = null
  for (const next of rest) {
    if (before === null) break
    const operator = between(syntax, before, next)
    const right = file.expression(next)
    const shared = next === rest.at(-1) ? right : file.held(right, 'compared')
    const span = { at: left.at, end: right.end }
    const test = comparison(operator, left, shared, span)
    all = all === null ? test : { op: 'binary', operator: '&&', left: all, right: test, ...span }
    left = shared
    before = next
  }
  return all ?? left
}

export function comparison(
  operator: string,
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  if (operator === 'not in') {
    const operand: Expression = { op: 'binary', operator: 'in', left, right, ...span }
    return { op: 'unary', operator: '!', operand, ...span }
  }
  return { op: 'binary', operator: operators.get(operator) ?? operator, left, right, ...span }
}
