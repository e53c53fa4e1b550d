// Reads `name = value` as people write it in any language, by hand rather than by one huge
// expression: from a word such as "token" outwards to the name, over the operator, to the value.
import type { Syntax } from './place.ts'
import { readQuoted, readUnquoted } from './value.ts'

export interface Assignment {
  name: string
  nameStart: number
  /** The value, without quotes, is `text.slice(start, end)`. */
  start: number
  end: number
  value: string
  quoted: boolean
}

/** Words around which a name is looked for. */
export const triggers = ['pass', 'pwd', 'secret', 'token', 'key', 'auth', 'cred', 'bearer', 'jwt']

/**
 * The assignment whose name holds `text.slice(from, to)`, or null. `text` has one character per
 * byte. Covers `=`, `:`, `:=`, `=>`, `==`, `||`, setters and calls (`define('NAME', 'value')`),
 * typed declarations, XML attributes and elements, property lists, `name:`/`value:` pairs,
 * query strings, connection strings, environment files and command-line options.
 */
export function readAssignment(
  text: string,
  from: number,
  to: number,
  syntax: Syntax,
): Assignment | null {
  const nameStart = nameBefore(text, from)
  const nameEnd = nameAfter(text, to)
  if (nameEnd - nameStart > nameCharsMax) return null
  const operator = readOperator(text, nameStart, nameEnd)
  if (operator === null) return null
  const quoted = readQuoted(text, operator.end)
  const found = quoted ?? (operator.bare ? readUnquoted(text, operator, syntax) : null)
  if (found === null) return null
  return {
    name: text.slice(nameStart, nameEnd),
    nameStart,
    start: found.start,
    end: found.end,
    value: text.slice(found.start, found.end),
    quoted: quoted !== null,
  }
}

/** Where the name's last character is followed by something else. */
export function nameAfter(text: string, to: number): number {
  let end = to
  while (end - to <= nameCharsMax && isNameCode(text.charCodeAt(end))) end++
  return end
}

export interface Operator {
  /** Where the value may begin. */
  end: number
  /** Whether a value without quotes may follow. */
  bare: boolean
  /** Whether the name stands in a query string or a connection string: `;Password=`. */
  inString: boolean
  /** Whether the value runs up to the next tag. */
  element: boolean
}

const nameCharsMax = 80

function nameBefore(text: string, from: number): number {
  let start = from
  while (from - start <= nameCharsMax && isNameCode(text.charCodeAt(start - 1))) start--
  return start
}

/** Letters, digits, `_`, `-`, `.` and `$`. */
const nameCodes = new Uint8Array(256)
for (let code = 0; code < 256; code++) {
  if (/[\w.$-]/.test(String.fromCharCode(code))) nameCodes[code] = 1
}

function isNameCode(code: number): boolean {
  return nameCodes[code] === 1
}

function readOperator(text: string, nameStart: number, nameEnd: number): Operator | null {
  let at = nameEnd
  let closed = false
  for (let count = 0; count < 3 && isClosing(text[at]); count++) {
    closed = true
    at++
  }
  const afterName = at
  at = skipBlanks(text, at)
  const char = text[at]
  if (symbolStart.has(char)) {
    return readSymbol(text, at, { nameStart, tight: at === nameEnd })
  }
  if (char === ',' && closed && isQuote(text[nameStart - 1])) return readPair(text, at)
  if (char === '(' && !closed && at === nameEnd) return readCall(text, nameStart, at)
  if (text[nameStart - 1] === '<') return readTag(text, at)
  if (char === '<' && at === nameEnd) return readPropertyList(text, at)
  if (closed) return readValueField(text, at)
  return readWord(text, afterName, at, nameStart)
}

function isClosing(char: string | undefined): boolean {
  return char === '"' || char === "'" || char === '`' || char === ']' || char === '\\'
}

/** Over blanks, but not over lines. */
function skipBlanks(text: string, from: number): number {
  let at = from
  while (at - from < 32 && (text[at] === ' ' || text[at] === '\t')) at++
  return at
}

const quotesOnly = (end: number): Operator => ({
  end,
  bare: false,
  inString: false,
  element: false,
})
const element = (end: number): Operator => ({ end, bare: true, inString: false, element: true })

const restOfTag = /[^<>/=]{0,40}(?:=\s?"[^"<>]{0,80}"\s?){0,4}>/y

/** `<password>value` and `<Pass encoding="base64">value`. */
function readTag(text: string, at: number): Operator | null {
  restOfTag.lastIndex = at
  return restOfTag.test(text) ? element(restOfTag.lastIndex) : null
}

const setter =
  /(?:^|[.>])(?:set|with|using|add)\w{3,40}$|(?:^|[.>])[a-z]{0,8}_?(?:key|password|passwd|pwd|secret|token)$/i

