// Finds many keywords in one pass over bytes: Aho and Corasick's automaton (CACM 18(6), 1975),
// unrolled into a dense table. It is the sieve that keeps the regular expressions off most bytes.

export interface Automaton {
  /** The next state, premultiplied: `next[state | classOf[byte]]`. */
  readonly next: Int32Array
  /** Bytes that no keyword tells apart share a class; upper and lower case do. */
  readonly classOf: Uint8Array
  /** States from here on end a keyword. */
  readonly accepting: number
  readonly shift: number
  /** Keywords ending in the accepting state `accepting + (i << shift)`. */
  readonly ends: readonly (readonly number[])[]
}

/** Keywords are ASCII and match whatever their case. A keyword's id is its index. */
export function buildAutomaton(keywords: readonly string[]): Automaton {
  const { classOf, classes } = classify(keywords)
  const shift = Math.max(1, Math.ceil(Math.log2(classes)))
  const trie = plant(keywords, classOf)
  const { next, order } = link(trie, shift)
  return renumber(trie, next, { order, classOf, shift })
}

/** Calls `onHit(keyword, end)` for every occurrence, ends ascending; `end` is exclusive. */
export function searchBytes(
  automaton: Automaton,
  bytes: Uint8Array,
  onHit: (keyword: number, end: number) => void,
): void {
  const { next, classOf, accepting, shift, ends } = automaton
  const length = bytes.length
  let state = 0
  for (let at = 0; at < length; at++) {
    state = next[state | (classOf[bytes[at] as number] as number)] as number
    if (state >= accepting) {
      const keywords = ends[(state - accepting) >> shift] as readonly number[]
      for (const keyword of keywords) onHit(keyword, at + 1)
    }
  }
}

interface Trie {
  children: Map<number, number>[]
  ends: number[][]
}

function classify(keywords: readonly string[]): { classOf: Uint8Array; classes: number } {
  const classOf = new Uint8Array(256)
  let classes = 1
  for (const byte of Buffer.from(keywords.join('').toLowerCase(), 'latin1')) {
    if (classOf[byte] !== 0) continue
    classOf[byte] = classes
    if (byte >= 0x61 && byte <= 0x7a) classOf[byte - 0x20] = classes
    classes++
  }
  return { classOf, classes }
}

function plant(keywords: readonly string[], classOf: Uint8Array): Trie {
  const trie: Trie = { children: [new Map()], ends: [[]] }
  keywords.forEach((keyword, id) => {
    if (!/^[\x20-\x7e]+$/.test(keyword)) throw new Error(`not an ASCII keyword: ${keyword}`)
    let state = 0
    for (const byte of Buffer.from(keyword.toLowerCase(), 'latin1')) {
      const symbol = classOf[byte] as number
      let child = trie.children[state]?.get(symbol)
      if (child === undefined) {
        child = trie.children.push(new Map()) - 1
        trie.ends.push([])
        trie.children[state]?.set(symbol, child)
      }
      state = child
    }
    trie.ends[state]?.push(id)
  })
  return trie
}

/** Breadth first, each state copies the row of its longest proper suffix and overrides it. */
function link(trie: Trie, shift: number): { next: Int32Array; order: number[] } {
  const next = new Int32Array(trie.children.length << shift)
  const suffixes = new Int32Array(trie.children.length)
  const queue = [0]
  for (const state of queue) {
    const suffix = suffixes[state] as number
    if (state !== 0) {
      next.copyWithin(state << shift, suffix << shift, (suffix + 1) << shift)
      trie.ends[state]?.push(...(trie.ends[suffix] ?? []))
    }
    for (const [symbol, child] of trie.children[state] ?? []) {
      suffixes[child] = state === 0 ? 0 : (next[(state << shift) | symbol] as number)
      next[(state << shift) | symbol] = child
      queue.push(child)
    }
  }
  return { next, order: queue }
}

/**
 * Moves the states that end a keyword to the back, so that the scan asks one comparison, and keeps
 * the others breadth first, so that those most visited share the processor's cache.
 */
function renumber(
  trie: Trie,
  next: Int32Array,
  { order: breadthFirst, classOf, shift }: { order: number[]; classOf: Uint8Array; shift: number },
): Automaton {
  const isLoud = (state: number) => trie.ends[state]?.length !== 0
  const silent = breadthFirst.filter((state) => !isLoud(state))
  const loud = breadthFirst.filter(isLoud)
  const renumbered = new Int32Array(trie.ends.length)
  const order = [...silent, ...loud]
  order.forEach((state, index) => {
    renumbered[state] = index << shift
  })
  const table = new Int32Array(next.length)
  order.forEach((state, index) => {
    for (let symbol = 0; symbol < 1 << shift; symbol++) {
      const target = next[(state << shift) | symbol] as number
      table[(index << shift) | symbol] = renumbered[target] as number
    }
  })
  return {
    next: table,
    classOf,
    accepting: silent.length << shift,
    shift,
    ends: loud.map((state) => trie.ends[state] ?? []),
  }
}
