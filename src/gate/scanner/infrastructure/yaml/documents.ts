// Reads YAML, and JSON as a part of it, into values that know their places. Written by hand because
// libraries read a megabyte a second, and build what aliases stand for.
import type { SourceText } from '../../source-text.ts'
import type { Budget } from '../../weakness.ts'
import type { Value } from '../resource.ts'
import { readRoot } from './block.ts'
import { Cursor, YamlError } from './cursor.ts'

/** UTF-16 offsets of one of several documents in a text, its `---` left out. */
export interface Range {
  start: number
  end: number
}

const documentsMax = 20_000

export function splitDocuments(text: string): Range[] {
  const ranges: Range[] = []
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const separator = /^(?:---|\.\.\.)(?=\s|$)/gm
  for (let found = separator.exec(text); found !== null; found = separator.exec(text)) {
    if (ranges.length >= documentsMax) break
    ranges.push({ start, end: found.index })
    start = separator.lastIndex
  }
  ranges.push({ start, end: text.length })
  return ranges.filter(({ start, end }) => end > start)
}

export interface ReadDocument {
  /** Null for an empty document, and for one that could not be read. */
  value: Value | null
  /** Why it could not be read. */
  problem: string | null
}

/** `text` is the source's, or the same with its templates covered (`templates.ts`). */
export function readDocument(
  source: SourceText,
  text: string,
  { start, end }: Range,
  budget: Budget,
  { keepsFunctions = false } = {},
): ReadDocument {
  try {
    const cursor = new Cursor(source, text, start, end, budget)
    cursor.keepsFunctions = keepsFunctions
    return { value: readRoot(cursor), problem: null }
  } catch (error) {
    if (error instanceof YamlError) return { value: null, problem: error.message }
    throw error
  }
}
