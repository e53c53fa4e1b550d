// `for` expressions and splats.
import type { Entry, Place, Value } from '../../resource.ts'
import type { Expression, For, Splat } from '../syntax/tree.ts'
import type { Scope } from './scope.ts'
import { bind } from './scope.ts'
import {
  booleanOf,
  entryOf,
  isEncoded,
  isFaulty,
  isInstances,
  isNull,
  isResource,
  isSet,
  list,
  map,
  scalar,
  sortedKeys,
  textOf,
  unknown,
} from './value.ts'

type Evaluate = (expression: Expression, scope: Scope) => Value

export interface Pair {
  key: Value
  value: Value
}

/** Keys and values to go through; null where they are not all known. */
export function pairsOf(collection: Value, place: Place): Pair[] | null {
  if (collection.kind === 'list' && !isEncoded(collection)) {
    const isOwnKey = isSet(collection)
    return collection.items.map((value, index) => {
      return { key: isOwnKey ? value : scalar(index, place), value }
    })
  }
  if (collection.kind !== 'map' || collection.open) return null
  if (isEncoded(collection) || isResource(collection)) return null
  return sortedKeys(collection).map((key) => {
    const { value } = collection.entries.get(key) as Entry
    return { key: scalar(key, place), value }
  })
}

export function evaluateFor(expression: For, scope: Scope, evaluate: Evaluate): Value {
  const { place } = expression
  const collection = evaluate(expression.collection, scope)
  const pairs = pairsOf(collection, place)
  if (pairs === null || !scope.work.allows(pairs.length, 'items')) return unknown(place, collection)
  const round = ({ key, value }: Pair) => {
    const inner = bind(scope, expression.valueName, value)
    return expression.keyName === null ? inner : bind(inner, expression.keyName, key)
  }
  const kept = rounds(pairs.map(round), expression.condition, evaluate)
  // Whether an item is in is not known: neither is what there is in all.
  if (kept === null) return unknown(place, collection)
  if (expression.key === null) {
    return list(
      kept.map((inner) => evaluate(expression.value, inner)),
      place,
    )
  }
  return gather(expression, expression.key, kept, evaluate)
}

function rounds(
  scopes: readonly Scope[],
  condition: Expression | null,
  evaluate: Evaluate,
): Scope[] | null {
  if (condition === null) return [...scopes]
  const kept: Scope[] = []
  for (const scope of scopes) {
    const truth = booleanOf(evaluate(condition, scope))
    if (truth === null) return null
    if (truth) kept.push(scope)
  }
  return kept
}

function gather(
  { value, group, place }: For,
  key: Expression,
  scopes: readonly Scope[],
  evaluate: Evaluate,
): Value {
  const groups = new Map<string, Value[]>()
  let open = false
  for (const scope of scopes) {
    const name = textOf(evaluate(key, scope))
    const result = evaluate(value, scope)
    if (name === null) open = true
    else if (group && groups.has(name)) groups.get(name)?.push(result)
    else groups.set(name, [result])
  }
  const entries = Array.from(groups, ([name, values]): [string, Entry] => {
    const [first = unknown(place)] = values
    return [name, entryOf(group ? list(values, first.place) : first)]
  })
  return map(entries, place, open)
}

export function evaluateSplat({ of, each, place }: Splat, scope: Scope, evaluate: Evaluate): Value {
  const value = evaluate(of, scope)
  if (isFaulty(value) || isNull(value)) return isFaulty(value) ? value : list([], place)
  if (isInstances(value) || value.kind === 'unknown') return unknown(place, value)
  const items = value.kind === 'list' && !isEncoded(value) ? value.items : [value]
  if (!scope.work.allows(items.length, 'items')) return unknown(place, value)
  return list(
    items.map((item) => evaluate(each, bind(scope, '*', item))),
    place,
  )
}
