// How many instances `count` or `for_each` make of a block, and what these call themselves.
import type { Mapping, Value } from '../../resource.ts'
import { evaluate } from '../evaluate/evaluate.ts'
import { pairsOf } from '../evaluate/iteration.ts'
import { bind, type Scope } from '../evaluate/scope.ts'
import { booleanOf, isNull, map, numberOf, scalar, textOf, unknown } from '../evaluate/value.ts'
import type { Block } from '../syntax/tree.ts'
import { expressionOf } from './definition.ts'

export interface Expansion {
  /** `unknown`: any number of instances, all like the one that is given. */
  shape: 'single' | 'list' | 'map' | 'unknown'
  instances: readonly ExpandedBlock[]
  /** What the unknown shape came from. */
  cause: Value | null
}

export interface ExpandedBlock {
  /** Number or text of the index; null where there is none. */
  key: string | number | null
  scope: Scope
}

export function expand({ body, place }: Block, scope: Scope): Expansion {
  const count = expressionOf(body, 'count')
  if (count !== null) return byCount(evaluate(count, scope), scope)
  const forEach = expressionOf(body, 'for_each')
  if (forEach !== null) return byItems(evaluate(forEach, scope), scope)
  const allowed = scope.work.instances(1)
  return {
    shape: 'single',
    instances: allowed === 0 ? [] : [{ key: null, scope }],
    cause: allowed === 0 ? unknown(place) : null,
  }
}

/** What an instance calls itself after the name of its block. */
export function indexText(key: string | number | null): string {
  if (key === null) return ''
  return typeof key === 'number' ? `[${key}]` : `[${JSON.stringify(key)}]`
}

function byCount(count: Value, scope: Scope): Expansion {
  const truth = booleanOf(count)
  const number = numberOf(count) ?? (truth === null ? null : Number(truth))
  const { place } = count
  const bound = (index: Value): Scope => bind(scope, 'count', map([['index', at(index)]], place))
  if (number === null || number < 0) {
    return uncertain(count, bound(unknown(place, count)))
  }
  const allowed = scope.work.instances(Math.floor(number))
  const instances = Array.from({ length: allowed }, (_, index) => ({
    key: index,
    scope: bound(scalar(index, place)),
  }))
  return { shape: 'list', instances, cause: null }
}

function byItems(collection: Value, scope: Scope): Expansion {
  const { place } = collection
  const bound = (key: Value, value: Value): Scope => {
    const each: Mapping = map(
      [
        ['key', at(key)],
        ['value', at(value)],
      ],
      place,
    )
    return bind(scope, 'each', each)
  }
  const pairs = pairsOf(collection, place)
  if (isNull(collection)) return { shape: 'map', instances: [], cause: null }
  if (pairs === null) {
    const cause = unknown(place, collection)
    return uncertain(collection, bound(cause, cause))
  }
  const instances: ExpandedBlock[] = []
  const allowed = scope.work.instances(pairs.length)
  for (const pair of pairs.slice(0, allowed)) {
    const key = collection.kind === 'list' ? pair.value : pair.key
    const name = textOf(key)
    instances.push({ key: name ?? '?', scope: bound(key, pair.value) })
  }
  return { shape: 'map', instances, cause: null }
}

function uncertain(cause: Value, scope: Scope): Expansion {
  const allowed = scope.work.instances(1)
  return { shape: 'unknown', instances: allowed === 0 ? [] : [{ key: null, scope }], cause }
}

const at = (value: Value) => ({ value, place: value.place })
