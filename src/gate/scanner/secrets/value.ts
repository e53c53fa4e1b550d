// Reads the value of an assignment: a string literal, or what stands there without quotes.
import type { Span } from '../span.ts'
import { anyOf, wordSet } from './any-of.ts'
import type { Operator } from './operator.ts'
import type { Syntax } from './place.ts'

/**
 * The inside of the string literal at `at`, after a prefix (`b"…"`, `[]byte("…")`) if any. Null
 * where there is none, where it is joined to something else, or where it is a look-up's key.
 */
export function readQuoted(text: string, at: number): Span | null {
  const opening = skipToQuote(text, at)
  if (opening === null) return null
  const delimiter = delimiterAt(text, opening.quote)
  const start = opening.quote + delimiter.length
  const end = closingAt(text, start, delimiter)
  if (end === null || isJoined(text, end + delimiter.length)) return null
  if (opening.interpolates && text.slice(start, end).includes('{')) return null
  return { start, end }
}

/** A value without quotes, where the operator and the syntax have such values. */
export function readBare(text: string, operator: Operator, syntax: Syntax): Span | null {
  const { bare, end } = operator
  if (bare === 'element') return readElement(text, end)
  if (bare === 'string') return readWithin(text, end, stringEnd)
  return bare === 'line' && syntax === 'config' ? readLine(text, end) : null
}

const valueCharsMax = 768

interface Opening {
  quote: number
  /** Whether braces inside stand for other values. */
  interpolates: boolean
}

function skipToQuote(text: string, at: number): Opening | null {
  const direct = text.charAt(at)
  const escaped = direct === '\\' && quotes.includes(text.charAt(at + 1))
  if (quotes.includes(direct) || escaped || text.startsWith('&quot;', at)) {
    return direct === '' ? null : { quote: at, interpolates: false }
  }
  wrapper.lastIndex = at
  if (!wrapper.test(text)) return null
  const quote = wrapper.lastIndex
  const prefix = text.slice(at, quote)
  if (!quotes.includes(text.charAt(quote)) || isLookup(prefix)) return null
  return { quote, interpolates: /^[fF$]|\([fF$]$/.test(prefix) }
}

const quotes = '"\'`'

/** Prefixes of string literals, and calls that take one: `b"`, `@"`, `[]byte("`, `new Key("`. */
const wrapper = anyOf(
  'y',
  /[brufRBUFL@$]{1,2}(?=["'`])/,
  /&(?=")/,
  /(?:new[ \t]{1,4})?[\w.:[\]<>]{1,48}\([ \t]{0,8}[brufL]{0,2}(?=["'`])/,
)

/** Calls whose argument names, or is turned into, the value instead of being it. */
function isLookup(prefix: string): boolean {
  if (prefix.startsWith('new')) return false
  const name = /(\w+)\([ \t]*[brufL]{0,2}$/.exec(prefix)?.[1]?.toLowerCase()
  return name !== undefined && (lookups.has(name) || lookupStart.test(name))
}

const lookups = wordSet(
  't _ env environ i18n translate input format lookup contains startswith endswith test search',
  'exec replace split includes indexof describe it symbol error warn info debug log import open',
  'include join lang label text column named inject bean value md5 stringname string_name',
)
const lookupStart = anyOf(
  '',
  /^(?:get|find|read|load|fetch|select|query|resolve|require|param|option|field|header|has)/,
  /^(?:match|equals|ask|vault|secret|config|print|prompt|file|path|resource|url|gettext)/,
  /^(?:generate|register|create|hash|sha|bcrypt)/,
)

function delimiterAt(text: string, quote: number): string {
  if (text[quote] === '&') return '&quot;'
  const single = text[quote] === '\\' ? text.slice(quote, quote + 2) : text.charAt(quote)
  return text.startsWith(single.repeat(3), quote) ? single.repeat(3) : single
}

/** Where the literal ends; null when it does not end on its line. */
function closingAt(text: string, start: number, delimiter: string): number | null {
  const limit = Math.min(text.length, start + valueCharsMax)
  for (let at = start; at < limit; at++) {
    if (text.startsWith(delimiter, at)) return at
    const char = text[at]
    if (char === '\n') return null
    if (char === '\\' && delimiter[0] !== '\\') at++
  }
  return null
}

/** `"Bearer " + token` and `"%s:%s" % pair` are no values. */
function isJoined(text: string, end: number): boolean {
  let at = end
  while (at - end < 8 && text[at] === ' ') at++
  const char = text[at]
  return char === '+' || (char === '%' && text[at + 1] !== '>') || text.startsWith('.format', at)
}

/** Up to the closing tag, without the blanks around. */
function readElement(text: string, at: number): Span | null {
  elementValue.lastIndex = at
  const [, before = '', value = ''] = elementValue.exec(text) ?? []
  if (value === '') return null
  return { start: at + before.length, end: at + before.length + value.length }
}

const elementValue = /(\s{0,80})([^<\s][^<\n]{0,766}[^<\s])\s{0,80}<\//y

/** `NAME=value` at the end of a line or a command; in prose the sentence goes on instead. */
function readLine(text: string, at: number): Span | null {
  const span = readWithin(text, at, blankOrQuote)
  if (span === null) return null
  const value = text.slice(span.start, span.end)
  if (/\w\(/.test(value)) return null
  const next = /,[\w-]{1,40}=/.exec(value)
  if (next !== null) return { start: span.start, end: span.start + next.index }
  endOfCommand.lastIndex = span.end
  return endOfCommand.test(text) ? span : null
}

const endOfCommand = /[,;)}\]]{0,3}(?:[ \t]{0,40}(?:\r?\n|$|#|\/\/|\\|&&|\||-|;)|["'`])/y

function readWithin(text: string, start: number, ends: Uint8Array): Span | null {
  const limit = Math.min(text.length, start + valueCharsMax)
  let end = start
  while (end < limit && ends[text.charCodeAt(end)] !== 1) end++
  if (end - start === valueCharsMax) return null
  while (end > start && ',;)}]'.includes(text.charAt(end - 1))) end--
  return end > start ? { start, end } : null
}

function codesOf(characters: string): Uint8Array {
  const codes = new Uint8Array(256)
  for (const character of characters) codes[character.charCodeAt(0)] = 1
  return codes
}
const blankOrQuote = codesOf(' \t\r\n"\'`<>')
const stringEnd = codesOf(' \t\r\n"\'`<>;&\\,)')
