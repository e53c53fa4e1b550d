// JSON for its structure by the platform's own parser, and the places of keys by a walk of its own:
// together several times as fast as a parser that keeps places.
import { Unreadable } from './unreadable.ts'

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Unreadable('not valid JSON')
  }
}

/** With comments and a comma before a closing bracket, as bun writes. */
export function parseLooseJson(text: string): unknown {
  return parseJson(text.replace(looseParts, (part) => (part.startsWith('"') ? part : '')))
}

/** Strings and comments without their end reach to the end of the text: no place is tried twice. */
const looseParts = /"[^"\\]*(?:\\.[^"\\]*)*"?|\/\/[^\n]*|\/\*.*?(?:\*\/|$)|,(?=\s*[}\]])/gs

export interface JsonKey {
  /** Objects and arrays around the key: 1 for the document's own keys. */
  depth: number
  /** The key as it is written, between its quotes. */
  start: number
  end: number
  /** Where the value begins. */
  value: number
}

/**
 * Visits the keys of a document that `parseJson` accepts, in their order. `visit` says whether to
 * look into the value; what it does not look into costs next to nothing.
 */
export function walkJsonKeys(text: string, visit: (key: JsonKey) => boolean): void {
  let depth = 0
  // Whether a string is a key: true after `{` and, in an object, after `,`.
  const isObject: boolean[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === quote) {
      const end = stringEnd(text, at)
      const colon = isObject[depth] ? colonAfter(text, end) : -1
      if (colon === -1) {
        at = end
        continue
      }
      const value = skipSpace(text, colon + 1)
      const inside = visit({ depth, start: at + 1, end, value })
      at = inside ? value - 1 : skipValue(text, value) - 1
    } else if (char === openBrace || char === openBracket) {
      depth++
      isObject[depth] = char === openBrace
    } else if (char === closeBrace || char === closeBracket) depth--
  }
}

/** The key's text, its escapes resolved. */
export function keyText(text: string, { start, end }: Pick<JsonKey, 'start' | 'end'>): string {
  return unescaped(text.slice(start, end))
}

/** The text that begins at `start` if a string does; null otherwise. */
export function stringAt(text: string, start: number): string | null {
  if (text.charCodeAt(start) !== quote) return null
  return unescaped(text.slice(start + 1, stringEnd(text, start)))
}

function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw
  try {
    return String(JSON.parse(`"${raw}"`))
  } catch {
    return raw
  }
}

const quote = 0x22
const backslash = 0x5c
const colonChar = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** Index of the closing quote, or the end of the text. */
function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return text.length
}

function skipSpace(text: string, from: number): number {
  let at = from
  for (let char = text.charCodeAt(at); isSpace(char); char = text.charCodeAt(at)) at++
  return at
}

const isSpace = (char: number) => char === 0x20 || char === 0x0a || char === 0x0d || char === 0x09

function colonAfter(text: string, stringEnding: number): number {
  const at = skipSpace(text, stringEnding + 1)
  return text.charCodeAt(at) === colonChar ? at : -1
}

/** Index after the value that begins at `start`. */
function skipValue(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first === quote) return stringEnd(text, start) + 1
  if (first !== openBrace && first !== openBracket) return start + 1
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === quote) at = stringEnd(text, at)
    else if (char === openBrace || char === openBracket) depth++
    else if ((char === closeBrace || char === closeBracket) && --depth === 0) return at + 1
  }
  return text.length
}
