// Operators, with the truths that hold even where one side is unknown.
import type { Place, Value } from '../../resource.ts'
import type { Binary, Expression, UnaryOperator } from '../syntax/tree.ts'
import { equal } from './equality.ts'
import { booleanOf, isFaulty, numberOf, scalar, unknown } from './value.ts'

export function unary(operator: UnaryOperator, operand: Value, place: Place): Value {
  if (operator === '!') {
    const truth = booleanOf(operand)
    return truth === null ? unknown(place, operand) : scalar(!truth, place)
  }
  const number = numberOf(operand)
  return number === null ? unknown(place, operand) : scalar(-number, place)
}

export function binary(
  { operator, left, right, place }: Binary,
  evaluate: (expression: Expression) => Value,
): Value {
  const a = evaluate(left)
  if (operator === '&&' || operator === '||') {
    const decisive = operator === '||'
    if (booleanOf(a) === decisive) return scalar(decisive, place)
    const b = evaluate(right)
    if (booleanOf(b) === decisive) return scalar(decisive, place)
    const isKnown = booleanOf(a) !== null && booleanOf(b) !== null
    return isKnown ? scalar(!decisive, place) : unknown(place, a, b)
  }
  const b = evaluate(right)
  if (operator === '==' || operator === '!=') {
    const same = equal(a, b)
    return same === null ? unknown(place, a, b) : scalar(same === (operator === '=='), place)
  }
  const [x, y] = [numberOf(a), numberOf(b)]
  if (x === null || y === null) return unknown(place, a, b)
  const result = calculate(operator, x, y)
  return result === null ? unknown(place) : scalar(result, place)
}

function calculate(operator: Binary['operator'], x: number, y: number): number | boolean | null {
  switch (operator) {
    case '<':
      return x < y
    case '>':
      return x > y
    case '<=':
      return x <= y
    case '>=':
      return x >= y
    case '+':
      return finite(x + y)
    case '-':
      return finite(x - y)
    case '*':
      return finite(x * y)
    case '/':
      return finite(x / y)
    case '%':
      return finite(x % y)
    default:
      return null
  }
}

const finite = (number: number) => (Number.isFinite(number) ? number : null)

/** Where the condition is unknown, the result is still known when both sides are the same. */
export function conditional(
  condition: Value,
  place: Place,
  { whenTrue, whenFalse }: { whenTrue: () => Value; whenFalse: () => Value },
): Value {
  const truth = booleanOf(condition)
  if (truth !== null) return truth ? whenTrue() : whenFalse()
  if (isFaulty(condition)) return unknown(place, condition)
  const [a, b] = [whenTrue(), whenFalse()]
  if (equal(a, b) === true) return a
  return unknown(place, { ...unknown(place, condition), references: [] }, a, b)
}
