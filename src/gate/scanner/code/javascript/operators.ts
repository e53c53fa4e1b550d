// Operators. Sums that join texts become templates: flat, however many parts they have.
import type {
  BinaryExpression,
  Expression as Code,
  LogicalExpression,
  PrivateInExpression,
  TemplateLiteral,
} from 'oxc-parser'
import type { Expression } from '../ir/ir.ts'
import { type Context, constant, place } from './context.ts'
import { lowerQuestion } from './questions.ts'
import { withSetting } from './settings.ts'

type Joined = BinaryExpression | LogicalExpression

/** Left operands in left operands: longer chains are cut. */
const chainMax = 200

export function lowerBinary(context: Context, node: Joined | PrivateInExpression): Expression {
  if (node.left.type === 'PrivateIdentifier') {
    const left = constant(`private ${node.left.name}`, node.left)
    const right = context.expression(node.right)
    return { op: 'binary', operator: 'in', left, right, ...place(node) }
  }
  return node.operator === '+'
    ? lowerSum(context, node as Joined)
    : lowerChain(context, node as Joined)
}

/** `a || b || c` leans to the left; its length must not become depth on our stack. */
function lowerChain(context: Context, node: Joined): Expression {
  const question = node.type === 'LogicalExpression' ? null : lowerQuestion(context, node)
  if (question !== null) return question
  const links: Joined[] = []
  let first: Code = node
  while (isJoined(first) && first.operator !== '+' && (first === node || !asks(first))) {
    links.push(first)
    first = first.left
  }
  let result = context.expression(first)
  for (const [index, link] of links.reverse().entries()) {
    const right = context.expression(link.right)
    if (index >= chainMax) result = context.unknown(link, [result, right])
    else {
      const operator = operators.get(link.operator) ?? link.operator
      result = { op: 'binary', operator, left: result, right, ...place(link) }
    }
    if (index > chainMax) context.incomplete ??= 'some expressions have too many operators'
  }
  return result
}

/** Comparisons are lowered by themselves. */
const asks = ({ operator }: Joined): boolean => /^(?:[=!]={1,2}|[<>]=?)$/.test(operator)

const operators = new Map([
  ['===', '=='],
  ['!==', '!='],
])

const isJoined = (node: Code): node is Joined =>
  (node.type === 'BinaryExpression' && node.left.type !== 'PrivateIdentifier') ||
  node.type === 'LogicalExpression'

function lowerSum(context: Context, node: Joined): Expression {
  const operands: Code[] = []
  let first: Code = node
  while (first.type === 'BinaryExpression' && first.operator === '+') {
    operands.push(first.right)
    first = first.left as Code
  }
  operands.push(first)
  operands.reverse()
  const text = operands.findIndex(isText)
  // Numbers that stand before the first text are still added up.
  const added = text === -1 ? operands.length : Math.max(text, 1)
  let sum = context.expression(first)
  for (const operand of operands.slice(1, added)) {
    const right = context.expression(operand)
    const span = { at: node.start, end: operand.end }
    if (sum.op === 'unknown') sum = { ...sum, parts: [...sum.parts, right] }
    else if (added > chainMax) sum = context.unknown(node, [sum, right])
    else sum = { op: 'binary', operator: '+', left: sum, right, ...span }
  }
  if (text === -1) return sum
  const summands = [sum, ...operands.slice(added).map((operand) => context.expression(operand))]
  const parts = summands.flatMap((part) => (part.op === 'template' ? part.parts : [part]))
  return { op: 'template', parts: withSetting(context, first, parts), ...place(node) }
}

function isText(node: Code): boolean {
  if (node.type === 'Literal') return typeof node.value === 'string'
  if (node.type === 'TemplateLiteral') return true
  return node.type === 'BinaryExpression' && node.operator === '+' && isText(node.right)
}

export function lowerTemplate(context: Context, node: TemplateLiteral): Expression {
  const parts: Expression[] = []
  for (const [index, quasi] of node.quasis.entries()) {
    const text = quasi.value.cooked ?? quasi.value.raw
    if (text !== '') parts.push(constant(text, quasi))
    const value = node.expressions[index]
    if (value !== undefined) parts.push(context.expression(value))
  }
  const [only] = parts
  if (only === undefined) return constant('', node)
  if (parts.length === 1 && only.op === 'constant') return constant(only.value, node)
  const first = node.quasis[0]?.value.raw === '' ? node.expressions[0] : undefined
  return { op: 'template', parts: withSetting(context, first, parts), ...place(node) }
}
