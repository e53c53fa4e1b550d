// Flow collections of YAML, and so JSON: `{a: 1, b: [x, "y"]}`.
import type { Entry, Value } from '../resource.ts'
import { type Cursor, isBlank } from './cursor.ts'
import { addEntry, type Entries, mapping, nullAt, readProperties, withProperties } from './node.ts'
import { endsKey, isFlowIndicator, isQuote, known, readPlain, readQuoted } from './scalar.ts'

const [colon, comma, question] = [0x3a, 0x2c, 0x3f]
const [listOpen, listClose, mapOpen, mapClose] = [0x5b, 0x5d, 0x7b, 0x7d]

export function isFlow(code: number): boolean {
  return code === listOpen || code === mapOpen
}

export function readFlow(cursor: Cursor): Value {
  return cursor.nested(() =>
    cursor.code() === listOpen ? readFlowList(cursor) : readFlowMapping(cursor),
  )
}

function readFlowList(cursor: Cursor): Value {
  const start = cursor.at++
  const items: Value[] = []
  for (;;) {
    cursor.skipBlank()
    if (cursor.code() === listClose) break
    const itemStart = cursor.at
    const item = readFlowNode(cursor)
    cursor.skipBlank()
    if (isColon(cursor)) {
      const entries: Entries = new Map()
      readFlowValue(cursor, entries, item, itemStart)
      items.push(mapping(cursor, entries, itemStart))
    } else items.push(item)
    endItem(cursor, listClose)
  }
  cursor.at++
  return { kind: 'list', items, place: cursor.place(start) }
}

function readFlowMapping(cursor: Cursor): Value {
  const start = cursor.at++
  const entries: Entries = new Map()
  for (;;) {
    cursor.skipBlank()
    if (cursor.code() === mapClose) break
    if (cursor.code() === question && isBlank(cursor.code(1))) {
      cursor.at++
      cursor.skipBlank()
    }
    const keyStart = cursor.at
    const key = readFlowNode(cursor)
    cursor.skipBlank()
    if (isColon(cursor)) readFlowValue(cursor, entries, key, keyStart)
    else add(cursor, entries, key, { value: nullAt(cursor), place: key.place })
    endItem(cursor, mapClose)
  }
  cursor.at++
  return mapping(cursor, entries, start)
}

/** After a quoted or bracketed key JSON needs no blank behind the colon. */
function isColon(cursor: Cursor): boolean {
  if (cursor.code() !== colon) return false
  const before = cursor.text.charCodeAt(cursor.at - 1)
  return (
    isQuote(before) ||
    before === listClose ||
    before === mapClose ||
    endsKey(cursor.text, cursor.at, cursor.end, true)
  )
}

function readFlowValue(cursor: Cursor, entries: Entries, key: Value, keyStart: number): void {
  cursor.at++
  cursor.skipBlank()
  const code = cursor.code()
  const isEmpty = code === comma || code === mapClose || code === listClose
  const value = isEmpty ? nullAt(cursor) : readFlowNode(cursor)
  add(cursor, entries, key, { value, place: cursor.place(keyStart) })
}

function add(cursor: Cursor, entries: Entries, key: Value, entry: Entry): void {
  addEntry(cursor, entries, key.kind === 'scalar' ? String(key.value ?? '') : null, entry)
}

function endItem(cursor: Cursor, close: number): void {
  cursor.skipBlank()
  if (cursor.code() === comma) cursor.at++
  else if (cursor.code() !== close) cursor.fail('a comma or a closing bracket is missing')
}

function readFlowNode(cursor: Cursor): Value {
  const properties = readProperties(cursor)
  cursor.skipBlank()
  const code = cursor.code()
  if (properties.alias !== null) return properties.alias
  if (isFlow(code)) return withProperties(cursor, properties, readFlow(cursor))
  if (isQuote(code)) return withProperties(cursor, properties, known(readQuoted(cursor)))
  if (code === colon || (isFlowIndicator(code) && properties.isGiven)) {
    return withProperties(cursor, properties, nullAt(cursor))
  }
  const scalar = cursor.nested(() => readPlain(cursor, -1, true))
  return withProperties(cursor, properties, known(scalar))
}
