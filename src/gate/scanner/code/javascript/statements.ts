// Statements, and the blocks that they stand in.
import type { Statement as Line, Span, VariableDeclaration } from 'oxc-parser'
import type { Expression, Statement } from '../ir/ir.ts'
import { block, branch, evaluate, innerBlock } from './blocks.ts'
import { lowerSwitch, lowerTry } from './branches.ts'
import { type Context, constant, place } from './context.ts'
import { give, lowerDefaultExport, lowerExportAll, lowerNamedExport } from './exports.ts'
import { declarationOf } from './hoist.ts'
import { named } from './literals.ts'
import { lowerLoop } from './loops.ts'
import { lowerEnum, lowerImportEquals, lowerNamespace } from './namespaces.ts'
import { declarePattern } from './patterns.ts'
import { annotatedType } from './types.ts'

/** Functions come first, as they can be called by what stands above them. */
export function lowerStatements(context: Context, nodes: readonly Line[]): Statement[] {
  const result: Statement[] = []
  for (const node of nodes) {
    const declared = declarationOf(node)
    if (declared?.type !== 'FunctionDeclaration' || declared.id === null) continue
    if (declared.body === null || declared.declare === true) continue
    const name = context.scope.declare(declared.id.name)
    const exported = context.exportedNames.has(declared.id.name) && context.scope === context.module
    const lowered = context.function(declared, {
      name: declared.id.name,
      exported: exported || context.exportedNodes.has(declared),
    })
    result.push({ op: 'declare-function', name, function: lowered, ...place(declared) })
  }
  const outer = context.prelude
  for (const node of nodes) {
    context.prelude = []
    const lowered = lowerStatement(context, node)
    result.push(...context.prelude, ...lowered)
  }
  context.prelude = outer
  return result
}

function lowerStatement(context: Context, node: Line): Statement[] {
  switch (node.type) {
    case 'ExpressionStatement':
      return [evaluate(context.expression(node.expression), node)]
    case 'VariableDeclaration':
      return lowerVariables(context, node)
    case 'ReturnStatement':
      return [leave('return', node.argument && context.expression(node.argument), node)]
    case 'ThrowStatement':
      return [leave('throw', context.expression(node.argument), node)]
    case 'BreakStatement':
      return [{ ...leave('break', null, node), label: node.label?.name ?? null }]
    case 'ContinueStatement':
      return [{ ...leave('continue', null, node), label: node.label?.name ?? null }]
    case 'IfStatement':
      return lowerIf(context, node)
    case 'BlockStatement':
      return [block(null, innerBlock(context, node.body), node)]
    case 'LabeledStatement':
      return [block(node.label.name, branch(context, node.body), node)]
    case 'SwitchStatement':
      return lowerSwitch(context, node)
    case 'TryStatement':
      return lowerTry(context, node)
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return lowerLoop(context, node, (declaration) => lowerVariables(context, declaration))
    case 'WithStatement':
      return [evaluate(context.expression(node.object), node), ...branch(context, node.body)]
    default:
      return lowerDeclaration(context, node)
  }
}

function lowerDeclaration(context: Context, node: Line): Statement[] {
  switch (node.type) {
    case 'ClassDeclaration': {
      if (node.id === null || node.declare === true) return []
      const exported = context.exportedNames.has(node.id.name) || context.exportedNodes.has(node)
      return context.class(node, context.scope.declare(node.id.name), exported)
    }
    case 'ExportNamedDeclaration': {
      const { declaration } = node
      const lowered = declaration === null ? [] : lowerStatement(context, declaration)
      return [...lowered, ...lowerNamedExport(context, node)]
    }
    case 'ExportDefaultDeclaration': {
      const declared = declarationOf(node)
      const isNamed = declared?.type === 'ClassDeclaration' && declared.id !== null
      const lowered = isNamed ? lowerStatement(context, declared) : []
      return [...lowered, ...lowerDefaultExport(context, node)]
    }
    case 'ExportAllDeclaration':
      return lowerExportAll(context, node)
    case 'TSExportAssignment':
      return [give(null, context.expression(node.expression), node)]
    case 'TSEnumDeclaration':
      return lowerEnum(context, node)
    case 'TSModuleDeclaration':
      return lowerNamespace(context, node)
    case 'TSImportEqualsDeclaration':
      return lowerImportEquals(context, node)
    default:
      // Imports, empty statements and types; functions stand at the top of their block.
      return []
  }
}

function lowerVariables(context: Context, node: VariableDeclaration): Statement[] {
  if (node.declare === true) return []
  return node.declarations.flatMap(({ id, init, start, end }) => {
    const span = { start, end }
    if (id.type === 'Identifier') {
      const binding = context.scope.find(id.name)
      if (binding !== null && 'symbol' in binding) return []
      const value = init === null ? null : named(context, init, id.name)
      const type = annotatedType(context, id.typeAnnotation)
      // Only what is known of libraries counts: a cast makes no number of a text.
      const told = type === 'Number' || type === 'Boolean' ? null : type
      return [declareLocal(context, id.name, value, { type: told, span, kind: node.kind })]
    }
    if (init === null) return []
    const names = declarePattern(context, id, context.expression(init), (name, value, at) =>
      declareLocal(context, name, value, { type: null, span: at, kind: node.kind }),
    )
    // All of them stand for what they were imported from.
    return names.filter((one) => !(one.op === 'evaluate' && one.value.op === 'constant'))
  })
}

function declareLocal(
  context: Context,
  written: string,
  value: Expression | null,
  said: { type: string | null; span: Span; kind: string },
): Statement {
  const { type, span, kind } = said
  const binding = context.scope.find(written)
  if (binding !== null && 'symbol' in binding) return evaluate(constant(null, span), span)
  const name = binding === null ? context.scope.declare(written) : binding.local
  if (kind === 'var') {
    if (context.declared.has(name)) {
      if (value === null) return evaluate(constant(null, span), span)
      const target = { op: 'local', name, ...place(span) } as const
      return evaluate({ op: 'assign', target, value, ...place(span) }, span)
    }
    context.declared.add(name)
  }
  return { op: 'declare', name, type, value, ...place(span) }
}

function lowerIf(context: Context, node: Extract<Line, { type: 'IfStatement' }>): Statement[] {
  const test = context.expression(node.test)
  const then = branch(context, node.consequent)
  const otherwise = node.alternate === null ? [] : branch(context, node.alternate)
  return [{ op: 'if', test, then, else: otherwise, ...place(node) }]
}

const leave = (
  op: 'return' | 'throw' | 'break' | 'continue',
  value: Expression | null,
  node: Span,
) => ({ op, value, label: null, ...place(node) }) as const
