// Expressions.
import type { Argument, Expression, List, MapLiteral } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { lowerCall } from './call.ts'
import { lowerComprehension } from './comprehension.ts'
import { lowerLambda } from './function.ts'
import { guarding } from './guard.ts'
import { numberOf } from './literal.ts'
import { callMethod, constantOf, type Lowering, positional, type Span } from './lowering.ts'
import { lowerBinary, lowerBoolean, lowerComparison, lowerUnary } from './operator.ts'
import { firstChild } from './reading.ts'
import { assignTo, readName } from './target.ts'
import { lowerText } from './text.ts'

export function lowerExpression(file: Lowering, node: SyntaxNode): Expression {
  return (kinds.get(file.syntax.kind(node)) ?? lowerUnknown)(file, node)
}

type Lower = (file: Lowering, node: SyntaxNode) => Expression

const inner: Lower = (file, node) => file.expressionOf(firstChild(file.syntax, node), node)

const constant =
  (value: string | number | boolean | null): Lower =>
  (file, node) =>
    constantOf(value, file.span(node))

const kinds = new Map<string, Lower>([
  ['identifier', lowerName],
  ['dotted_name', lowerDotted],
  ['string', lowerText],
  ['concatenated_string', lowerText],
  ['integer', lowerNumber],
  ['float', lowerNumber],
  ['true', constant(true)],
  ['false', constant(false)],
  ['none', constant(null)],
  ['ellipsis', constant(null)],
  ['parenthesized_expression', inner],
  ['interpolation', inner],
  ['attribute', lowerAttribute],
  ['subscript', lowerSubscript],
  ['slice', lowerUnknown],
  ['call', lowerCall],
  ['lambda', lowerLambda],
  ['list', lowerList],
  ['set', lowerList],
  ['tuple', lowerList],
  ['expression_list', lowerList],
  ['pattern_list', lowerList],
  ['list_pattern', lowerList],
  ['tuple_pattern', lowerList],
  ['dictionary', lowerDictionary],
  ['list_comprehension', lowerComprehension],
  ['set_comprehension', lowerComprehension],
  ['dictionary_comprehension', lowerComprehension],
  ['generator_expression', lowerComprehension],
  ['binary_operator', lowerBinary],
  ['boolean_operator', lowerBoolean],
  ['comparison_operator', lowerComparison],
  ['unary_operator', lowerUnary],
  ['not_operator', lowerUnary],
  ['conditional_expression', lowerConditional],
  ['named_expression', lowerNamed],
  ['await', lowerAwait],
  ['yield', lowerYield],
  ['as_pattern', inner],
  ['list_splat', inner],
  ['list_splat_pattern', inner],
  ['dictionary_splat', inner],
  // What stands in place of a value in code that is not yet finished.
  ['assignment', lowerAssignment],
  ['type', inner],
])

function lowerUnknown(file: Lowering, node: SyntaxNode): Expression {
  const parts = file.syntax.children(node).map((child) => file.expression(child))
  return file.unknown(node, parts)
}

/** What is imported by its name is a member of its module, and may be known as its property. */
function lowerName(file: Lowering, node: SyntaxNode): Expression {
  const value = readName(file, file.syntax.textOf(node), file.span(node))
  const dot = value.op === 'symbol' ? value.name.lastIndexOf('.') : -1
  if (value.op !== 'symbol' || dot <= 0) return value
  const object: Expression = { ...value, name: value.name.slice(0, dot) }
  return { op: 'field', object, name: value.name.slice(dot + 1), at: value.at, end: value.end }
}

function lowerNumber(file: Lowering, node: SyntaxNode): Expression {
  const value = numberOf(file.syntax.textOf(node))
  return value === null ? file.unknown(node, []) : constantOf(value, file.span(node))
}

function lowerDotted(file: Lowering, node: SyntaxNode): Expression {
  const [first, ...rest] = file.syntax.children(node)
  return rest.reduce<Expression>(
    (object, child) => ({
      op: 'field',
      object,
      name: file.syntax.textOf(child),
      at: object.at,
      end: file.syntax.end(child),
    }),
    file.expressionOf(first ?? null, node),
  )
}

function lowerAttribute(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const name = syntax.field(node, 'attribute')
  const object = file.expressionOf(syntax.field(node, 'object'), node)
  return { op: 'field', object, name: name === null ? '' : syntax.textOf(name), ...file.span(node) }
}

