// One condition of a rule as an expression of Cedar.
//
// What an attribute of another kind than the test's does: in Cedar `==` and `contains` quietly say
// "different", which would let a `not_equals` pass and a deny with `equals` not hold. So the tests
// are written such that they fail there, and a failure never permits: an allow does not apply, and
// a deny that fails denies.
import {
  all,
  any,
  atom,
  attribute,
  type Expression,
  like,
  list,
  literal,
  not,
  oneOf,
  presence,
  quote,
} from './cedar-text.ts'
import type { Test } from './condition.ts'
import { addressPath, kindsPath } from './context.ts'
import type { Window } from './window.ts'

export type Effect = 'allow' | 'deny'

/** `path` is the attribute's in the context. Absent: an allow does not apply, a deny does. */
export function conditionText(path: readonly string[], test: Test, effect: Effect): Expression {
  if (test.kind === 'window') return windowText(test.window)
  const target = attribute('context', test.kind === 'address' ? addressPath(path) : path)
  const expression =
    test.kind === 'contains'
      ? containsTest(path, test.values, effect)
      : testText(target, test, effect)
  return guarded('context', path, expression, effect)
}

/** The expression where the attribute is there; else nothing for an allow, all for a deny. */
export function guarded(
  root: string,
  path: readonly string[],
  expression: Expression,
  effect: Effect,
): Expression {
  const there = presence(root, path)
  return effect === 'allow' ? all([there, expression]) : any([not(there), expression])
}

function testText(
  target: string,
  test: Exclude<Test, { kind: 'window' | 'contains' }>,
  effect: Effect,
): Expression {
  switch (test.kind) {
    case 'boolean':
      return atom(test.expected ? target : `!${target}`)
    case 'text':
      return textTest(target, test, effect)
    case 'integer':
      return integerTest(target, test, effect)
    case 'order':
      return atom(`${target} ${test.operator} ${test.value}`)
    case 'range':
      return all([atom(`${target} >= ${test.min}`), atom(`${target} <= ${test.max}`)])
    case 'matches':
      return any(test.globs.map((glob) => like(target, glob)))
    case 'address':
      return addressTest(target, test)
  }
}

function textTest(
  target: string,
  { values, negated }: { values: readonly string[]; negated: boolean },
  effect: Effect,
): Expression {
  const found = oneOf(target, values)
  if (!negated && effect === 'allow') return found
  // Fails where it is not text.
  return all([atom(`${target} like "*"`), negated ? negation(target, found, values) : found])
}

function integerTest(
  target: string,
  { values, negated }: { values: readonly number[]; negated: boolean },
  effect: Effect,
): Expression {
  const found = oneOf(target, values)
  if (!negated && effect === 'allow') return found
  const least = Math.min(...values)
  // The comparison decides nothing that the other would not; it fails where there is no number.
  return negated
    ? any([atom(`${target} < ${least}`), negation(target, found, values)])
    : all([atom(`${target} >= ${least}`), found])
}

function negation(
  target: string,
  found: Expression,
  values: readonly (string | number)[],
): Expression {
  const [only, ...others] = new Set(values)
  return only !== undefined && others.length === 0
    ? atom(`${target} != ${literal(only)}`)
    : not(found)
}

function addressTest(
  target: string,
  { values, within, negated }: { values: readonly string[]; within: boolean; negated: boolean },
): Expression {
  const found = any(
    values.map((value) => {
      const address = `ip(${quote(value)})`
      return atom(within ? `ip(${target}).isInRange(${address})` : `ip(${target}) == ${address}`)
    }),
  )
  return negated ? not(found) : found
}

/** A deny holds also where the list has an element that cannot be compared with the values. */
function containsTest(
  path: readonly string[],
  values: readonly (string | number)[],
  effect: Effect,
): Expression {
  const target = attribute('context', path)
  const [only = ''] = values
  const found =
    values.length === 1
      ? atom(`${target}.contains(${literal(only)})`)
      : atom(`${target}.containsAny(${list(values.map(literal))})`)
  if (effect === 'allow') return found
  const kinds = attribute('context', kindsPath(path))
  return any([found, atom(`!(${list([quote(typeof only)])}.containsAll(${kinds}))`)])
}

function windowText({ start, end, zone, days }: Window): Expression {
  const clock = `context.panthera.time[${quote(zone)}]`
  const minute = `${clock}.minute_of_day`
  const on = (which: readonly number[] | null) =>
    which === null || which.length === 7 ? [] : [oneOf(`${clock}.day_of_week`, which)]
  const from = start === 0 ? [] : [atom(`${minute} >= ${start}`)]
  const until = end === 1440 ? [] : [atom(`${minute} < ${end}`)]
  if (start < end) return always([...from, ...until, ...on(days)])
  // Over midnight: the evening of such a day, or the morning after it.
  const after = days?.map((day) => (day % 7) + 1) ?? null
  return any([always([...from, ...on(days)]), always([...until, ...on(after)])])
}

function always(parts: readonly Expression[]): Expression {
  return parts.length === 0 ? atom('true') : all(parts)
}
