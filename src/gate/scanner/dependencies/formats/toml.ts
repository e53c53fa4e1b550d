// TOML for its structure, and the places of the tables of an array (`[[package]]`).
import { parse } from 'smol-toml'
import { Unreadable } from './unreadable.ts'
import { field, listOf } from './value.ts'

export function parseToml(text: string): unknown {
  try {
    return parse(text, { maxDepth: 100 })
  } catch {
    throw new Unreadable('not valid TOML')
  }
}

export interface TomlTable {
  fields: unknown
  /** The value of `name = "…"` between its quotes; the head of the table where there is none. */
  start: number
  end: number
}

/** The tables `[[table]]` of a document that `parseToml` read, each with its place. */
export function tablesOf(text: string, document: unknown, table: string): TomlTable[] {
  const places = tableNamePlaces(text, table)
  return listOf(field(document, table)).map((fields, index) => {
    const { start, end } = places[index] ?? { start: 0, end: 0 }
    return { fields, start, end }
  })
}

function tableNamePlaces(text: string, table: string): { start: number; end: number }[] {
  const places: { start: number; end: number }[] = []
  let isWanted = false
  for (const { 0: line, 1: array, 2: name, index } of text.matchAll(headOrName)) {
    if (name === undefined) {
      isWanted = array === table
      if (isWanted) places.push({ start: index, end: index + line.length })
    } else if (isWanted) {
      const end = index + line.length - 1
      places[places.length - 1] = { start: end - name.length, end }
      isWanted = false
    }
  }
  return places
}

/** `[[array]]`, any other `[`, or `name = "…"`. */
const headOrName =
  /^[ \t]*(?:\[(?:\[[ \t]*([\w.-]+)[ \t]*\]\])?|name[ \t]*=[ \t]*["']([^"'\n]*)["'])/gm

export interface TomlName {
  /** Dotted, of the table that it stands in; with the key of the list, where it stands in one. */
  section: string
  name: string
  start: number
  end: number
}

/** Names that hand-written manifests hold: keys, and the first words of texts in lists. */
export function tomlNames(text: string): TomlName[] {
  const names: TomlName[] = []
  let section = ''
  let list = ''
  for (const { 0: line, index } of text.matchAll(/^[^\n]+/gm)) {
    const [head, path] = /^\s*\[\s*([^[\]\s][^[\]]*)\]/.exec(line) ?? []
    if (head !== undefined && path !== undefined && list === '') {
      section = path.replace(/["'\s]/g, '')
      const name = section.slice(section.lastIndexOf('.') + 1)
      const start = index + Math.max(head.lastIndexOf(name), 0)
      names.push({
        section: section.slice(0, -name.length - 1),
        name,
        start,
        end: start + name.length,
      })
      continue
    }
    const [, before = '', key, bracket] = /^(\s*["']?)([\w.-]+)["']?\s*=\s*(\[)?/.exec(line) ?? []
    if (key !== undefined && list === '') {
      const start = index + before.length
      names.push({ section, name: key, start, end: start + key.length })
      if (bracket !== undefined) list = section === '' ? key : `${section}.${key}`
    }
    if (list === '') continue
    for (const { 0: quoted, 1: name = '', index: at } of line.matchAll(
      /["']([A-Za-z0-9][\w.-]*)/g,
    )) {
      const end = index + at + quoted.length
      names.push({ section: list, name, start: end - name.length, end })
    }
    if (/\][\s,]*(?:#.*)?$/.test(line)) list = ''
  }
  return names
}
