// Bodies as values: attributes by name, blocks as lists of maps, dynamic blocks as those that they
// stand for.
import type { Entry, Mapping, Place, Value } from '../../resource.ts'
import { evaluate } from '../evaluate/evaluate.ts'
import { pairsOf } from '../evaluate/iteration.ts'
import { structured } from '../evaluate/json-text.ts'
import { broughtTo } from '../evaluate/origin.ts'
import { bind, type Scope } from '../evaluate/scope.ts'
import { isNull, list, map, unknown } from '../evaluate/value.ts'
import type { Block, Body } from '../syntax/tree.ts'
import { expressionOf } from './definition.ts'

/** Blocks that one dynamic block may make. */
const dynamicMax = 500

/** What Terraform itself reads of a block, rather than its provider. */
const metaArguments = new Set(['count', 'for_each', 'provider', 'providers', 'depends_on'])

/** Null counts as not set, and texts in JSON as what they hold. */
export function evaluateBody(body: Body, place: Place, scope: Scope): Mapping {
  const entries = new Map<string, Entry>()
  for (const attribute of body.attributes) {
    if (metaArguments.has(attribute.name)) continue
    const value = evaluate(attribute.expression, scope)
    if (isNull(value)) continue
    const { place: at } = attribute
    entries.set(attribute.name, { value: broughtTo(at, structured(value), scope.work), place: at })
  }
  const groups = new Map<string, Mapping[]>()
  for (const block of body.blocks) addBlock(groups, block, scope)
  for (const [type, blocks] of groups) {
    const [first] = blocks
    if (first === undefined || entries.has(type)) continue
    const span = spanOf(blocks)
    entries.set(type, { value: list(blocks, span), place: span })
  }
  return map(entries, place)
}

/** From the first to the last of blocks, which need not stand together. */
function spanOf(blocks: readonly Mapping[]): Place {
  const places = blocks.map(({ place }) => place)
  const first = places.reduce((least, place) => (place.start < least.start ? place : least))
  const last = places.reduce((most, place) => (place.end > most.end ? place : most))
  return first.source === last.source ? { ...first, end: last.end } : first
}

function addBlock(groups: Map<string, Mapping[]>, block: Block, scope: Scope): void {
  if (block.type === 'dynamic') {
    addDynamic(groups, block, scope)
    return
  }
  add(groups, block.type, evaluateBody(block.body, block.place, scope))
}

function add(groups: Map<string, Mapping[]>, type: string, body: Mapping): void {
  const group = groups.get(type)
  if (group === undefined) groups.set(type, [body])
  else group.push(body)
}

function addDynamic(groups: Map<string, Mapping[]>, block: Block, scope: Scope): void {
  const [type = ''] = block.labels
  const content = block.body.blocks.find((inner) => inner.type === 'content')
  const over = expressionOf(block.body, 'for_each')
  if (content === undefined || over === null) return
  const iterator = expressionOf(block.body, 'iterator')
  const name = iterator?.kind === 'variable' ? iterator.name : type
  for (const item of itemsOf(evaluate(over, scope), block.place, scope)) {
    if (!scope.work.take()) return
    add(groups, type, evaluateBody(content.body, block.place, bind(scope, name, item)))
  }
}

/** What the iterator is in each round; where nobody knows how many there are, in one. */
function itemsOf(collection: Value, place: Place, { work }: Scope): Mapping[] {
  const pairs = pairsOf(collection, place)
  if (pairs === null) {
    if (isNull(collection)) return []
    const cause = unknown(place, collection)
    return [iteratorOf(cause, cause, place)]
  }
  if (pairs.length > dynamicMax)
    work.cut(`only ${dynamicMax} blocks of a dynamic block are checked`)
  return pairs.slice(0, dynamicMax).map(({ key, value }) => iteratorOf(key, value, place))
}

function iteratorOf(key: Value, value: Value, place: Place): Mapping {
  return map(
    [
      ['key', { value: key, place }],
      ['value', { value, place }],
    ],
    place,
  )
}
