// Expressions of Java.
import type { Argument, Expression, IrFunction } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { lowerArguments, lowerCreation, lowerInvocation, lowerLambda } from './calls.ts'
import { type Context, functionOf } from './context.ts'
import { lowerFieldAccess, lowerIdentifier } from './identifiers.ts'
import { numberOf, textOf } from './literals.ts'
import { lowerMethodReference } from './method-reference.ts'
import { lowerAssignment, lowerBinary, lowerUnary, lowerUpdate } from './operators.ts'
import { lowerSwitch } from './switch.ts'

type Lower = (context: Context, node: SyntaxNode) => Expression

export function lowerExpression(context: Context, node: SyntaxNode): Expression {
  const lower = byKind[context.syntax.kind(node)]
  if (lower !== undefined) return lower(context, node)
  const parts = context.syntax.children(node).map((child) => context.expression(child, node))
  return context.unknown(node, parts)
}

const constant =
  (read: (context: Context, node: SyntaxNode) => string | number | boolean | null): Lower =>
  (context, node) => ({
    op: 'constant',
    value: read(context, node),
    ...context.place(node),
  })

const number = constant(({ syntax }, node) => numberOf(syntax.textOf(node)))
const text = constant(({ syntax }, node) => textOf(syntax, node))

const byKind: Record<string, Lower> = {
  identifier: lowerIdentifier,
  field_access: lowerFieldAccess,
  scoped_identifier: (context, node) => ({
    op: 'symbol',
    name: context.names.dottedType(context.syntax.textOf(node)),
    ...context.place(node),
  }),
  type_identifier: (context, node) => ({
    op: 'symbol',
    name: context.names.typeOf(node) ?? '',
    ...context.place(node),
  }),
  this: (context, node) => ({ op: 'self', ...context.place(node) }),
  super: (context, node) => ({ op: 'self', ...context.place(node) }),
  parenthesized_expression: (context, node) =>
    context.expression(context.syntax.children(node)[0] ?? null, node),

  string_literal: text,
  character_literal: text,
  decimal_integer_literal: number,
  hex_integer_literal: number,
  octal_integer_literal: number,
  binary_integer_literal: number,
  decimal_floating_point_literal: number,
  hex_floating_point_literal: number,
  true: constant(() => true),
  false: constant(() => false),
  null_literal: constant(() => null),

  binary_expression: lowerBinary,
  unary_expression: lowerUnary,
  update_expression: lowerUpdate,
  assignment_expression: lowerAssignment,
  instanceof_expression: lowerInstanceof,
  ternary_expression: (context, node) => ({
    op: 'conditional',
    test: context.expression(context.syntax.field(node, 'condition'), node),
    // biome-ignore lint/suspicious/noThenProperty: the contract of the representation
    then: context.expression(context.syntax.field(node, 'consequence'), node),
    else: context.expression(context.syntax.field(node, 'alternative'), node),
    ...context.place(node),
  }),
  cast_expression: (context, node) => ({
    op: 'cast',
    type: context.names.typeOf(context.syntax.field(node, 'type')) ?? '',
    value: context.expression(context.syntax.field(node, 'value'), node),
    ...context.place(node),
  }),

  method_invocation: lowerInvocation,
  explicit_constructor_invocation: lowerConstructorInvocation,
  object_creation_expression: lowerCreation,
  lambda_expression: lowerLambda,
  method_reference: lowerMethodReference,
  class_literal: (context, node) => {
    const [type] = context.syntax.children(node)
    const name = context.names.typeOf(type ?? null) ?? ''
    const object: Expression = { op: 'symbol', name, ...context.place(node) }
    return { op: 'field', object, name: 'class', ...context.place(node) }
  },

  array_creation_expression: lowerArrayCreation,
  array_initializer: (context, node) => ({
    op: 'list',
    elements: lowerArguments(context, node),
    ...context.place(node),
  }),
  array_access: (context, node) => ({
    op: 'index',
    object: context.expression(context.syntax.field(node, 'array'), node),
    key: context.expression(context.syntax.field(node, 'index'), node),
    ...context.place(node),
  }),
  switch_expression: lowerSwitchExpression,
}

/** `super(…)` and `this(…)` run a constructor on this object. */
function lowerConstructorInvocation(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const which = syntax.field(node, 'constructor')
  const place = context.place(node)
  const name = which !== null && syntax.kind(which) === 'this' ? 'constructor' : 'super'
  return {
    op: 'call',
    callee: { op: 'field', object: { op: 'self', ...place }, name, ...place },
    arguments: lowerArguments(context, syntax.field(node, 'arguments')),
    isNew: false,
    ...place,
  }
}

/** `new T[n]` is a call of a type that no model names; `new T[] {…}` is a list. */
function lowerArrayCreation(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const value = syntax.field(node, 'value')
  if (value !== null) return context.expression(value, node)
  const args: Argument[] = syntax
    .children(node)
    .filter((child) => syntax.kind(child) === 'dimensions_expr')
    .map((child) => ({
      value: context.expression(syntax.children(child)[0] ?? null, child),
      name: null,
      spread: false,
    }))
  const element = context.names.typeOf(syntax.field(node, 'type')) ?? ''
  const place = context.place(node)
  return {
    op: 'call',
    callee: { op: 'symbol', name: `${element}[]`, ...place },
    arguments: args,
    isNew: true,
    ...place,
  }
}

/** The name that a pattern binds is assigned before the test, which is never asked afterwards. */
function lowerInstanceof(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const place = context.place(node)
  const left = context.expression(syntax.field(node, 'left'), node)
  const type = context.names.typeOf(syntax.field(node, 'right')) ?? ''
  const test: Expression = {
    op: 'binary',
    operator: 'instanceof',
    left,
    right: { op: 'symbol', name: type, ...place },
    ...place,
  }
  const name = syntax.field(node, 'name')
  const names = name === null ? patternNames(context, node) : [name]
  if (names.length === 0) return test
  const bound = names.map((each): Expression => {
    const value: Expression = type === '' ? left : { op: 'cast', type, value: left, ...place }
    const local = context.scope.declare(syntax.textOf(each))
    const target = { op: 'local', name: local, ...context.place(each) } as const
    return { op: 'assign', target, value, ...place }
  })
  return { op: 'sequence', values: [...bound, test], ...place }
}

/** Names bound by a record pattern: what comes before the last component is its type. */
function patternNames(context: Context, node: SyntaxNode): SyntaxNode[] {
  const { syntax } = context
  const pattern = syntax.field(node, 'pattern')
  if (pattern === null) return []
  const names: SyntaxNode[] = []
  for (let each = pattern; each < syntax.after(pattern); each++) {
    const kind = syntax.kind(each)
    if (kind !== 'record_pattern_component' && kind !== 'type_pattern') continue
    const name = syntax.children(each).at(-1)
    if (name !== undefined && syntax.kind(name) === 'identifier') names.push(name)
  }
  return names
}

/** Its branches may hold statements: it is a function that is called where it stands. */
function lowerSwitchExpression(context: Context, node: SyntaxNode): Expression {
  const place = context.place(node)
  const body = lowerSwitch(context, node, true)
  const run: IrFunction = functionOf({ body: [body], ...place })
  return {
    op: 'call',
    callee: { op: 'lambda', function: run, ...place },
    arguments: [],
    isNew: false,
    ...place,
  }
}
