// Runs the patterns of token rules in the windows around their keywords.

import type { Span } from '../span.ts'
import type { PatternRule } from './compile.ts'
import { isGenuine } from './placeholder.ts'
import { concerns, record, type Search } from './search.ts'

/** False when the time ran out. */
export function findPatterns(search: Search, regions: Map<PatternRule, Span[]>): boolean {
  for (const [rule, windows] of regions) {
    if (!concerns(search, rule)) continue
    for (const window of windows) {
      if (search.expired()) return false
      searchWindow(search, rule, window)
    }
  }
  return true
}

function searchWindow(search: Search, rule: PatternRule, { start, end }: Span): void {
  const { pattern } = rule
  const window = search.text.slice(start, end)
  pattern.lastIndex = 0
  for (let found = pattern.exec(window); found !== null; found = pattern.exec(window)) {
    const group = found.indices?.groups?.secret
    if (found[0] === '') pattern.lastIndex++
    if (group === undefined) continue
    const place = { start: start + group[0], end: start + group[1] }
    const value = search.text.slice(place.start, place.end)
    if (isCut(search.text, found, start, end) || !isGenuine(value, search.strict)) continue
    record(search, rule, { ...place, value })
  }
}

/** Whether the window's edge, not the text, ended the match: look-arounds saw nothing there. */
function isCut(text: string, found: RegExpExecArray, start: number, end: number): boolean {
  const from = start + found.index
  const to = from + found[0].length
  return (
    (from === start && isWordCode(text.charCodeAt(from - 1))) ||
    (to === end && isWordCode(text.charCodeAt(to)))
  )
}

function isWordCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x5f
  )
}
