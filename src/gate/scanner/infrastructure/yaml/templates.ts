// Manifests with Go templates in them, as Helm charts have: the actions are covered, the rest is
// read as YAML, and whatever an action may decide is not known.
import type { Entry, Value } from '../resource.ts'
import { templated } from './cursor.ts'
import type { Range } from './documents.ts'

export interface Covered {
  /** As long as the original, so that places stay what they are. */
  text: string
  /** From `if`, `range` or `with` to their `end`. */
  guarded: readonly Range[]
  /** Where an action on a line of its own may write more. */
  added: readonly number[]
}

const actionsMax = 20_000

export function coverTemplates(text: string): Covered {
  const pieces: string[] = []
  const guarded: Range[] = []
  const added: number[] = []
  const opened: { start: number; guards: boolean }[] = []
  let at = 0
  for (let count = 0; count < actionsMax; count++) {
    const start = text.indexOf('{{', at)
    const close = start === -1 ? -1 : text.indexOf('}}', start + 2)
    if (close === -1) break
    const end = close + 2
    const action = text.slice(start, end)
    const word = /^\{\{-?\s*([a-z]+|\/\*|\$\w*\s*:?=)?/.exec(action)?.[1] ?? ''
    if (openers.has(word)) opened.push({ start, guards: guards.has(word) })
    if (word === 'end') {
      const opener = opened.pop()
      if (opener?.guards === true) guarded.push({ start: opener.start, end })
    }
    const isSilent = silent.has(word) || /^[/$]/.test(word)
    const isAlone = standsAlone(text, start, end)
    if (isAlone && !isSilent) added.push(start)
    const stand = isAlone || word.startsWith('/') ? ' ' : templated
    pieces.push(text.slice(at, start), action.replace(/[^\n]/g, stand))
    at = end
  }
  return { text: pieces.join('') + text.slice(at), guarded, added }
}

const openers = new Set(['if', 'range', 'with', 'define', 'block'])
const guards = new Set(['if', 'range', 'with'])
/** Write nothing themselves. */
const silent = new Set([...openers, 'end', 'else', 'break', 'continue'])

const lineMax = 1000

function standsAlone(text: string, start: number, end: number): boolean {
  const lineStart = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1
  const next = text.indexOf('\n', end)
  const lineEnd = next === -1 ? text.length : next
  if (lineEnd - lineStart > lineMax) return false
  const around = text.slice(lineStart, start) + text.slice(end, lineEnd)
  return /^(?:\s|\{\{[^{}]{0,500}\}\})*$/.test(around)
}

/**
 * What is certain of a value that was read from a covered text: what is guarded is not known, and
 * mappings and lists that an action may add to have more than is seen. `head` stands in what the
 * whole document is about: what guards that, guards all of it, and does not count.
 */
export function certain(value: Value, covered: Covered, head: number): Value {
  const guarded = covered.guarded.filter(({ start, end }) => start > head || head > end)
  const additions = new Additions(covered)
  return rebuilt(value, (one) => {
    const { place } = one
    if (guarded.some(({ start, end }) => start < place.start && place.end <= end)) return 'unknown'
    if (!additions.touch(one)) return 'known'
    return one.kind === 'scalar' && one.value === null ? 'unknown' : 'open'
  })
}

/** The same value as a part of something larger: whatever is missing may stand elsewhere. */
export function partial(value: Value): Value {
  return rebuilt(value, (one) => (one.kind === 'scalar' && one.value === null ? 'unknown' : 'open'))
}

/** An action belongs to what it stands in, and may belong to what ends before or begins after. */
class Additions {
  readonly #added: readonly number[]
  readonly #starts = new Set<number>()
  readonly #ends = new Set<number>()

  constructor({ added, text }: Covered) {
    this.#added = added
    for (const position of added) {
      let start = position
      while (start < text.length && /\s/.test(text[start] as string)) start++
      let end = position
      while (end > 0 && /\s/.test(text[end - 1] as string)) end--
      this.#starts.add(start)
      this.#ends.add(end)
    }
  }

  touch({ place: { start, end } }: Value): boolean {
    if (this.#starts.has(start) || this.#ends.has(end)) return true
    let low = 0
    let high = this.#added.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#added[middle] as number) < start) low = middle + 1
      else high = middle
    }
    return (this.#added[low] ?? end) < end
  }
}

type Certainty = 'known' | 'open' | 'unknown'

function rebuilt(value: Value, certaintyOf: (one: Value) => Certainty): Value {
  const known = new Map<Value, Value>()
  const visit = (one: Value): Value => {
    let result = known.get(one)
    if (result === undefined) {
      result = once(one)
      known.set(one, result)
    }
    return result
  }
  const once = (one: Value): Value => {
    const { place } = one
    const unknown: Value = { kind: 'unknown', place, references: [] }
    const certainty = certaintyOf(one)
    if (certainty === 'unknown') return unknown
    if (one.kind === 'scalar' || one.kind === 'unknown') return one
    if (one.kind === 'list') {
      const items = one.items.map(visit)
      return { ...one, items: certainty === 'open' ? [...items, unknown] : items }
    }
    const entries = new Map<string, Entry>()
    for (const [key, entry] of one.entries)
      entries.set(key, { ...entry, value: visit(entry.value) })
    return { ...one, entries, open: one.open || certainty === 'open' }
  }
  return visit(value)
}
