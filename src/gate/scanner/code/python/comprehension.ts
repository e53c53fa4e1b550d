// Comprehensions and generator expressions: loops before the statement, which fill a list or map.
import type { Expression, Local, Statement } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { callMethod, type Lowering } from './lowering.ts'
import { firstChild } from './reading.ts'
import { assignTo } from './target.ts'

export function lowerComprehension(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const span = file.span(node)
  const isMap = syntax.kind(node) === 'dictionary_comprehension'
  const result = file.temporary(isMap ? 'map' : 'list', span)
  const empty: Expression = isMap
    ? { op: 'map', entries: [], ...span }
    : { op: 'list', elements: [], ...span }
  file.assign(result, empty)
  const clauses = syntax.children(node).filter((child) => {
    return ['for_in_clause', 'if_clause'].includes(syntax.kind(child))
  })
  file.within(node, () => lowerClauses(file, node, clauses, result))
  return result
}

function lowerClauses(
  file: Lowering,
  node: SyntaxNode,
  clauses: readonly SyntaxNode[],
  result: Local,
): void {
  const { syntax } = file
  const [clause, ...rest] = clauses
  if (clause === undefined) {
    addElement(file, node, result)
    return
  }
  const span = file.span(clause)
  if (syntax.kind(clause) === 'if_clause') {
    const test = file.expressionOf(firstChild(syntax, clause), clause)
    const then = file.gather(() => lowerClauses(file, node, rest, result))
    file.out.push({ op: 'if', test, then, else: [], ...span })
    return
  }
  const left = syntax.field(clause, 'left')
  const from = file.expressionOf(syntax.field(clause, 'right'), clause)
  lowerEach(file, left, from, span, () => lowerClauses(file, node, rest, result))
}

function addElement(file: Lowering, node: SyntaxNode, result: Local): void {
  const { syntax } = file
  const body = syntax.field(node, 'body')
  if (body === null) return
  if (syntax.kind(body) !== 'pair') {
    const add = callMethod(result, 'append', [file.expression(body)], file.span(body))
    file.out.push({ op: 'evaluate', value: add, ...file.span(body) })
    return
  }
  const key = file.expressionOf(syntax.field(body, 'key'), body)
  const value = file.expressionOf(syntax.field(body, 'value'), body)
  file.assign({ op: 'index', object: result, key, ...file.span(body) }, value)
}

/** `for left in from`: adds the loop, and gives it what `fill` adds. */
export function lowerEach(
  file: Lowering,
  left: SyntaxNode | null,
  from: Expression,
  span: { at: number; end: number },
  fill: () => void,
): void {
  const into = file.temporary('element', left === null ? span : file.span(left))
  const body: Statement[] = file.gather(() => {
    if (left !== null) assignTo(file, left, into)
    fill()
  })
  const each = { from, what: 'elements' as const, into }
  const { at, end } = span
  file.out.push({
    op: 'loop',
    before: [],
    test: null,
    each,
    body,
    after: [],
    atLeastOnce: false,
    at,
    end,
  })
}
