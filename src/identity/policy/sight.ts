// Which attributes a part of a policy looks at, each with the comparison or call that does.
import type { Evaluation } from './evaluation.ts'
import { compileExpression } from './expression.ts'
import { fieldsOf, operationOf } from './malformed.ts'

export interface Look {
  /** A variable or an attribute of one, as JSON. */
  target: unknown
  by: unknown
}

/** An explanation is to be read; policies may be large. */
const looksMax = 20

/** What was evaluated of the part: of `a && b` where `a` is false only `a`. */
export function looksOf(part: unknown, evaluation: Evaluation): Look[] {
  const looks: Look[] = []
  visit(part, part)
  return looks

  function visit(json: unknown, by: unknown): void {
    if (looks.length >= looksMax) return
    const { operator, operand } = operationOf(json)
    if (operator === 'Value' || operator === 'Slot' || operator === 'hasTag') return
    if (operator === 'Var' && operand === 'context') return
    if (operator === 'Var' || operator === '.') {
      looks.push({ target: json, by })
      return
    }
    if (operator === '&&' || operator === '||') {
      for (const each of chainOf(operator, operand)) {
        visit(each, each)
        if (compileExpression(each)(evaluation) !== (operator === '&&')) break
      }
      return
    }
    if (operator === 'has') {
      if (compileExpression(json)(evaluation) === false) looks.push(...absences(json))
      return
    }
    for (const each of partsOf(operator, operand))
      visit(each, transparent.has(operator) ? each : by)
  }

  function absences(json: unknown): Look[] {
    const { left, attr } = fieldsOf(operationOf(json).operand, 'has')
    const names = Array.isArray(attr) ? attr : [attr]
    let target = left
    for (const name of names) {
      target = { '.': { left: target, attr: name } }
      if (compileExpression(target)(evaluation) === undefined) break
    }
    return [{ target, by: json }]
  }
}

/** What only hands on what is inside. */
const transparent = new Set(['!', 'if-then-else'])

function partsOf(operator: string, operand: unknown): unknown[] {
  if (Array.isArray(operand)) return operand
  const fields = fieldsOf(operand, operator)
  if (operator === 'Record') return Object.values(fields)
  return [fields.left, fields.arg, fields.right, fields.if].filter((each) => each !== undefined)
}

/** The parts of `a && b && c`, of which there may be hundreds: each is looked at once. */
export function chainOf(operator: string, operand: unknown): unknown[] {
  const parts: unknown[] = []
  let rest = fieldsOf(operand, operator)
  for (;;) {
    parts.push(rest.right)
    const next = operationOf(rest.left)
    if (next.operator !== operator) return [rest.left, ...parts.reverse()]
    rest = fieldsOf(next.operand, operator)
  }
}
