// Switches of Java, old and new: groups that fall through, rules with arrows, patterns.
import type { Case, Expression, Statement, Switch } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import type { Context } from './context.ts'

/** As an expression, what its branches yield is returned. */
export function lowerSwitch(context: Context, node: SyntaxNode, isExpression: boolean): Switch {
  const { syntax } = context
  const subject = context.expression(syntax.field(node, 'condition'), node)
  const body = syntax.field(node, 'body')
  context.scope.enterBlock()
  const cases = (body === null ? [] : syntax.children(body)).map((group) =>
    syntax.kind(group) === 'switch_rule'
      ? lowerRule(context, group, subject, isExpression)
      : lowerGroup(context, group, subject),
  )
  context.scope.leave()
  return { op: 'switch', subject, cases, ...context.place(node) }
}

function lowerGroup(context: Context, group: SyntaxNode, subject: Expression): Case {
  const { syntax } = context
  const children = syntax.children(group)
  const labels = children.filter((child) => syntax.kind(child) === 'switch_label')
  const bound = labels.flatMap((label) => bindings(context, label, subject))
  const body = children
    .filter((child) => !labels.includes(child))
    .flatMap((child) => context.statement(child))
  return {
    tests: testsOf(context, labels),
    body: [...bound, ...body],
    fallsThrough: true,
    ...context.place(group),
  }
}

function lowerRule(
  context: Context,
  rule: SyntaxNode,
  subject: Expression,
  isExpression: boolean,
): Case {
  const { syntax } = context
  const [label, body] = syntax.children(rule)
  const place = context.place(rule)
  const labels = label === undefined ? [] : [label]
  context.scope.enterBlock()
  const bound = labels.flatMap((each) => bindings(context, each, subject))
  const statements = body === undefined ? [] : ruleBody(context, body, isExpression)
  context.scope.leave()
  return {
    tests: testsOf(context, labels),
    body: [...bound, ...statements],
    fallsThrough: false,
    ...place,
  }
}

function ruleBody(context: Context, body: SyntaxNode, isExpression: boolean): Statement[] {
  const { syntax } = context
  if (syntax.kind(body) !== 'expression_statement' || !isExpression) return context.block(body)
  const value = syntax.children(body)[0] ?? null
  const place = context.place(body)
  return [{ op: 'return', value: context.expression(value, body), label: null, ...place }]
}

/** Empty for a default, also for one that stands beside `null`. */
function testsOf(context: Context, labels: readonly SyntaxNode[]): Expression[] {
  const { syntax } = context
  const isDefault = labels.some((label) => /\bdefault\s*$/.test(syntax.textOf(label)))
  if (isDefault) return []
  return labels.flatMap((label) =>
    syntax
      .children(label)
      .filter((child) => syntax.kind(child) !== 'guard')
      .map((child) => testOf(context, child)),
  )
}

function testOf(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const kind = syntax.kind(node)
  if (kind === 'pattern') return context.unknown(node)
  // A bare name may be one of an enumeration, whose type the subject alone tells.
  if (kind === 'identifier' && context.scope.variable(syntax.textOf(node)) === null) {
    return { op: 'symbol', name: syntax.textOf(node), ...context.place(node) }
  }
  return context.expression(node, node)
}

/** Names that the patterns of a label bind stand for the subject, or for a part of it. */
function bindings(context: Context, label: SyntaxNode, subject: Expression): Statement[] {
  const { syntax } = context
  const statements: Statement[] = []
  for (let node = label; node < syntax.after(label); node++) {
    const kind = syntax.kind(node)
    if (kind !== 'type_pattern' && kind !== 'record_pattern_component') continue
    const children = syntax.children(node)
    const name = children.at(-1)
    if (name === undefined || syntax.kind(name) !== 'identifier') continue
    const type = context.names.typeOf(children.at(-2) ?? null)
    statements.push({
      op: 'declare',
      name: context.scope.declare(syntax.textOf(name)),
      type,
      value: subject,
      ...context.place(node),
    })
  }
  return statements
}
