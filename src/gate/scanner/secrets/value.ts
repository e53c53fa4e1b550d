// Reads the value of an assignment: a string literal, or what stands there without quotes.
import type { Span } from '../excerpt.ts'
import type { Operator } from './assignment.ts'
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

/** A value up to the next blank, quote or separator, where the syntax has such values. */
export function readUnquoted(text: string, operator: Operator, syntax: Syntax): Span | null {
  if (operator.element) return readElement(text, operator.end)
  if (operator.inString) return readWithin(text, operator.end, stringEnd)
  if (syntax === 'code') return null
  const span = readWithin(text, operator.end, bareEnd)
  if (span === null || /\w\(/.test(text.slice(span.start, span.end))) return null
  const next = /,[\w-]{1,40}=/.exec(text.slice(span.start, span.end))
  if (next !== null) return { start: span.start, end: span.start + next.index }
  return endsThere(text, span.end) ? span : null
}

const valueCharsMax = 1024

const wrapper =
  /(?:[brufRBUFL@$]{1,2}(?=["'`])|&(?=")|(?:new[ \t]{1,4})?[\w.:[\]<>]{1,48}\([ \t]{0,8}(?:[brufL]{0,2}(?=["'`])))/y
/** Calls whose argument names the value instead of being it. */
const lookup =
  /(?:get\w*|env|environ|config\w*|require|find\w*|read\w*|load\w*|fetch\w*|t|_|gettext\w*|i18n|translate|prompt|input|print\w*|format|select\w*|query\w*|resolve\w*|lookup|param\w*|option\w*|field\w*|header\w*|has\w*|contains|startswith|endswith|match\w*|test|search|exec|replace|split|includes|indexof|equals\w*|describe|it|symbol|error|warn|info|debug|log|getpass|ask\w*|vault\w*|secret\w*|import|include|open|file\w*|path\w*|join|resource\w*|url\w*|lang|label|text|column|string_?name|named|inject|bean|value|generate\w*|register\w*|create\w*|hash\w*|md5|sha\w*|bcrypt\w*)\($/i

function skipToQuote(text: string, at: number): { quote: number; interpolates: boolean } | null {
  const direct = text[at]
  if (direct === '"' || direct === "'" || direct === '`') return { quote: at, interpolates: false }
  if (direct === '\\' && isEscapedQuote(text, at)) return { quote: at, interpolates: false }
  if (direct === '&' && text.startsWith('&quot;', at)) return { quote: at, interpolates: false }
  wrapper.lastIndex = at
  if (!wrapper.test(text)) return null
  const quote = wrapper.lastIndex
  const prefix = text.slice(at, quote)
  if (!isEscapedQuote(text, quote - 1) || lookup.test(prefix.replace(/^.*[.:]/, ''))) return null
  return { quote, interpolates: /^[fF$]|\([fF$]$/.test(prefix) }
}

/** Whether a quote stands after `at`. */
function isEscapedQuote(text: string, at: number): boolean {
  const next = text[at + 1]
  return next === '"' || next === "'" || next === '`'
}

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
function isJoined(text: string, after: number): boolean {
  let at = after
  while (at - after < 8 && text[at] === ' ') at++
  const char = text[at]
  return char === '+' || (char === '%' && text[at + 1] !== '>') || text.startsWith('.format', at)
}

function readElement(text: string, start: number): Span | null {
  elementValue.lastIndex = start
  const found = elementValue.exec(text)
  const [, before = '', value = ''] = found ?? []
  if (value === '') return null
  return { start: start + before.length, end: start + before.length + value.length }
}

const elementValue = /(\s{0,80})([^<\s][^<\n]{0,1022}[^<\s])\s{0,80}<\//y

/** Characters that end a value: blanks, quotes and what stands around values. */
function codesOf(characters: string): Uint8Array {
  const codes = new Uint8Array(256)
  for (const character of characters) codes[character.charCodeAt(0)] = 1
  return codes
}
const bareEnd = codesOf(' \t\r\n"\'`<>')
const stringEnd = codesOf(' \t\r\n"\'`<>;&\\,)')

function readWithin(text: string, start: number, ends: Uint8Array): Span | null {
  const limit = Math.min(text.length, start + valueCharsMax)
  let end = start
  while (end < limit && ends[text.charCodeAt(end)] !== 1) end++
  while (end > start && trailing.has(text.charAt(end - 1))) end--
  return end > start ? { start, end } : null
}

const trailing = new Set([',', ';', ')', '}', ']'])

/** Whether the line, or the command, ends after the value; prose goes on. */
function endsThere(text: string, end: number): boolean {
  afterValue.lastIndex = end
  return afterValue.test(text)
}

const afterValue = /[,;)}\]]{0,3}(?:[ \t]{0,40}(?:\r?\n|$|#|\/\/|\\|&&|\||-|;)|["'`])/y
