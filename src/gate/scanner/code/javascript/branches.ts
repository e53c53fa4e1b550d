// `switch` and `try`.
import type { SwitchStatement, TryStatement } from 'oxc-parser'
import type { Case, Expression, Statement, Try } from '../ir/ir.ts'
import { innerBlock } from './blocks.ts'
import { type Context, place } from './context.ts'
import { hoistBlock } from './hoist.ts'
import { declarePattern } from './patterns.ts'

export function lowerSwitch(context: Context, node: SwitchStatement): Statement[] {
  const subject = context.expression(node.discriminant)
  // All cases are one block.
  const cases = context.within(false, () => {
    for (const { consequent } of node.cases) hoistBlock(context, consequent)
    return joined(
      node.cases.map(
        ({ test, consequent, start, end }): Case => ({
          tests: test === null ? [] : [context.expression(test)],
          body: context.statements(consequent),
          fallsThrough: true,
          at: start,
          end,
        }),
      ),
    )
  })
  return [{ op: 'switch', subject, cases, ...place(node) }]
}

/** `case 1: case 2:` is one case with two tests; with the default it is the default. */
function joined(cases: readonly Case[]): Case[] {
  const result: Case[] = []
  let tests: Expression[] | null = null
  let isDefault = false
  for (const one of cases) {
    tests = [...(tests ?? []), ...one.tests]
    isDefault ||= one.tests.length === 0
    if (one.body.length === 0) continue
    result.push({ ...one, tests: isDefault ? [] : tests })
    tests = null
    isDefault = false
  }
  return result
}

export function lowerTry(context: Context, node: TryStatement): Statement[] {
  const handlers: Try['handlers'][number][] = []
  const { handler } = node
  const body = innerBlock(context, node.block.body)
  if (handler !== null) {
    const lowered = context.within(false, () => {
      const opening: Statement[] = []
      const { param } = handler
      let name: string | null = null
      if (param?.type === 'Identifier') name = context.scope.declare(param.name)
      else if (param !== null) {
        const local = context.temporary(param)
        name = local.name
        opening.push(
          ...declarePattern(context, param, local, (part, value, at) => {
            const declared = context.scope.declare(part)
            return { op: 'declare', name: declared, type: null, value, ...place(at) }
          }),
        )
      }
      return { name, types: [], body: [...opening, ...innerBlock(context, handler.body.body)] }
    })
    handlers.push(lowered)
  }
  const last = node.finalizer === null ? [] : innerBlock(context, node.finalizer.body)
  return [{ op: 'try', body, handlers, finally: last, ...place(node) }]
}
