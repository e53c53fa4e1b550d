// What a part of a policy looked at when it was not as it should be, in words for people: of
// `context.risk_score < 70` that the score was 90, and of a clock the hour and not its minutes.
import type { Evaluation } from './evaluation.ts'
import { compileExpression } from './expression.ts'
import { expressionText } from './expression-text.ts'
import { fieldsOf, operationOf } from './malformed.ts'
import { chainOf, type Look, looksOf } from './sight.ts'
import { clockText, entityWords, needOf, valueWords } from './value-words.ts'

const looksMax = 4

/** Empty where the part looks at nothing but constants. */
export function lookedAt(part: unknown, evaluation: Evaluation): string {
  const told = new Set(looksOf(part, evaluation).map((look) => describe(look, evaluation)))
  const texts = [...told].filter((text) => text !== '')
  const shown = texts.slice(0, looksMax)
  return shown.length < texts.length ? `${shown.join('; ')}; …` : shown.join('; ')
}

function describe({ target, by }: Look, evaluation: Evaluation): string {
  const { operator, operand } = operationOf(target)
  if (operator === 'Var') {
    const entity = compileExpression(target)(evaluation)
    return entity === undefined ? '' : entityWords(String(operand), entity, evaluation)
  }
  const path = shownPath(expressionText(target))
  const value = compileExpression(target)(evaluation)
  if (value === undefined) return `${path} is absent`
  const clock = clockText(path, value, by)
  if (clock !== null) return clock
  return `${path} was ${valueWords(value)}${relation(by, evaluation)}`
}

/** Addresses are read where the platform put them in one notation, and shown where they came. */
function shownPath(path: string): string {
  const [, plain, quoted] = /^context\.panthera\.address(?:\.(\w+)|\["(.+)"\])$/.exec(path) ?? []
  const name = plain ?? quoted
  return name === undefined ? path : `context.${name}`
}

/** How an address stands to a range, or what kind of value was needed instead. */
function relation(by: unknown, evaluation: Evaluation): string {
  const value = compileExpression(by)(evaluation)
  if (value === undefined) return needOf(evaluation.failure)
  const { operator, operand } = operationOf(by)
  const isCondition = operator === '.' && typeof value !== 'boolean'
  if (isCondition) return ', where true or false is needed'
  if (operator !== 'isInRange' || !Array.isArray(operand)) return ''
  const called = operationOf(operand[1]).operand
  const range = Array.isArray(called) ? operationOf(called[0]).operand : undefined
  if (typeof range !== 'string') return ''
  return value === true ? `, in ${range}` : `, not in ${range}`
}

/**
 * What a forbid took for holding because it was not there, such as `context.risk_score`: of
 * `!(context has risk_score) || context.risk_score >= 70` the first half.
 */
export function absentIn(body: unknown, evaluation: Evaluation): string[] {
  const { operator, operand } = operationOf(body)
  if (operator === '||' || operator === '&&') {
    return chainOf(operator, operand).flatMap((each) => absentIn(each, evaluation))
  }
  if (operator !== '!') return []
  const { arg } = fieldsOf(operand, operator)
  if (compileExpression(arg)(evaluation) !== false) return []
  return looksOf(arg, evaluation).flatMap(({ target, by }) =>
    operationOf(by).operator === 'has' ? [expressionText(target)] : [],
  )
}
