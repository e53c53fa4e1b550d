// Whether two values are the same, as `==` has it: without converting one to the other's type.
import type { Value } from '../../resource.ts'
import { isAddressed, isEncoded } from './value.ts'

const comparisonsMax = 20_000

/** Null where it cannot be known. */
export function equal(a: Value, b: Value, budget = { left: comparisonsMax }): boolean | null {
  if (--budget.left < 0 || a.kind === 'unknown' || b.kind === 'unknown') return null
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.value === b.value
  // A structure that stands for a text may equal one.
  if (a.kind === 'scalar' || b.kind === 'scalar') return isEncoded(a) || isEncoded(b) ? null : false
  if (isAddressed(a) || isAddressed(b) || isEncoded(a) !== isEncoded(b)) return null
  if (a.kind === 'list' && b.kind === 'list') {
    if (a.items.length !== b.items.length) return false
    return every(a.items, (item, index) => equal(item, b.items[index] as Value, budget))
  }
  if (a.kind !== 'map' || b.kind !== 'map') return false
  if (a.open || b.open) return null
  if (a.entries.size !== b.entries.size) return false
  return every([...a.entries], ([key, { value }]) => {
    const other = b.entries.get(key)
    return other === undefined ? false : equal(value, other.value, budget)
  })
}

function every<Item>(
  items: readonly Item[],
  test: (item: Item, index: number) => boolean | null,
): boolean | null {
  let result: boolean | null = true
  for (const [index, item] of items.entries()) {
    const outcome = test(item, index)
    if (outcome === false) return false
    if (outcome === null) result = null
  }
  return result
}
