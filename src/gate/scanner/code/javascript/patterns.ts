// Takes values apart as patterns say, into plain assignments or declarations of locals.
import type {
  AssignmentTargetMaybeDefault,
  BindingPattern,
  Expression as Code,
  Span,
} from 'oxc-parser'
import type { Expression, Statement } from '../ir/ir.ts'
import { type Context, constant, field, place, spanOf } from './context.ts'

/** What a pattern holds at its ends: a name, or in assignments also `a.b`. */
export type Pattern = BindingPattern | AssignmentTargetMaybeDefault
export type End = Exclude<Pattern, { type: 'ArrayPattern' | 'ObjectPattern' | 'AssignmentPattern' }>

/** Gives one end of the pattern its value. */
type Put = (target: End, value: Expression) => void

/**
 * Calls `put` for each end of `pattern` in order. `keep` remembers a value that is read more than
 * once and gives what to read it from.
 */
export function takeApart(
  context: Context,
  pattern: Pattern,
  value: Expression,
  { put, keep }: { put: Put; keep: (value: Expression) => Expression },
): void {
  const inner = (part: Pattern, from: Expression) => takeApart(context, part, from, { put, keep })
  switch (pattern.type) {
    case 'AssignmentPattern':
      inner(pattern.left, {
        op: 'binary',
        operator: '??',
        left: value,
        right: context.expression(pattern.right),
        ...place(pattern),
      })
      return
    case 'ObjectPattern': {
      const source = readable(value) || pattern.properties.length < 2 ? value : keep(value)
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') inner(property.argument, copyOf(source, property))
        else inner(property.value, memberOf(context, source, property))
      }
      return
    }
    case 'ArrayPattern': {
      const source = readable(value) || pattern.elements.length < 2 ? value : keep(value)
      for (const [index, element] of pattern.elements.entries()) {
        if (element === null) continue
        if (element.type === 'RestElement') inner(element.argument, restOf(source, index, element))
        else {
          const key = constant(index, element)
          inner(element, { op: 'index', object: source, key, ...place(element) })
        }
      }
      return
    }
    default:
      put(pattern, value)
  }
}

/** Reading it again does nothing more and gives the same. */
function readable(value: Expression): boolean {
  if (value.op === 'field') return readable(value.object)
  return value.op === 'local' || value.op === 'symbol' || value.op === 'self'
}

interface Property extends Span {
  key: { type: string }
  computed: boolean
}

function memberOf(context: Context, source: Expression, property: Property): Expression {
  const { computed } = property
  const key = property.key as { type: string; name?: string; value?: unknown }
  if (!computed && key.type === 'Identifier') return field(source, key.name ?? '', property)
  if (key.type === 'Literal' && typeof key.value === 'string') {
    return field(source, key.value, property)
  }
  const value = context.expression(property.key as Code)
  return { op: 'index', object: source, key: value, ...place(property) }
}

const copyOf = (source: Expression, node: Span): Expression => ({
  op: 'map',
  entries: [{ key: null, value: source }],
  ...place(node),
})

const restOf = (source: Expression, from: number, node: Span): Expression => ({
  op: 'call',
  callee: field(source, 'slice', node),
  arguments: [{ value: constant(from, node), name: null, spread: false }],
  isNew: false,
  ...place(node),
})

/** Statements that declare the locals of a pattern. `declare` makes one of them. */
export function declarePattern(
  context: Context,
  pattern: BindingPattern,
  value: Expression,
  declare: (name: string, value: Expression, node: Span) => Statement,
): Statement[] {
  const statements: Statement[] = []
  const put: Put = (target, part) => {
    if (target.type === 'Identifier') statements.push(declare(target.name, part, target))
  }
  const keep = (whole: Expression): Expression => {
    const local = context.temporary(spanOf(whole))
    const { at, end } = whole
    statements.push({ op: 'declare', name: local.name, type: null, value: whole, at, end })
    return local
  }
  takeApart(context, pattern, value, { put, keep })
  return statements
}
