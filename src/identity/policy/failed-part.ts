// Finds the part of a policy's conditions that kept it from holding.
import type { Evaluation } from './evaluation.ts'
import { compileExpression } from './expression.ts'
import { expressionText } from './expression-text.ts'
import type { CedarJson, ConditionJson } from './json.ts'
import { writeValue } from './json-value.ts'
import { lookedAt } from './looked-at.ts'
import { fieldsOf, operationOf } from './malformed.ts'
import { chainOf, looksOf } from './sight.ts'
import type { Value } from './value.ts'

const textMax = 500
const elementsMax = 20
const depthMax = 4

export interface FailedPart {
  readonly failed: string
  readonly actual?: CedarJson
  /** The same in words; empty where the part looked at nothing. */
  readonly because: string
}

/** Of conditions that did not all hold for the request. */
export function findFailedPart(
  conditions: readonly ConditionJson[],
  evaluation: Evaluation,
): FailedPart {
  for (const { kind, body } of conditions) {
    const wanted = kind === 'when'
    if (compileExpression(body)(evaluation) === wanted) continue
    const part = narrow(body, wanted, evaluation)
    const text = shorten(expressionText(part))
    const actual = actualOf(part, evaluation)
    return {
      failed: wanted ? text : `unless ${text}`,
      because: lookedAt(part, evaluation),
      ...(actual === undefined ? {} : { actual: writeShort(actual, 0) }),
    }
  }
  return { failed: '', because: '' }
}

/**
 * The smallest part that was not as wanted: of `a && b` that should be true the first that is
 * not, of `a || b` that should be false likewise, of `!a` what should be the opposite.
 */
function narrow(json: unknown, wanted: boolean, evaluation: Evaluation): unknown {
  let part = json
  let should = wanted
  for (;;) {
    const { operator, operand } = operationOf(part)
    if (operator === '!') {
      const { arg } = fieldsOf(operand, '!')
      // The negation is what people wrote; only what is composed is worth looking into.
      if (!composed.has(operationOf(arg).operator)) return part
      part = arg
      should = !should
      continue
    }
    if (operator === '||' && should) {
      const [only, ...others] = chainOf(operator, operand).filter((each) => !isPresent(each))
      if (only === undefined || others.length > 0) return part
      part = only
      continue
    }
    if (operator !== (should ? '&&' : '||')) return part
    const parts = chainOf(operator, operand)
    part = parts.find((each) => compileExpression(each)(evaluation) !== should) ?? parts.at(-1)
  }
}

/** `!(x has y)`, by which a forbid holds for what is absent: where it failed, there is a value. */
function isPresent(json: unknown): boolean {
  const { operator, operand } = operationOf(json)
  if (operator !== '!') return false
  return operationOf(fieldsOf(operand, '!').arg).operator === 'has'
}

const composed = new Set(['&&', '||', '!'])

/** What the part looked at: its left side, or its right one where the left is a constant. */
function actualOf(part: unknown, evaluation: Evaluation): Value | undefined {
  const { operator, operand } = operationOf(part)
  if (operator === 'Value' || operator === 'if-then-else') return undefined
  if (operator === '&&' || operator === '||') return commonOf(part, evaluation)
  if (operator === 'Var' || operator === '.') return compileExpression(part)(evaluation)
  if (Array.isArray(operand)) return looked(operand, evaluation)
  const fields = fieldsOf(operand, operator)
  return looked([fields.left ?? fields.arg, fields.right], evaluation)
}

/** Of `x == 1 || x == 2` it is `x`; of tests of several things none of them alone. */
function commonOf(part: unknown, evaluation: Evaluation): Value | undefined {
  const looks = looksOf(part, evaluation)
  const [first] = looks
  if (first === undefined) return undefined
  const texts = new Set(looks.map(({ target }) => expressionText(target)))
  return texts.size === 1 ? compileExpression(first.target)(evaluation) : undefined
}

function looked(sides: readonly unknown[], evaluation: Evaluation): Value | undefined {
  const side = sides.find((each) => each !== undefined && !isConstant(each))
  if (side === undefined) return undefined
  const value = compileExpression(side)(evaluation)
  const { operator, operand } = operationOf(side)
  // What no address can be made of is shown as it came.
  const given = constructors.has(operator) && Array.isArray(operand) ? operand[0] : undefined
  return given === undefined ? value : compileExpression(given)(evaluation)
}

function isConstant(json: unknown): boolean {
  const { operator, operand } = operationOf(json)
  if (operator === 'Value' || operator === 'Set') return true
  return constructors.has(operator) && Array.isArray(operand) && operand.every(isConstant)
}

const constructors = new Set(['ip', 'decimal', 'datetime', 'duration'])

/** Values come from callers and may be large; an explanation is to be read. */
function writeShort(value: Value, depth: number): CedarJson {
  return shortJson(writeValue(value), depth)
}

function shortJson(json: CedarJson, depth: number): CedarJson {
  if (typeof json === 'string') return shorten(json)
  if (typeof json !== 'object') return json
  if (depth >= depthMax) return '…'
  if (isList(json)) return json.slice(0, elementsMax).map((each) => shortJson(each, depth + 1))
  const entries = Object.entries(json).slice(0, elementsMax)
  return Object.fromEntries(entries.map(([name, each]) => [name, shortJson(each, depth + 1)]))
}

function isList(json: CedarJson): json is readonly CedarJson[] {
  return Array.isArray(json)
}

function shorten(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax - 1)}…`
}