/** `setPassword('value')`, `.apiKey('value')`, but no look-up such as `getPassword('key')`. */
function readCall(text: string, nameStart: number, bracket: number): Operator | null {
  const name = text.slice(nameStart, bracket)
  if (!setter.test(name) || lookupStart.test(name)) return null
  return quotesOnly(skipBlanks(text, bracket + 1))
}

const lookupStart = /(?:^|[.>])(?:get|find|read|load|fetch|check|has|is|verify|match|hash|parse)/i

const symbolStart: ReadonlySet<string | undefined> = new Set(['=', ':', '!', '?', '|', '.'])
const symbol = /(?:={1,3}>?|!={1,2}|:{1,3}=|:|\.=|\?\?=?|\?[:=]|\|\|=?)(?![=:~])/y
const typeAnnotation = /:[ \t]{0,4}[\w&<>[\]'|?. ]{1,32}=(?![=>])/y

function readSymbol(
  text: string,
  at: number,
  { nameStart, tight }: { nameStart: number; tight: boolean },
): Operator | null {
  typeAnnotation.lastIndex = at
  if (typeAnnotation.test(text)) return quotesOnly(skipToValue(text, typeAnnotation.lastIndex))
  symbol.lastIndex = at
  if (!symbol.test(text)) return null
  const operator = text.slice(at, symbol.lastIndex)
  const bare = operator === '=' || operator === ':' || operator === ':=' || operator === '?='
  const before = text[nameStart - 1]
  const inString =
    tight && operator === '=' && (inStringBefore.has(before) || isStatement(text, nameStart))
  return { end: skipToValue(text, symbol.lastIndex), bare, inString, element: false }
}

const inStringBefore: ReadonlySet<string | undefined> = new Set(['?', '&', ';', '"', "'"])

/** Over blanks, and over one line break when a quote follows it. */
function skipToValue(text: string, from: number): number {
  const at = skipBlanks(text, from)
  if (text[at] !== '\n' && text[at] !== '\r') return at
  lineThenQuote.lastIndex = at
  return lineThenQuote.test(text) ? lineThenQuote.lastIndex : at
}

const lineThenQuote = /\r?\n[ \t]{0,80}(?=["'])/y

/** `'NAME', 'value'` in a call, unless it is `"name": …, "value": "…"` of a list of settings. */
function readPair(text: string, comma: number): Operator | null {
  return readValueField(text, comma) ?? quotesOnly(skipToValue(text, comma + 1))
}

const valueField =
  /,?\s{0,80}["'\\]{0,2}(?:value|Value|VALUE|content|default)["'\\]{0,2}[ \t]{0,8}[:=][ \t]{0,8}/y

/** `name="NAME" value="…"`, or the same as YAML, JSON or Terraform. */
function readValueField(text: string, at: number): Operator | null {
  valueField.lastIndex = at
  return valueField.test(text)
    ? { end: valueField.lastIndex, bare: true, inString: false, element: false }
    : null
}

const propertyListValue = /<\/key>\s{0,80}<string>/y

function readPropertyList(text: string, at: number): Operator | null {
  propertyListValue.lastIndex = at
  return propertyListValue.test(text) ? element(propertyListValue.lastIndex) : null
}

const typedDeclaration = /[\w.*[\]]{1,24}[ \t]{1,8}=(?![=>])[ \t]{0,8}/y

/** What has no operator: `--password value`, `PASSWORD 'value'`, `var token string = "value"`. */
function readWord(text: string, from: number, at: number, nameStart: number): Operator | null {
  if (at === from) return text[at] === '\n' || text[at] === '\r' ? readValueField(text, at) : null
  if (isQuote(text[at])) return quotesOnly(at)
  typedDeclaration.lastIndex = at
  if (typedDeclaration.test(text)) return quotesOnly(typedDeclaration.lastIndex)
  const option = text.startsWith('--', nameStart) || isStatement(text, nameStart)
  return option ? { end: at, bare: true, inString: false, element: false } : null
}

function isQuote(char: string | undefined): boolean {
  return char === '"' || char === "'"
}

/** `export NAME=value`, a Dockerfile's `ENV NAME value` and a .netrc's `machine … password value`. */
function isStatement(text: string, nameStart: number): boolean {
  const nearby = text.slice(Math.max(0, nameStart - statementCharsMax), nameStart)
  const line = nearby.slice(nearby.lastIndexOf('\n') + 1)
  return (
    line.length < statementCharsMax && /^[ \t]*(?:(?:ENV|ARG|export)[ \t]+|machine .*)$/.test(line)
  )
}

const statementCharsMax = 160
