// Method references: functions without parameters or a body of their own.
import type { Argument, Expression, Local, Parameter, Statement } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { type Context, functionOf } from './context.ts'
import { isTypeLike } from './names.ts'

/**
 * `this::m` and `T::m` of a type of the file are the method itself. Of other objects it is a
 * function that calls it; `T::m` may be a static method or one of its first argument, which only
 * the type could tell: it does both.
 */
export function lowerMethodReference(context: Context, node: SyntaxNode): Expression {
  const { syntax, names, scope } = context
  const [owner, member] = syntax.children(node)
  if (owner === undefined) return context.unknown(node)
  const place = context.place(node)
  const name = member === undefined ? null : syntax.textOf(member)
  const type = isTypeNode(context, owner) ? (names.typeOf(owner) ?? '') : null
  const object: Expression =
    type === null
      ? context.expression(owner, node)
      : { op: 'symbol', name: type, ...context.place(owner) }
  const isOwn = type !== null && names.declared(type.slice(type.lastIndexOf('.') + 1)) !== null
  if (isOwn || object.op === 'self') {
    return name === null ? object : { op: 'field', object, name, ...place }
  }
  scope.enterBlock()
  const it: Local = { op: 'local', name: scope.declare('$it'), ...place }
  scope.leave()
  const given = [{ value: it, name: null, spread: false }]
  const direct = callOf(object, name, given, place)
  if (type === null || name === null) return functionTo(direct, it)
  const cast: Expression = { op: 'cast', type, value: it, ...place }
  return functionTo(
    {
      op: 'conditional',
      test: { op: 'unknown', parts: [], ...place },
      // biome-ignore lint/suspicious/noThenProperty: the contract of the representation
      then: callOf(cast, name, [], place),
      else: direct,
      ...place,
    },
    it,
  )
}

/** Without a name, of a constructor. */
function callOf(
  on: Expression,
  name: string | null,
  given: readonly Argument[],
  place: { at: number; end: number },
): Expression {
  if (name === null) return { op: 'call', callee: on, arguments: given, isNew: true, ...place }
  const callee = { op: 'field', object: on, name, ...place } as const
  return { op: 'call', callee, arguments: given, isNew: false, ...place }
}

function functionTo(value: Expression, { name, at, end }: Local): Expression {
  const place = { at, end }
  const own = { name, type: null, default: null, rest: null, annotations: [], ...place }
  const parameters: Parameter[] = [own]
  const body: Statement[] = [{ op: 'return', value, label: null, ...place }]
  return { op: 'lambda', function: functionOf({ parameters, body, ...place }), ...place }
}

function isTypeNode({ syntax, scope }: Context, node: SyntaxNode): boolean {
  const kind = syntax.kind(node)
  if (kind === 'identifier') {
    const name = syntax.textOf(node)
    return scope.variable(name) === null && isTypeLike(name)
  }
  return kind.endsWith('_type') || kind.endsWith('type_identifier')
}
