// Cedar's operators of two values. Both sides are evaluated before any of them looks at either.
import { getTag, hasTag } from './attributes.ts'
import type { Evaluate, Evaluation } from './evaluation.ts'
import { fail, wrongType } from './evaluation.ts'
import { DateTime, Duration } from './extensions/time.ts'
import type { Integer } from './integer.ts'
import { add, isInteger, multiply, subtract } from './integer.ts'
import type { Value } from './value.ts'
import { EntityRef, equals, SetValue } from './value.ts'

type Operator = (evaluation: Evaluation, left: Value, right: Value) => Value | undefined

const operators = new Map<string, Operator>([
  ['==', (_, left, right) => equals(left, right)],
  ['!=', (_, left, right) => !equals(left, right)],
  ['<', order((a, b) => a < b)],
  ['<=', order((a, b) => a <= b)],
  ['>', order((a, b) => a > b)],
  ['>=', order((a, b) => a >= b)],
  ['+', arithmetic('add', add)],
  ['-', arithmetic('subtract', subtract)],
  ['*', arithmetic('multiply', multiply)],
  ['in', isIn],
  ['contains', contains],
  ['containsAll', ofSets((left, right) => left.hasAll(right))],
  ['containsAny', ofSets((left, right) => left.hasAny(right))],
  ['getTag', getTag],
  ['hasTag', hasTag],
])

export function isBinary(operator: string): boolean {
  return operators.has(operator)
}

export function binary(name: string, left: Evaluate, right: Evaluate): Evaluate {
  const apply = operators.get(name)
  return (evaluation) => {
    const a = left(evaluation)
    if (a === undefined) return undefined
    const b = right(evaluation)
    return b === undefined ? undefined : apply?.(evaluation, a, b)
  }
}

function order(holds: (a: Integer, b: Integer) => boolean): Operator {
  return (evaluation, left, right) => {
    if (isInteger(left))
      return isInteger(right) ? holds(left, right) : wrongType(evaluation, 'long', right)
    if (left instanceof DateTime)
      return right instanceof DateTime
        ? holds(left.ms, right.ms)
        : wrongType(evaluation, 'datetime', right)
    if (left instanceof Duration)
      return right instanceof Duration
        ? holds(left.ms, right.ms)
        : wrongType(evaluation, 'duration', right)
    return wrongType(evaluation, 'long, datetime or duration', left)
  }
}

function arithmetic(
  verb: string,
  compute: (a: Integer, b: Integer) => Integer | undefined,
): Operator {
  return (evaluation, left, right) => {
    if (!isInteger(left)) return wrongType(evaluation, 'long', left)
    if (!isInteger(right)) return wrongType(evaluation, 'long', right)
    return (
      compute(left, right) ??
      fail(evaluation, `integer overflow while attempting to ${verb} \`${left}\` and \`${right}\``)
    )
  }
}

function contains(evaluation: Evaluation, left: Value, right: Value): boolean | undefined {
  return left instanceof SetValue ? left.has(right) : wrongType(evaluation, 'set', left)
}

function ofSets(holds: (left: SetValue, right: SetValue) => boolean): Operator {
  return (evaluation, left, right) => {
    if (!(left instanceof SetValue)) return wrongType(evaluation, 'set', left)
    if (!(right instanceof SetValue)) return wrongType(evaluation, 'set', right)
    return holds(left, right)
  }
}

export function isIn(evaluation: Evaluation, left: Value, right: Value): boolean | undefined {
  if (!(left instanceof EntityRef)) return wrongType(evaluation, '(entity of any type)', left)
  if (right instanceof EntityRef) return isWithin(evaluation, left, right)
  if (!(right instanceof SetValue))
    return wrongType(evaluation, 'set or (entity of any type)', right)
  // Every element is looked at first: one that is no entity is an error, wherever it stands.
  const groups: EntityRef[] = []
  for (const element of right.elements) {
    if (!(element instanceof EntityRef))
      return wrongType(evaluation, '(entity of any type)', element)
    groups.push(element)
  }
  return groups.some((group) => isWithin(evaluation, left, group))
}

function isWithin({ entities }: Evaluation, entity: EntityRef, group: EntityRef): boolean {
  return entity.key === group.key || entities.ancestors(entity.key).has(group.key)
}
