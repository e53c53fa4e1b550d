// What all nodes of YAML share: anchors, aliases, tags, and the entries of mappings.
import type { Entry, Mapping, Value } from '../resource.ts'
import { type Cursor, isBlank, templated } from './cursor.ts'
import { isFlowIndicator } from './scalar.ts'

export type Entries = Map<string, Entry>

export interface Properties {
  anchor: string | null
  tag: string | null
  alias: Value | null
  isGiven: boolean
  /** Whether a line end stands between them and what they belong to. */
  isApart: boolean
}

const [anchorSign, aliasSign, tagSign] = [0x26, 0x2a, 0x21]

/** `&anchor`, `!tag` and `*alias`, with the blanks behind them. */
export function readProperties(cursor: Cursor): Properties {
  const properties: Properties = {
    anchor: null,
    tag: null,
    alias: null,
    isGiven: false,
    isApart: false,
  }
  for (;;) {
    const code = cursor.code()
    if (code !== anchorSign && code !== tagSign && code !== aliasSign) return properties
    if (code === aliasSign && (properties.isGiven || isBlank(cursor.code(1)))) return properties
    const start = cursor.at++
    // A verbatim tag may hold commas.
    const isVerbatim = code === tagSign && cursor.code() === 0x3c
    while (!isBlank(cursor.code()) && (isVerbatim || !isFlowIndicator(cursor.code()))) cursor.at++
    const name = cursor.text.slice(start + 1, cursor.at)
    properties.isGiven = true
    if (code === aliasSign) {
      properties.alias = aliased(cursor, name, start)
      return properties
    }
    if (code === anchorSign) properties.anchor = name
    else properties.tag = name
    properties.isApart = cursor.skipBlank()
  }
}

/** Shared, not copied: a million aliases of aliases cost nothing. */
function aliased(cursor: Cursor, name: string, start: number): Value {
  const value = cursor.anchors.get(name.endsWith(':') ? name.slice(0, -1) : name)
  return value ?? { kind: 'unknown', place: cursor.place(start), references: [] }
}

export function withProperties(cursor: Cursor, { anchor, tag }: Properties, value: Value): Value {
  const result = tag === null ? value : tagged(cursor, tag, value)
  if (anchor !== null) cursor.anchors.set(anchor, result)
  return result
}

/** Those of the core schema change nothing here, but for texts; others stand for programs. */
function tagged(cursor: Cursor, tag: string, value: Value): Value {
  if (tag === '!str' || tag === '') {
    if (value.kind !== 'scalar') return value
    return { ...value, value: cursor.text.slice(value.place.start, value.place.end) }
  }
  if (cursor.keepsFunctions && /^[A-Z]\w{0,40}$/.test(tag)) {
    const name = tag === 'Ref' || tag === 'Condition' ? tag : `Fn::${tag}`
    const { place } = value
    return { kind: 'map', entries: new Map([[name, { value, place }]]), place, open: false }
  }
  if (tag.startsWith('!') || tag.startsWith('<tag:yaml.org')) return value
  return { kind: 'unknown', place: value.place, references: [] }
}

export function nullAt(cursor: Cursor): Value {
  return { kind: 'scalar', value: null, place: cursor.place(cursor.at) }
}

/** A key of null is one that cannot be known. */
const unknownKey = templated

export function addEntry(cursor: Cursor, entries: Entries, key: string | null, entry: Entry): void {
  if (key === null || key.includes(templated)) {
    entries.set(unknownKey, entry)
    return
  }
  const isTwice = entries.has(key) && cursor.text !== cursor.source.text
  // Of a template, both branches of a condition are read: which one counts is not known.
  entries.set(key, isTwice ? { ...entry, value: unknownLike(entry.value) } : entry)
}

function unknownLike({ place }: Value): Value {
  return { kind: 'unknown', place, references: [] }
}

/** Closes a mapping: merges what `<<` names and tells whether more may be in it. */
export function mapping(cursor: Cursor, entries: Entries, start: number): Mapping {
  const place = cursor.place(start)
  let open = entries.delete(unknownKey)
  const merged = entries.get('<<')
  if (merged !== undefined) {
    entries.delete('<<')
    const sources = merged.value.kind === 'list' ? merged.value.items : [merged.value]
    for (const source of sources) {
      if (source.kind !== 'map') {
        open ||= source.kind === 'unknown'
        continue
      }
      open ||= source.open
      cursor.spend(source.entries.size)
      for (const [key, entry] of source.entries) {
        if (!entries.has(key)) entries.set(key, entry)
      }
    }
  }
  return { kind: 'map', entries, place, open }
}
