// `match`: a switch where all patterns are plain values, otherwise tests that also bind names.
import type { Case, Expression, Statement } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { callMethod, constantOf, type Lowering, spanOf } from './lowering.ts'
import { firstChild } from './reading.ts'
import { readName } from './target.ts'

export function lowerMatch(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const subjects = syntax.fields(node, 'subject')
  const [only = null] = subjects
  const value: Expression =
    subjects.length === 1
      ? file.expressionOf(only, node)
      : {
          op: 'list',
          elements: subjects.map((child) => ({
            value: file.expression(child),
            name: null,
            spread: false,
          })),
          ...file.span(node),
        }
  const subject = file.held(value, 'subject')
  const body = syntax.field(node, 'body')
  const clauses = body === null ? [] : syntax.fields(body, 'alternative')
  const cases = clauses.map((clause) => plainCase(file, clause))
  if (cases.every((one) => one !== null)) {
    const lowered = cases.map(({ tests, clause }) => lowerCase(file, tests, clause))
    file.out.push({ op: 'switch', subject, cases: lowered, ...file.span(node) })
    return
  }
  // As for chains of `elif`.
  for (let index = 0; index < clauses.length; index += chainMax) {
    lowerTests(file, clauses.slice(index, index + chainMax), subject)
  }
}

const chainMax = 60

interface PlainCase {
  tests: SyntaxNode[]
  clause: SyntaxNode
}

/** Null where a pattern is more than a value or `_`. */
function plainCase(file: Lowering, clause: SyntaxNode): PlainCase | null {
  const { syntax } = file
  const patterns = syntax.children(clause).filter((child) => syntax.kind(child) === 'case_pattern')
  const [pattern] = patterns
  if (pattern === undefined || patterns.length > 1 || syntax.field(clause, 'guard') !== null) {
    return null
  }
  if (syntax.textOf(pattern) === '_') return { tests: [], clause }
  const inner = firstChild(syntax, pattern)
  if (inner === null || isNegative(file, pattern)) return null
  const tests = syntax.kind(inner) === 'union_pattern' ? syntax.children(inner) : [inner]
  return tests.every((test) => isValue(file, test)) ? { tests, clause } : null
}

/** `case -1`: the sign belongs to the pattern, not to the number in it. */
const isNegative = (file: Lowering, pattern: SyntaxNode): boolean =>
  file.syntax.textOf(pattern).startsWith('-')

function isValue(file: Lowering, pattern: SyntaxNode): boolean {
  const { syntax } = file
  if (values.has(syntax.kind(pattern))) return true
  return syntax.kind(pattern) === 'dotted_name' && syntax.textOf(pattern).includes('.')
}

const values = new Set([
  'string',
  'concatenated_string',
  'integer',
  'float',
  'true',
  'false',
  'none',
])

function lowerCase(file: Lowering, tests: readonly SyntaxNode[], clause: SyntaxNode): Case {
  return {
    tests: tests.map((test) => file.expression(test)),
    body: file.block(file.syntax.field(clause, 'consequence')),
    fallsThrough: false,
    ...file.span(clause),
  }
}

function lowerTests(
  file: Lowering,
  [clause, ...rest]: readonly SyntaxNode[],
  subject: Expression,
): void {
  if (clause === undefined) return
  const { syntax } = file
  const span = file.span(clause)
  const patterns = syntax.children(clause).filter((child) => syntax.kind(child) === 'case_pattern')
  const guard = syntax.field(clause, 'guard')
  const tests = patterns.map((pattern, index) => {
    const part: Expression =
      patterns.length === 1
        ? subject
        : { op: 'index', object: subject, key: constantOf(index, span), ...span }
    return testOf(file, pattern, part)
  })
  const condition = guard === null ? null : firstChild(syntax, guard)
  if (condition !== null) tests.push(file.expression(condition))
  const test = conjunction(tests, span)
  const then = file.block(syntax.field(clause, 'consequence'))
  const otherwise: Statement[] = file.gather(() => lowerTests(file, rest, subject))
  file.out.push({ op: 'if', test, then, else: otherwise, ...span })
}

