// What values are assigned to, and what names mean where they are read.
import type { Expression, Place } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { callMethod, constantOf, type Lowering, type Span, spanOf } from './lowering.ts'
import { firstChild } from './reading.ts'
import type { Meaning, Scope } from './scope.ts'

export function readName(file: Lowering, name: string, span: Span): Expression {
  return expressionOf(file.meaning(name), name, span)
}

function expressionOf(meaning: Meaning, name: string, span: Span): Expression {
  const place = spanOf(span)
  if (meaning.kind === 'self') return { op: 'self', ...place }
  if (meaning.kind === 'symbol') return { op: 'symbol', name: meaning.name, ...place }
  if (meaning.kind === 'local') return { op: 'local', name: meaning.id, ...place }
  return { op: 'field', object: classOf(meaning.owner, span), name, ...place }
}

/** The class itself, as others see it: `Outer.Inner`. */
export function classOf(scope: Scope, span: Span): Expression {
  const [first = '', ...rest] = scope.name.split('.')
  return rest.reduce<Expression>(
    (object, name) => ({ op: 'field', object, name, ...spanOf(span) }),
    { op: 'local', name: first, ...spanOf(span) },
  )
}

/** Adds the statements that put a value where `target` says. */
export function assignTo(file: Lowering, target: SyntaxNode, value: Expression): void {
  const { syntax } = file
  const kind = syntax.kind(target)
  if (sequenceKinds.has(kind)) {
    assignAll(file, syntax.children(target), value)
    return
  }
  if (kind === 'parenthesized_expression' || kind === 'as_pattern_target') {
    const inner = firstChild(syntax, target)
    if (inner !== null) assignTo(file, inner, value)
    return
  }
  const place = placeOf(file, target)
  if (place === null) {
    if (value.op !== 'constant') evaluate(file, value)
  } else if (place.op === 'slice') {
    evaluate(file, callMethod(place.object, 'extend', [value], file.span(target)))
  } else {
    file.assign(place, value)
    if (place.op === 'index' && isForeign(place.object)) {
      evaluate(file, callMethod(place.object, '__setitem__', [place.key, value], place))
    }
  }
}

/** Models know what it means to put something into `flask.session`, which is no mere map. */
function isForeign(object: Expression): boolean {
  if (object.op === 'symbol') return true
  return object.op === 'field' && (telling.has(object.name) || isForeign(object.object))
}

const telling = new Set(['session', 'config', 'headers'])

const sequenceKinds = new Set(['pattern_list', 'tuple_pattern', 'list_pattern', 'tuple', 'list'])

const evaluate = (file: Lowering, value: Expression): void => {
  file.out.push({ op: 'evaluate', value, at: value.at, end: value.end })
}

interface Slice {
  op: 'slice'
  object: Expression
}

/** Null for what cannot be assigned to. */
function placeOf(file: Lowering, target: SyntaxNode): Place | Slice | null {
  const { syntax } = file
  if (syntax.kind(target) === 'subscript') {
    const key = syntax.field(target, 'subscript')
    if (key !== null && syntax.kind(key) === 'slice') {
      return { op: 'slice', object: file.expressionOf(syntax.field(target, 'value'), target) }
    }
  }
  const place = file.expression(target)
  return place.op === 'local' || place.op === 'field' || place.op === 'index' ? place : null
}

function assignAll(file: Lowering, targets: readonly SyntaxNode[], value: Expression): void {
  const { syntax } = file
  const star = targets.findIndex((target) => splats.has(syntax.kind(target)))
  const elements = value.op === 'list' && !value.elements.some(({ spread }) => spread)
  if (elements && star < 0 && value.elements.length === targets.length) {
    // All values first: `a, b = b, a`.
    const held = value.elements.map((element) => kept(file, element.value))
    for (const [index, target] of targets.entries()) {
      const one = held[index]
      if (one !== undefined) assignTo(file, target, one)
    }
    return
  }
  const whole = file.held(value, 'unpacked')
  for (const [index, target] of targets.entries()) {
    const span = file.span(target)
    const at = (key: number): Expression => constantOf(key, span)
    if (index === star) {
      const inner = firstChild(syntax, target)
      const rest = callMethod(whole, '__getitem__', [at(index)], span)
      if (inner !== null) assignTo(file, inner, rest)
    } else {
      const key = star >= 0 && index > star ? at(index - targets.length) : at(index)
      assignTo(file, target, { op: 'index', object: whole, key, ...span })
    }
  }
}

const splats = new Set(['list_splat_pattern', 'list_splat'])

/** Constants need no place of their own; a local may be assigned before it is read. */
const kept = (file: Lowering, value: Expression): Expression => {
  if (value.op !== 'local') return file.held(value, 'element')
  const copy = file.temporary('element', value)
  file.assign(copy, value)
  return copy
}
