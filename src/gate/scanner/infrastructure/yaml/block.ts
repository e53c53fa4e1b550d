// Block collections of YAML, where indentation is structure.
import type { Value } from '../resource.ts'
import { type Cursor, isBlank } from './cursor.ts'
import { isFlow, readFlow } from './flow.ts'
import {
  addEntry,
  type Entries,
  mapping,
  type Properties,
  readProperties,
  withProperties,
} from './node.ts'
import {
  endsKey,
  isQuote,
  known,
  plainLineEnd,
  readBlockScalar,
  readPlain,
  readQuoted,
} from './scalar.ts'

const [dash, question, colon, pipe, greater] = [0x2d, 0x3f, 0x3a, 0x7c, 0x3e]

/** The whole document; null for one that holds nothing. */
export function readRoot(cursor: Cursor): Value | null {
  cursor.skipBlank()
  if (Number.isNaN(cursor.code())) return null
  const value = readNode(cursor, { indent: -1, parent: 'root', isInline: false })
  cursor.skipBlank()
  if (!Number.isNaN(cursor.code())) cursor.fail('what follows belongs to nothing')
  return value
}

interface Surroundings {
  /** The column of the collection that the node is in. */
  indent: number
  parent: 'root' | 'mapping' | 'list'
  /** Whether it may stand on the line of its key, where no mapping can begin. */
  isInline: boolean
}

/** What stands here or on one of the next lines, if it is indented far enough. */
function readNode(cursor: Cursor, around: Surroundings): Value {
  const before = cursor.at
  const crossed = cursor.skipBlank()
  let isInline = around.isInline && !crossed
  if (!belongs(cursor, around)) return emptyAt(cursor, before)
  const start = cursor.at
  const properties = readProperties(cursor)
  if (properties.alias !== null && !isKeyNext(cursor)) return properties.alias
  if (properties.isApart) isInline = false
  if (properties.isGiven && !belongs(cursor, around)) {
    const end = cursor.at
    return withProperties(cursor, properties, emptyAt(cursor, end))
  }
  return cursor.nested(() => readContent(cursor, { ...around, isInline }, properties, start))
}

function readContent(
  cursor: Cursor,
  around: Surroundings,
  properties: Properties,
  start: number,
): Value {
  const { indent, isInline } = around
  const code = cursor.code()
  if (code === pipe || code === greater) {
    return withProperties(cursor, properties, known(readBlockScalar(cursor, indent)))
  }
  if (isItem(cursor)) {
    if (isInline && around.parent === 'mapping') cursor.fail('a list begins on the line of a key')
    return withProperties(cursor, properties, readList(cursor))
  }
  if (properties.alias !== null || (!isInline && startsMapping(cursor))) {
    // Properties on the line of the first key are the key's.
    const own = properties.isApart
    if (!own) cursor.at = start
    const value = readMapping(cursor)
    return own ? withProperties(cursor, properties, value) : value
  }
  if (isFlow(code)) return withProperties(cursor, properties, readFlow(cursor))
  const scalar = isQuote(code) ? readQuoted(cursor) : readPlain(cursor, indent, false)
  return withProperties(cursor, properties, known(scalar))
}

function belongs(cursor: Cursor, { indent, parent }: Surroundings): boolean {
  if (Number.isNaN(cursor.code())) return false
  const { column } = cursor
  return column > indent || (parent === 'mapping' && column === indent && isItem(cursor))
}

/** Nothing stands where a value might: the reader stays before what follows. */
function emptyAt(cursor: Cursor, at: number): Value {
  return { kind: 'scalar', value: null, place: cursor.place(at, at) }
}

function isItem(cursor: Cursor): boolean {
  return cursor.code() === dash && isBlank(cursor.code(1))
}

function isKeyNext(cursor: Cursor): boolean {
  let ahead = 0
  while (cursor.code(ahead) === 0x20) ahead++
  return cursor.code(ahead) === colon && isBlank(cursor.code(ahead + 1))
}

/** Whether a key and its colon stand on this line. */
function startsMapping(cursor: Cursor): boolean {
  const { at, text, end } = cursor
  const code = cursor.code()
  if (code === question && isBlank(cursor.code(1))) return true
  if (isFlow(code)) return false
  let keyEnd: number
  if (isQuote(code)) {
    const lineEnd = text.indexOf('\n', at)
    readQuoted(cursor)
    keyEnd = cursor.at
    cursor.at = at
    if (lineEnd !== -1 && keyEnd > lineEnd) return false
  } else keyEnd = plainLineEnd(cursor, false)
  while (text.charCodeAt(keyEnd) === 0x20 || text.charCodeAt(keyEnd) === 0x09) keyEnd++
  return keyEnd < end && text.charCodeAt(keyEnd) === colon && endsKey(text, keyEnd, end, false)
}

function readList(cursor: Cursor): Value {
  const start = cursor.at
  const indent = cursor.column
  const items: Value[] = []
  let end = start
  while (isItem(cursor) && cursor.column === indent) {
    const itemStart = cursor.at++
    const item = readNode(cursor, { indent, parent: 'list', isInline: false })
    items.push(item)
    end = endOf(item, itemStart, cursor)
    cursor.skipBlank()
  }
  if (!Number.isNaN(cursor.code()) && cursor.column > indent) {
    cursor.fail('it is indented further than the list')
  }
  return { kind: 'list', items, place: cursor.place(start, end) }
}

/** An alias stands for a value that was written elsewhere. */
function endOf({ place }: Value, start: number, cursor: Cursor): number {
  return place.start > start ? place.end : cursor.at
}

function readMapping(cursor: Cursor): Value {
  const start = cursor.at
  const indent = cursor.column
  const entries: Entries = new Map()
  let end = start
  while (!Number.isNaN(cursor.code()) && cursor.column === indent && !isItem(cursor)) {
    const keyStart = cursor.at
    const key = readKey(cursor)
    const value = readNode(cursor, { indent, parent: 'mapping', isInline: true })
    end = endOf(value, keyStart, cursor)
    addEntry(cursor, entries, key, { value, place: cursor.place(keyStart, end) })
    cursor.skipBlank()
  }
  if (!Number.isNaN(cursor.code()) && cursor.column > indent) {
    cursor.fail('it is indented further than the mapping')
  }
  return { ...mapping(cursor, entries, start), place: cursor.place(start, end) }
}

/** With its colon; null for one that is more than a text. */
function readKey(cursor: Cursor): string | null {
  if (cursor.code() === question && isBlank(cursor.code(1))) return readComplexKey(cursor)
  const { alias } = readProperties(cursor)
  cursor.skipSpaces()
  let key: string | null = null
  if (alias?.kind === 'scalar') key = String(alias.value)
  else if (alias === null) {
    if (isQuote(cursor.code())) key = String(readQuoted(cursor).value)
    else {
      const end = plainLineEnd(cursor, false)
      key = cursor.text.slice(cursor.at, end)
      cursor.at = end
    }
  }
  cursor.skipSpaces()
  if (cursor.code() !== colon) cursor.fail('a key has no colon')
  cursor.at++
  return key
}

function readComplexKey(cursor: Cursor): string | null {
  const indent = cursor.column
  cursor.at++
  cursor.skipSpaces()
  const key = readNode(cursor, { indent, parent: 'list', isInline: false })
  cursor.skipBlank()
  if (cursor.column === indent && cursor.code() === colon && isBlank(cursor.code(1))) cursor.at++
  return key.kind === 'scalar' ? String(key.value) : null
}
