// Scalars and one-line flow collections (`{integrity: sha512-…}`, `[x64, arm64]`) of plain YAML.
import { type YamlEntry, type YamlValue, yamlDepthMax } from './yaml-value.ts'

/** This is more YAML than the small reader knows. */
export class Unfit extends Error {}

export interface Scalar {
  value: string
  /** Of its content, without quotes. */
  start: number
  end: number
  /** Index behind it, its closing quote included. */
  after: number
}

/** Where a plain scalar ends: at a colon, at a comment, or at anything that ends a flow item. */
type Setting = 'key' | 'value' | 'flow'

export function readScalar(text: string, start: number, end: number, setting: Setting): Scalar {
  const first = text.charCodeAt(start)
  if (first === 0x22) return doubleQuoted(text, start, end)
  if (first === 0x27) return singleQuoted(text, start, end)
  if (start >= end || indicators.includes(text.charAt(start))) throw new Unfit()
  const after = plainEnd(text, start, end, setting)
  let last = after
  while (last > start && text.charCodeAt(last - 1) === 0x20) last--
  return { value: text.slice(start, last), start, end: last, after }
}

const indicators = '&*!|>%@`{}[],#'

function doubleQuoted(text: string, start: number, end: number): Scalar {
  let close = text.indexOf('"', start + 1)
  while (close !== -1 && close < end) {
    let slashes = 0
    while (text.charCodeAt(close - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) {
      const raw = text.slice(start + 1, close)
      const value = raw.includes('\\') ? unescaped(raw) : raw
      return { value, start: start + 1, end: close, after: close + 1 }
    }
    close = text.indexOf('"', close + 1)
  }
  throw new Unfit()
}

function unescaped(raw: string): string {
  try {
    return String(JSON.parse(`"${raw}"`))
  } catch {
    throw new Unfit()
  }
}

function singleQuoted(text: string, start: number, end: number): Scalar {
  let close = text.indexOf("'", start + 1)
  while (close !== -1 && text.charCodeAt(close + 1) === 0x27) close = text.indexOf("'", close + 2)
  if (close === -1 || close >= end) throw new Unfit()
  const value = text.slice(start + 1, close).replaceAll("''", "'")
  return { value, start: start + 1, end: close, after: close + 1 }
}

function plainEnd(text: string, start: number, end: number, setting: Setting): number {
  if (setting === 'value') {
    const comment = text.slice(start, end).indexOf(' #')
    return comment === -1 ? end : start + comment
  }
  for (let at = start; at < end; at++) {
    const char = text.charCodeAt(at)
    if (char === 0x3a && (at + 1 === end || text.charCodeAt(at + 1) === 0x20)) return at
    if (setting === 'flow' && (char === 0x2c || char === 0x7d || char === 0x5d)) return at
    if (char === 0x23 && text.charCodeAt(at - 1) === 0x20) throw new Unfit()
  }
  return end
}

export function skipBlanks(text: string, from: number, end: number): number {
  let at = from
  while (at < end && text.charCodeAt(at) === 0x20) at++
  return at
}

/** A flow collection that ends before `end`. */
export function readFlow(
  text: string,
  start: number,
  end: number,
  depth = 0,
): { value: YamlValue; after: number } {
  if (depth > yamlDepthMax) throw new Unfit()
  const first = text.charAt(start)
  if (first !== '{' && first !== '[') {
    const { value, after } = readScalar(text, start, end, 'flow')
    return { value: value === '~' || value === 'null' ? '' : value, after }
  }
  const entries = new Map<string, YamlEntry>()
  const items: YamlValue[] = []
  const close = first === '{' ? '}' : ']'
  let at = skipBlanks(text, start + 1, end)
  while (at < end && text.charAt(at) !== close) {
    if (first === '{') at = readEntry(text, at, end, depth, entries)
    else {
      const item = readFlow(text, at, end, depth + 1)
      items.push(item.value)
      at = item.after
    }
    at = skipBlanks(text, at, end)
    if (text.charAt(at) === ',') at = skipBlanks(text, at + 1, end)
    else if (text.charAt(at) !== close) throw new Unfit()
  }
  if (at >= end) throw new Unfit()
  return { value: first === '{' ? entries : items, after: at + 1 }
}

function readEntry(
  text: string,
  from: number,
  end: number,
  depth: number,
  entries: Map<string, YamlEntry>,
): number {
  const key = readScalar(text, from, end, 'flow')
  if (text.charAt(key.after) !== ':') throw new Unfit()
  const start = skipBlanks(text, key.after + 1, end)
  const { value, after } = readFlow(text, start, end, depth + 1)
  entries.set(key.value, { start: key.start, end: key.end, value })
  return after
}
