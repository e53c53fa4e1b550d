// One pass over a file's bytes: which rules have a keyword here, and where.

import type { Span } from '../span.ts'
import { searchBytes } from './aho-corasick.ts'
import type { AssignmentRule, CompiledRules, Opening, PatternRule } from './compile.ts'

export interface Sifted {
  /** Where to look for each pattern, ascending. */
  regions: Map<PatternRule, Span[]>
  /** Where each keyword of a shape rule begins, ascending. */
  nearby: Map<AssignmentRule, number[]>
  /** Where what each opening reads begins, ascending; names have two offsets, from and to. */
  offsets: Record<Opening, number[]>
}

export function sift(rules: CompiledRules, bytes: Uint8Array): Sifted {
  const sifted: Sifted = {
    regions: new Map(),
    nearby: new Map(),
    offsets: {
      name: [],
      url: [],
      'key-block': [],
      'encoded-key-block': [],
      'encoded-token': [],
      manifest: [],
    },
  }
  searchBytes(rules.automaton, bytes, (keyword, end) => {
    const woken = rules.keywords[keyword]
    if (woken === undefined) return
    const start = end - woken.length
    if (woken.opens === 'name') sifted.offsets.name.push(start, end)
    else if (woken.opens === 'url') sifted.offsets.url.push(end)
    else if (woken.opens !== null) sifted.offsets[woken.opens].push(start)
    for (const rule of woken.patterns) widen(sifted.regions, rule, start, end, bytes.length)
    for (const rule of woken.shapes) {
      const starts = sifted.nearby.get(rule)
      if (starts === undefined) sifted.nearby.set(rule, [start])
      else starts.push(start)
    }
  })
  return sifted
}

/** A longer region is begun anew, so that no single search runs away with the time. */
const regionBytesMax = 65_536

/** Adds the window around a keyword, joined with the one before where they meet. */
function widen(
  regions: Map<PatternRule, Span[]>,
  rule: PatternRule,
  start: number,
  end: number,
  length: number,
): void {
  const window = {
    start: Math.max(0, start - rule.reach),
    end: Math.min(length, end + rule.reach),
  }
  const known = regions.get(rule)
  const last = known?.at(-1)
  if (known === undefined || last === undefined) regions.set(rule, [window])
  else if (window.start > last.end || window.end - last.start > regionBytesMax) known.push(window)
  else last.end = Math.max(last.end, window.end)
}