type Span = { at: number; end: number }

const conjunction = (tests: readonly Expression[], span: Span): Expression =>
  tests.length === 0
    ? constantOf(true, span)
    : tests.reduce((left, right) => ({
        op: 'binary',
        operator: '&&',
        left,
        right,
        ...spanOf(span),
      }))

/** Whether `subject` matches; names are bound as a part of the test. */
function testOf(file: Lowering, pattern: SyntaxNode, subject: Expression): Expression {
  const { syntax } = file
  const span = file.span(pattern)
  const kind = syntax.kind(pattern)
  const children = syntax.children(pattern)
  const [first = null] = children
  if (isValue(file, pattern)) {
    const right = file.expression(pattern)
    return { op: 'binary', operator: '==', left: subject, right, ...span }
  }
  switch (kind) {
    case 'case_pattern':
      if (first === null) return constantOf(syntax.textOf(pattern) === '_', span)
      return isNegative(file, pattern) ? unknownTest(span) : testOf(file, first, subject)
    case 'dotted_name':
    case 'identifier':
      return bindName(file, syntax.textOf(pattern), subject, span)
    case 'union_pattern':
      return children
        .map((child) => testOf(file, child, subject))
        .reduce((left, right) => ({ op: 'binary', operator: '||', left, right, ...span }))
    case 'as_pattern': {
      const name = children.at(-1)
      const tests = first === null ? [] : [testOf(file, first, subject)]
      if (name !== undefined) tests.push(bindName(file, syntax.textOf(name), subject, span))
      return conjunction(tests, span)
    }
    default:
      return conjunction([unknownTest(span), ...partsOf(file, pattern, subject)], span)
  }
}

const unknownTest = (span: Span): Expression => ({ op: 'unknown', parts: [], ...span })

/** Of patterns that look inside: lists, maps and classes. */
function partsOf(file: Lowering, pattern: SyntaxNode, subject: Expression): Expression[] {
  const { syntax } = file
  const kind = syntax.kind(pattern)
  const span = file.span(pattern)
  const children = syntax.children(pattern)
  if (kind === 'dict_pattern') {
    const keys = syntax.fields(pattern, 'key')
    return syntax.fields(pattern, 'value').map((value, index) => {
      const keyNode = keys[index] ?? null
      const key = keyNode === null ? constantOf(null, span) : file.expression(keyNode)
      return testOf(file, value, { op: 'index', object: subject, key, ...span })
    })
  }
  const isClass = kind === 'class_pattern'
  return (isClass ? children.slice(1) : children).map((child, index) => {
    const named = syntax.childOf(child, 'keyword_pattern')
    if (named !== null) return attributeTest(file, named, subject)
    if (isClass) return testOf(file, child, subject)
    const splat = syntax.childOf(child, 'splat_pattern')
    const name = splat === null ? null : firstChild(syntax, splat)
    if (splat !== null) {
      const rest = callMethod(subject, '__getitem__', [constantOf(index, span)], span)
      return name === null
        ? constantOf(true, span)
        : bindName(file, syntax.textOf(name), rest, span)
    }
    const key = constantOf(index, span)
    return testOf(file, child, { op: 'index', object: subject, key, ...span })
  })
}

function attributeTest(file: Lowering, pattern: SyntaxNode, subject: Expression): Expression {
  const { syntax } = file
  const span = file.span(pattern)
  const [name, value] = syntax.children(pattern)
  if (name === undefined || value === undefined) return unknownTest(span)
  return testOf(file, value, { op: 'field', object: subject, name: syntax.textOf(name), ...span })
}

/** Binds, and is true whatever was bound. */
function bindName(file: Lowering, name: string, value: Expression, span: Span): Expression {
  const target = readName(file, name, span)
  if (target.op !== 'local' && target.op !== 'field') return constantOf(true, span)
  const assign: Expression = { op: 'assign', target, value, ...spanOf(span) }
  return { op: 'sequence', values: [assign, constantOf(true, span)], ...spanOf(span) }
}
