// One expression of any kind.
import type { Expression as Code, Span, TSType } from 'oxc-parser'
import type { Expression } from '../ir/ir.ts'
import { lowerAssignment, lowerUpdate } from './assignments.ts'
import { lowerCall, lowerNew, lowerTagged } from './calls.ts'
import { lowerClassExpression } from './classes.ts'
import { type Context, constant, place, symbol } from './context.ts'
import { lowerElement, lowerFragment } from './jsx.ts'
import { lambda, lowerList, lowerLiteral, lowerObject } from './literals.ts'
import { lowerMember, lowerName } from './members.ts'
import { lowerBinary, lowerTemplate } from './operators.ts'
import { requiredName } from './required.ts'
import { typeName } from './types.ts'

export function lowerExpression(context: Context, node: Code): Expression {
  switch (node.type) {
    case 'Identifier':
      return lowerName(context, node.name, node)
    case 'Literal':
      return lowerLiteral(node)
    case 'MemberExpression':
      return lowerMember(context, node)
    case 'CallExpression':
      return lowerCall(context, node)
    case 'NewExpression':
      return lowerNew(context, node)
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return lambda(context, node, node.id?.name ?? '')
    case 'ObjectExpression':
      return lowerObject(context, node)
    case 'ArrayExpression':
      return lowerList(context, node)
    case 'TemplateLiteral':
      return lowerTemplate(context, node)
    case 'TaggedTemplateExpression':
      return lowerTagged(context, node)
    case 'AssignmentExpression':
      return lowerAssignment(context, node)
    case 'UpdateExpression':
      return lowerUpdate(context, node)
    case 'BinaryExpression':
    case 'LogicalExpression':
      return lowerBinary(context, node)
    case 'JSXElement':
      return lowerElement(context, node)
    case 'JSXFragment':
      return lowerFragment(context, node)
    default:
      return lowerRarer(context, node)
  }
}

function lowerRarer(context: Context, node: Code): Expression {
  switch (node.type) {
    case 'ThisExpression':
    case 'Super':
      return { op: 'self', ...place(node) }
    // What is awaited is the value that the promise stands for.
    case 'AwaitExpression':
      return context.expression(node.argument)
    case 'ChainExpression':
    case 'ParenthesizedExpression':
    case 'TSNonNullExpression':
    case 'TSInstantiationExpression':
      return context.expression(node.expression)
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
      return lowerCast(context, node)
    case 'ConditionalExpression':
      return {
        op: 'conditional',
        test: context.expression(node.test),
        // biome-ignore lint/suspicious/noThenProperty: it is no promise but a branch
        then: context.expression(node.consequent),
        else: context.expression(node.alternate),
        ...place(node),
      }
    case 'SequenceExpression':
      return {
        op: 'sequence',
        values: node.expressions.map((value) => context.expression(value)),
        ...place(node),
      }
    case 'UnaryExpression':
      return unary(node.operator, context.expression(node.argument), node)
    case 'YieldExpression':
      return node.argument === null
        ? constant(null, node)
        : unary('yield', context.expression(node.argument), node)
    case 'ClassExpression':
    case 'ClassDeclaration':
      return lowerClassExpression(context, node)
    case 'ImportExpression':
      return lowerImport(context, node)
    case 'MetaProperty':
      return symbol(`${node.meta.name}.${node.property.name}`, node)
    default:
      return context.unknown(node)
  }
}

const unary = (operator: string, operand: Expression, node: Span): Expression => ({
  op: 'unary',
  operator,
  operand,
  ...place(node),
})

function lowerImport(context: Context, node: Extract<Code, { type: 'ImportExpression' }>) {
  const name = requiredName(context, node)
  if (name !== null) return symbol(name, node)
  const value = context.expression(node.source)
  return {
    op: 'call',
    callee: symbol('import', node),
    arguments: [{ value, name: null, spread: false }],
    isNew: false,
    ...place(node),
  } as const
}

/** A number that is only said to be one may be any text, so that no cast makes one. */
function lowerCast(
  context: Context,
  node: Span & { expression: Code; typeAnnotation: TSType },
): Expression {
  const value = context.expression(node.expression)
  const type = typeName(context, node.typeAnnotation)
  if (type === null || builtIn.has(type)) return value
  return { op: 'cast', type, value, ...place(node) }
}

const builtIn = new Set(['String', 'Number', 'Boolean', 'Array', 'const', 'unknown', 'any'])
