// Texts: literals and f-strings, and what `%` and `.format` make of a literal, which is a template
// like any other.
import type { Argument, Expression, Template } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { unescaped } from './literal.ts'
import { callBuiltin, constantOf, type Lowering, type Span, spanOf } from './lowering.ts'
import { firstChild } from './reading.ts'

/** `string` and `concatenated_string`. */
export function lowerText(file: Lowering, node: SyntaxNode): Expression {
  return templateOf(partsOf(file, node), file.span(node))
}

function partsOf(file: Lowering, node: SyntaxNode): Expression[] {
  const { syntax } = file
  if (syntax.kind(node) === 'concatenated_string') {
    return syntax.children(node).flatMap((child) => partsOf(file, child))
  }
  if (syntax.kind(node) !== 'string') return [file.expression(node)]
  const start = firstChild(syntax, node)
  const prefix = start === null ? '' : syntax.textOf(start).toLowerCase()
  // Python 2 wrote `repr(x)` so.
  if (prefix === '`') return [file.unknown(node, [])]
  const isRaw = prefix.includes('r')
  const isTemplate = /[ft]/.test(prefix)
  return syntax.children(node).flatMap((child): Expression[] => {
    const kind = syntax.kind(child)
    if (kind === 'interpolation') return interpolated(file, child)
    if (kind !== 'string_content') return []
    const raw = syntax.textOf(child)
    const text = isRaw ? raw : unescaped(raw)
    return [constantOf(isTemplate ? text.replace(/([{}])\1/g, '$1') : text, file.span(child))]
  })
}

function interpolated(file: Lowering, node: SyntaxNode): Expression[] {
  const { syntax } = file
  const inner = syntax.field(node, 'expression')
  if (inner === null) return []
  const value = file.expression(inner)
  const format = syntax.field(node, 'format_specifier')
  if (format === null) return [value]
  if (isNumeric(syntax.textOf(format).slice(1))) return [callBuiltin('float', [value], value)]
  const nested = syntax
    .children(format)
    .map((child) => syntax.field(child, 'expression'))
    .filter((child) => child !== null)
  return [value, ...nested.map((child) => file.expression(child))]
}

/** Format codes for numbers, which refuse everything else. */
const isNumeric = (format: string): boolean => /^[^{}]*[bcdoxXneEfFgG%]$/.test(format)

/** Constants that stand side by side become one; a template of one constant is that constant. */
export function templateOf(parts: readonly Expression[], span: Span): Expression {
  const merged: Expression[] = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (last?.op === 'constant' && part.op === 'constant' && typeof last.value === 'string') {
      merged[merged.length - 1] = constantOf(last.value + String(part.value), {
        at: last.at,
        end: part.end,
      })
    } else merged.push(part)
  }
  const [only] = merged
  if (only === undefined) return constantOf('', span)
  if (merged.length === 1 && only.op === 'constant' && typeof only.value === 'string') {
    return constantOf(only.value, span)
  }
  const template: Template = { op: 'template', parts: merged, ...spanOf(span) }
  return template
}

/** Longer texts, of which no pattern is known to end soon, are left to what is known of calls. */
const formatMax = 4000

/** `'… %s …' % values` with a literal text; null where the text is not understood. */
export function lowerPercent(
  file: Lowering,
  format: string,
  values: SyntaxNode,
  span: Span,
): Expression | null {
  const { syntax } = file
  if (format.length > formatMax) return null
  const pieces = [
    ...format.matchAll(
      /([^%]*)(?:%(?:\(([^)]*)\))?([-+ #0]*(?:\*|\d*)(?:\.(?:\*|\d*))?[hlL]?)([a-zA-Z%]))?/g,
    ),
  ].filter(([whole]) => whole !== '')
  if (pieces.map(([whole]) => whole).join('') !== format) return null
  const fields = pieces.filter(([, , , , code]) => code !== undefined && code !== '%')
  if (fields.some(([, , , width]) => width?.includes('*'))) return null
  const isTuple = syntax.kind(values) === 'tuple'
  const given = isTuple
    ? syntax.children(values).map((child) => file.expression(child))
    : [formatted(file, values)]
  const [first] = given
  if (first === undefined) return null
  let next = 0
  const parts = pieces.flatMap(([, text = '', name, , code]): Expression[] => {
    const before = text === '' ? [] : [constantOf(text, span)]
    if (code === undefined) return before
    if (code === '%') return [...before, constantOf('%', span)]
    const position = name ?? next++
    const value =
      isTuple || (name === undefined && fields.length === 1)
        ? (given[Number(position)] ?? first)
        : indexed(first, position, span)
    return [
      ...before,
      'diouxXeEfFgGc'.includes(code) ? callBuiltin('float', [value], value) : value,
    ]
  })
  return templateOf(parts, span)
}

/** A literal map is taken apart by its keys; anything else may be read several times. */
function formatted(file: Lowering, values: SyntaxNode): Expression {
  const value = file.expression(values)
  return value.op === 'map' ? value : file.held(value, 'values')
}

const indexed = (object: Expression, key: string | number, span: Span): Expression =>
  object.op === 'map' && typeof key === 'string'
    ? (object.entries.find((entry) => entry.key?.op === 'constant' && entry.key.value === key)
        ?.value ?? object)
    : { op: 'index', object, key: constantOf(key, span), ...spanOf(span) }

/** `'… {} …'.format(…)` with a literal text; null where it is left a call. */
export function lowerFormat(
  format: string,
  values: readonly Argument[],
  span: Span,
): Expression | null {
  if (format.length > formatMax || values.some(({ spread }) => spread)) return null
  const pieces = [
    ...format.matchAll(
      /((?:[^{}]|\{\{|\}\})+)|\{([^{}!:]*)(![rsa])?(?::((?:[^{}]|\{[^{}]*\})*))?\}/g,
    ),
  ]
  if (pieces.map(([whole]) => whole).join('') !== format) return null
  const named = new Map(values.map(({ name, value }, index) => [name ?? String(index), value]))
  let next = 0
  const parts: Expression[] = []
  for (const [, text, field = '', , code] of pieces) {
    if (text !== undefined) {
      parts.push(constantOf(text.replace(/([{}])\1/g, '$1'), span))
      continue
    }
    const [name = ''] = /^[^.[]*/.exec(field) ?? []
    const path = [...field.slice(name.length).matchAll(/\.(\w+)|\[([^\]]*)\]/g)]
    const value = named.get(name === '' ? String(next++) : name)
    if (value === undefined) return null
    const reached = path.reduce<Expression>(
      (object, [, attribute, key = '']) =>
        attribute === undefined
          ? indexed(object, /^\d+$/.test(key) ? Number(key) : key, value)
          : { op: 'field', object, name: attribute, ...spanOf(value) },
      value,
    )
    parts.push(code && isNumeric(code) ? callBuiltin('float', [reached], reached) : reached)
  }
  return templateOf(parts, span)
}
