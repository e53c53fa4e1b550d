// Control flow: if, for, while, try, with.
import type { Expression, Statement, Try } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { lowerEach } from './comprehension.ts'
import { guarding } from './guard.ts'
import { type Lowering, spanOf } from './lowering.ts'
import { firstChild } from './reading.ts'
import { assignTo } from './target.ts'
import { dottedName } from './type-name.ts'

export function lowerIf(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const clauses = [node, ...syntax.fields(node, 'alternative')]
  // A chain of thousands is cut into chains that follow one another: who goes down the result
  // would go too deep.
  for (let index = 0; index < clauses.length; index += chainMax) {
    lowerChain(file, clauses.slice(index, index + chainMax))
  }
}

const chainMax = 60

function lowerChain(file: Lowering, [clause, ...rest]: readonly SyntaxNode[]): void {
  if (clause === undefined) return
  const { syntax } = file
  const condition = syntax.field(clause, 'condition')
  if (condition === null) {
    file.out.push(...file.block(syntax.field(clause, 'body')))
    return
  }
  const test = file.expression(condition)
  const then = [...guarding(file, test, true), ...file.block(syntax.field(clause, 'consequence'))]
  const otherwise = [...guarding(file, test, false), ...file.gather(() => lowerChain(file, rest))]
  file.out.push({ op: 'if', test, then, else: otherwise, ...file.span(clause) })
}

export function lowerFor(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const from = file.expressionOf(syntax.field(node, 'right'), node)
  withElse(file, node, () => {
    lowerEach(file, syntax.field(node, 'left'), from, file.span(node), () => {
      file.out.push(...file.block(syntax.field(node, 'body')))
    })
  })
}

export function lowerWhile(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const condition = syntax.field(node, 'condition')
  let test: Expression | null = null
  const before = file.gather(() => {
    test = condition === null ? null : endless(file, file.expression(condition))
  })
  withElse(file, node, () => {
    file.out.push({
      op: 'loop',
      before,
      test,
      each: null,
      body: file.block(syntax.field(node, 'body')),
      after: before,
      atLeastOnce: false,
      ...file.span(node),
    })
  })
}

/** An endless loop of a generator ends when nobody asks for more. */
function endless(file: Lowering, test: Expression): Expression {
  if (file.yielded === null || test.op !== 'constant') return test
  return { op: 'unknown', parts: [], ...spanOf(test) }
}

/** `else` of a loop runs unless `break` left it: then `break` leaves a block around both. */
function withElse(file: Lowering, node: SyntaxNode, lowerLoop: () => void): void {
  const { syntax } = file
  const otherwise = syntax.field(node, 'alternative')
  const outer = file.breakLabel
  if (otherwise === null) {
    file.breakLabel = null
    lowerLoop()
    file.breakLabel = outer
    return
  }
  const label = `else${node}`
  file.breakLabel = label
  const body = file.gather(() => {
    lowerLoop()
    file.breakLabel = outer
    file.out.push(...file.block(syntax.field(otherwise, 'body')))
  })
  file.out.push({ op: 'block', label, body, ...file.span(node) })
}

export function lowerTry(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const body = file.block(syntax.field(node, 'body'))
  const handlers: Try['handlers'][number][] = []
  let last: Statement[] = []
  for (const clause of syntax.children(node)) {
    const kind = syntax.kind(clause)
    if (kind === 'except_clause') handlers.push(lowerHandler(file, clause))
    else if (kind === 'else_clause') body.push(...file.block(syntax.field(clause, 'body')))
    else if (kind === 'finally_clause') last = file.block(syntax.childOf(clause, 'block'))
  }
  file.out.push({ op: 'try', body, handlers, finally: last, ...file.span(node) })
}

function lowerHandler(file: Lowering, clause: SyntaxNode): Try['handlers'][number] {
  const { syntax } = file
  const [value = null, old = null] = syntax.fields(clause, 'value')
  const isNamed = value !== null && syntax.kind(value) === 'as_pattern'
  const caught = isNamed ? firstChild(syntax, value) : value
  const alias = isNamed ? syntax.field(value, 'alias') : old
  const types =
    caught === null
      ? []
      : (syntax.kind(caught) === 'tuple' ? syntax.children(caught) : [caught])
          .map((type) => dottedName(file, type))
          .filter((type) => type !== null)
  const meaning = alias === null ? null : file.meaning(syntax.textOf(alias))
  return {
    name: meaning?.kind === 'local' ? meaning.id : null,
    types,
    body: file.block(syntax.childOf(clause, 'block')),
  }
}

/** What a context manager gives is taken for itself: files, connections and locks do so. */
export function lowerWith(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const clause = syntax.childOf(node, 'with_clause')
  for (const item of clause === null ? [] : syntax.children(clause)) {
    const value = syntax.field(item, 'value')
    if (value === null) continue
    const alias = syntax.kind(value) === 'as_pattern' ? syntax.field(value, 'alias') : null
    const given = file.expression(value)
    if (alias !== null) assignTo(file, alias, given)
    else file.out.push({ op: 'evaluate', value: given, ...spanOf(given) })
  }
  const body = syntax.field(node, 'body')
  if (body !== null) for (const child of syntax.children(body)) file.statement(child)
}
