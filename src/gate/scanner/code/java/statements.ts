// Statements of Java.
import type { Expression, Leave, Loop, Statement } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { type Context, declareType } from './context.ts'
import { lowerSwitch } from './switch.ts'
import { lowerTry } from './try.ts'

type Lower = (context: Context, node: SyntaxNode) => Statement[]

export function lowerStatement(context: Context, node: SyntaxNode): Statement[] {
  const lower = byKind[context.syntax.kind(node)]
  if (lower !== undefined) return lower(context, node)
  return evaluate(context, node, node)
}

function evaluate(context: Context, value: SyntaxNode | null, node: SyntaxNode): Statement[] {
  const place = context.place(node)
  return [{ op: 'evaluate', value: context.expression(value, node), ...place }]
}

const leave =
  (op: Leave['op']): Lower =>
  (context, node) => {
    const [child] = context.syntax.children(node)
    const isJump = op === 'break' || op === 'continue'
    const value = child === undefined || isJump ? null : context.expression(child, node)
    const label = child !== undefined && isJump ? context.syntax.textOf(child) : null
    return [{ op, value, label, ...context.place(node) }]
  }

const declareLocalType: Lower = (context, node) => {
  const outer = context.scope.classes()[0]?.type ?? context.names.namespace
  return [declareType(context.type(node, outer))]
}

const byKind: Record<string, Lower> = {
  expression_statement: (context, node) => {
    const [value] = context.syntax.children(node)
    if (value !== undefined && context.syntax.kind(value) === 'switch_expression') {
      return [lowerSwitch(context, value, false)]
    }
    return evaluate(context, value ?? null, node)
  },
  switch_expression: (context, node) => [lowerSwitch(context, node, false)],
  block: (context, node) => [
    { op: 'block', label: null, body: context.block(node), ...context.place(node) },
  ],
  local_variable_declaration: lowerLocals,
  if_statement: (context, node) => {
    const { syntax } = context
    const test = context.expression(syntax.field(node, 'condition'), node)
    return [
      {
        op: 'if',
        test,
        // biome-ignore lint/suspicious/noThenProperty: the contract of the representation
        then: context.block(syntax.field(node, 'consequence')),
        else: context.block(syntax.field(node, 'alternative')),
        ...context.place(node),
      },
    ]
  },
  while_statement: (context, node) => [
    {
      ...emptyLoop(context, node),
      test: context.expression(context.syntax.field(node, 'condition'), node),
      body: context.block(context.syntax.field(node, 'body')),
    },
  ],
  do_statement: (context, node) => [
    {
      ...emptyLoop(context, node),
      test: context.expression(context.syntax.field(node, 'condition'), node),
      body: context.block(context.syntax.field(node, 'body')),
      atLeastOnce: true,
    },
  ],
  for_statement: lowerFor,
  enhanced_for_statement: lowerEnhancedFor,
  return_statement: leave('return'),
  yield_statement: leave('return'),
  throw_statement: leave('throw'),
  break_statement: leave('break'),
  continue_statement: leave('continue'),
  labeled_statement: (context, node) => {
    const [label, body] = context.syntax.children(node)
    if (label === undefined || body === undefined) return []
    const name = context.syntax.textOf(label)
    return [{ op: 'block', label: name, body: context.statement(body), ...context.place(node) }]
  },
  try_statement: lowerTry,
  try_with_resources_statement: lowerTry,
  synchronized_statement: (context, node) => {
    const [lock] = context.syntax.children(node)
    const body = context.block(context.syntax.field(node, 'body'))
    return [...evaluate(context, lock ?? null, node), ...body]
  },
  assert_statement: () => [],
  class_declaration: declareLocalType,
  interface_declaration: declareLocalType,
  enum_declaration: declareLocalType,
  record_declaration: declareLocalType,
  ';': () => [],
}

function lowerLocals(context: Context, node: SyntaxNode): Statement[] {
  const { syntax } = context
  const type = context.names.typeOf(syntax.field(node, 'type'))
  return syntax.fields(node, 'declarator').flatMap((declarator): Statement[] => {
    const name = syntax.field(declarator, 'name')
    if (name === null) return []
    const valueNode = syntax.field(declarator, 'value')
    const value: Expression | null =
      valueNode === null ? null : context.expression(valueNode, declarator)
    const brackets = syntax.field(declarator, 'dimensions')
    const full = brackets === null || type === null ? type : `${type}[]`
    const local = context.scope.declare(syntax.textOf(name))
    return [{ op: 'declare', name: local, type: full, value, ...context.place(declarator) }]
  })
}

function emptyLoop(context: Context, node: SyntaxNode): Loop {
  return {
    op: 'loop',
    before: [],
    test: null,
    each: null,
    body: [],
    after: [],
    atLeastOnce: false,
    ...context.place(node),
  }
}

function lowerFor(context: Context, node: SyntaxNode): Statement[] {
  const { syntax, scope } = context
  scope.enterBlock()
  const before = syntax
    .fields(node, 'init')
    .flatMap((child) =>
      syntax.kind(child) === 'local_variable_declaration'
        ? context.statement(child)
        : evaluate(context, child, child),
    )
  const condition = syntax.field(node, 'condition')
  const test = condition === null ? null : context.expression(condition, node)
  const body = context.block(syntax.field(node, 'body'))
  const after = syntax.fields(node, 'update').flatMap((child) => evaluate(context, child, child))
  scope.leave()
  return [{ ...emptyLoop(context, node), before, test, body, after }]
}

function lowerEnhancedFor(context: Context, node: SyntaxNode): Statement[] {
  const { syntax, scope } = context
  const from = context.expression(syntax.field(node, 'value'), node)
  const nameNode = syntax.field(node, 'name')
  if (nameNode === null) return evaluate(context, syntax.field(node, 'value'), node)
  const type = context.names.typeOf(syntax.field(node, 'type'))
  scope.enterBlock()
  const name = scope.declare(syntax.textOf(nameNode))
  const place = context.place(nameNode)
  const body = context.block(syntax.field(node, 'body'))
  scope.leave()
  const loop: Loop = {
    ...emptyLoop(context, node),
    each: { from, what: 'elements', into: { op: 'local', name, ...place } },
    body,
  }
  return [{ op: 'declare', name, type, value: null, ...place }, loop]
}