function lowerSubscript(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const object = file.expressionOf(syntax.field(node, 'value'), node)
  const keys = syntax.fields(node, 'subscript')
  const [key = null] = keys
  const span = file.span(node)
  if (key !== null && keys.length === 1) {
    if (syntax.kind(key) === 'slice') return lowerSlice(file, object, key, span)
    return { op: 'index', object, key: file.expression(key), ...span }
  }
  const list: List = {
    op: 'list',
    elements: keys.map((child) => positional(file.expression(child))),
    ...span,
  }
  return { op: 'index', object, key: list, ...span }
}

/** `x[a:b:c]` is the call `x.__getitem__(a, b, c)`; what is left out is None. */
function lowerSlice(file: Lowering, object: Expression, slice: SyntaxNode, span: Span): Expression {
  const { syntax } = file
  const bounds: Expression[] = []
  let from = syntax.start(slice)
  for (const child of syntax.children(slice)) {
    const colons = syntax.text
      .slice(from, syntax.start(child))
      .replace(/#[^\n]*/g, '')
      .split(':')
    const missing = colons.length - 1 - (bounds.length === 0 ? 0 : 1)
    for (let count = 0; count < missing; count++) bounds.push(constantOf(null, span))
    bounds.push(file.expression(child))
    from = syntax.end(child)
  }
  return callMethod(object, '__getitem__', bounds, span)
}

function lowerList(file: Lowering, node: SyntaxNode): Expression {
  const elements = file.syntax.children(node).map((child): Argument => {
    const kind = file.syntax.kind(child)
    const spread = kind === 'list_splat' || kind === 'list_splat_pattern'
    return { value: file.expression(child), name: null, spread }
  })
  return { op: 'list', elements, ...file.span(node) }
}

function lowerDictionary(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const entries = syntax.children(node).map((child): MapLiteral['entries'][number] => {
    if (syntax.kind(child) !== 'pair') return { key: null, value: file.expression(child) }
    const key = file.expressionOf(syntax.field(child, 'key'), child)
    return { key, value: file.expressionOf(syntax.field(child, 'value'), child) }
  })
  return { op: 'map', entries, ...file.span(node) }
}

function lowerConditional(file: Lowering, node: SyntaxNode): Expression {
  const [chosen = null, test = null, otherwise = null] = file.syntax.children(node)
  const condition = file.expressionOf(test, node)
  const then = guarded(file, condition, true, file.expressionOf(chosen, node))
  const last = guarded(file, condition, false, file.expressionOf(otherwise, node))
  return { op: 'conditional', test: condition, then, else: last, ...file.span(node) }
}

function guarded(file: Lowering, test: Expression, holds: boolean, value: Expression): Expression {
  const first = guarding(file, test, holds).flatMap((one) =>
    one.op === 'evaluate' ? [one.value] : [],
  )
  if (first.length === 0) return value
  return { op: 'sequence', values: [...first, value], at: value.at, end: value.end }
}

function lowerNamed(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const value = file.expressionOf(syntax.field(node, 'value'), node)
  const name = syntax.field(node, 'name')
  const target = name === null ? null : readName(file, syntax.textOf(name), file.span(name))
  if (target?.op !== 'local' && target?.op !== 'field') return value
  return { op: 'assign', target, value, ...file.span(node) }
}

/** `a = b = value`: the inner assignment is a statement before, its target the value. */
function lowerAssignment(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const right = syntax.field(node, 'right')
  if (right === null) return file.unknown(node, [])
  const value = file.held(file.expression(right), 'value')
  const left = syntax.field(node, 'left')
  if (left !== null) assignTo(file, left, value)
  return value
}

function lowerAwait(file: Lowering, node: SyntaxNode): Expression {
  const operand = file.expressionOf(firstChild(file.syntax, node), node)
  return { op: 'unary', operator: 'await', operand, ...file.span(node) }
}

/** The value goes to what the generator gives, and what is sent into it is not known. */
function lowerYield(file: Lowering, node: SyntaxNode): Expression {
  const { syntax, yielded } = file
  const child = firstChild(syntax, node)
  const span = file.span(node)
  const value = child === null ? constantOf(null, span) : file.expression(child)
  if (yielded === null) return value
  if (yielded.isSingle) file.assign(yielded.into, value)
  else {
    const isMany = /^yield\s+from\b/.test(syntax.textOf(node))
    const add = callMethod(yielded.into, isMany ? 'extend' : 'append', [value], span)
    file.out.push({ op: 'evaluate', value: add, ...span })
  }
  return { op: 'unknown', parts: [], ...span }
}
