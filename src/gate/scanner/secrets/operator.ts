// Reads what stands between a name and its value.

export interface Operator {
  /** Where the value may begin. */
  end: number
  /** Which values may follow, besides quoted ones. */
  bare: Bare
}

/**
 * `no`: none; `line`: one that ends with the line, where the file's syntax has such values;
 * `string`: one within a query or connection string; `element`: one up to the next tag.
 */
export type Bare = 'no' | 'line' | 'string' | 'element'

/** `nameEnd` is where the name ends; null where nothing assigns to it. */
export function readOperator(text: string, nameStart: number, nameEnd: number): Operator | null {
  let at = nameEnd
  while (at - nameEnd < 3 && closing.has(text[at])) at++
  const closed = at > nameEnd
  const afterName = at
  at = skipBlanks(text, at)
  const char = text[at]
  if (closed && char === '{') return after(blockValue, text, at, 'line')
  if (symbolStart.has(char)) return readSymbol(text, at, { nameStart, tight: at === nameEnd })
  if (char === ',' && closed && isQuote(text[nameStart - 1])) return readPair(text, at)
  if (char === '(' && at === nameEnd) return readCall(text, nameStart, at)
  if (text[nameStart - 1] === '<') return after(restOfTag, text, at, 'element')
  if (char === '<' && at === nameEnd) return after(propertyListValue, text, at, 'element')
  if (closed) return after(valueField, text, at, 'line')
  return readWord(text, { nameStart, nameEnd: afterName, at })
}

const charSet = (chars: string): ReadonlySet<string | undefined> => new Set(chars)
const closing = charSet('"\'`]\\')
const symbolStart = charSet('=:!?|.')
const startsString = charSet('?&;"\'')

function isQuote(char: string | undefined): boolean {
  return char === '"' || char === "'"
}

/** Over blanks, but not over lines. */
function skipBlanks(text: string, from: number): number {
  let at = from
  while (at - from < 32 && (text[at] === ' ' || text[at] === '\t')) at++
  return at
}

/** The operator that `pattern`, which is sticky, makes of the text at `at`. */
function after(pattern: RegExp, text: string, at: number, bare: Bare): Operator | null {
  pattern.lastIndex = at
  return pattern.test(text) ? { end: pattern.lastIndex, bare } : null
}

const symbol = /(?:={1,3}>?|!={1,2}|:{1,3}=|:|\.=|\?\?=?|\?[:=]|\|\|=?)(?![=:~])/y
const typeAnnotation = /:[ \t]{0,4}[\w&<>[\]'|?. ]{1,32}=(?![=>])/y
const plainSymbols: ReadonlySet<string> = new Set(['=', ':', ':=', '?='])

/** `=`, `:`, `:=`, `=>`, `==`, `??` and their like, and `: type =`. */
function readSymbol(
  text: string,
  at: number,
  { nameStart, tight }: { nameStart: number; tight: boolean },
): Operator | null {
  const typed = after(typeAnnotation, text, at, 'no')
  if (typed !== null) return { ...typed, end: skipToValue(text, typed.end) }
  const found = after(symbol, text, at, 'no')
  if (found === null) return null
  const operator = text.slice(at, found.end)
  const end = skipToValue(text, found.end)
  const inside = text[end] === '{' ? after(blockValue, text, end, 'no') : null
  if (inside !== null) return inside
  if (!plainSymbols.has(operator)) return { end, bare: 'no' }
  const joined = tight && operator === '='
  const inString =
    startsString.has(text[nameStart - 1]) ||
    isStatement(text, nameStart) ||
    (joined && isAmongPairs(text, nameStart))
  return { end, bare: joined && inString ? 'string' : 'line' }
}

/** Over blanks, and over one line break when a quote follows it. */
function skipToValue(text: string, from: number): number {
  const at = skipBlanks(text, from)
  return after(lineThenQuote, text, at, 'no')?.end ?? at
}

const lineThenQuote = /\r?\n[ \t]{0,80}(?=["'])/y

/** `'NAME', 'value'` in a call, unless it is `"name": …, "value": "…"` of a list of settings. */
function readPair(text: string, comma: number): Operator | null {
  const field = after(valueField, text, comma, 'line')
  return field ?? { end: skipToValue(text, comma + 1), bare: 'no' }
}

/** `name="NAME" value="…"`, or the same as YAML, JSON or Terraform. */
const valueField =
  /,?\s{0,80}["'\\]{0,2}(?:value|Value|VALUE|content|default)["'\\]{0,2}[ \t]{0,8}[:=][ \t]{0,8}/y
/** `"NAME": {"value": "…"`, and `variable "NAME" {` with its default some lines below. */
const blockValue = new RegExp(
  [
    String.raw`\{\s{0,40}(?:(?:type|description|sensitive|nullable)["']?[ \t]{0,20}[:=]`,
    String.raw`[^\n{}]{0,160}\n\s{0,20}){0,4}["']?(?:value|default)["']?[ \t]{0,20}[:=][ \t]{0,8}`,
  ].join(''),
  'y',
)
/** `<password>value` and `<Pass encoding="base64">value`. */
const restOfTag = /[^<>/=]{0,40}(?:=\s?"[^"<>]{0,80}"\s?){0,4}>/y
/** `<key>NAME</key><string>value`. */
const propertyListValue = /<\/key>\s{0,80}<string>/y

/** `setPassword('value')`, `.apiKey('value')`, but no look-up such as `getPassword('key')`. */
function readCall(text: string, nameStart: number, bracket: number): Operator | null {
  const name = text.slice(nameStart, bracket)
  if (lookupName.test(name) || !(setterName.test(name) || builderName.test(name))) return null
  return { end: skipBlanks(text, bracket + 1), bare: 'no' }
}

const setterName = /(?:^|[.>])(?:set|with|using|add)\w{3,40}$/i
const builderName = /(?:^|[.>])[a-z]{0,8}_?(?:key|password|passwd|pwd|secret|token)$/i
const lookupName = /(?:^|[.>])(?:get|find|read|load|fetch|check|has|is|verify|match|hash|parse)/i

/** What has no operator: `--password value`, `PASSWORD 'value'`, `var token string = "value"`. */
function readWord(
  text: string,
  { nameStart, nameEnd, at }: { nameStart: number; nameEnd: number; at: number },
): Operator | null {
  if (at === nameEnd)
    return startsLine.test(text[at] ?? '') ? after(valueField, text, at, 'line') : null
  if (isQuote(text[at])) return { end: at, bare: 'no' }
  const declared = after(typedDeclaration, text, at, 'no')
  if (declared !== null) return declared
  const takesValue = text.startsWith('--', nameStart) || isStatement(text, nameStart)
  return takesValue ? { end: at, bare: 'line' } : null
}

const startsLine = /[\r\n]/
const typedDeclaration = /[\w.*[\]]{1,24}[ \t]{1,8}=(?![=>])[ \t]{0,8}/y

/** A shell's `export NAME=`, a Dockerfile's `ENV NAME ` and a .netrc's `machine … password `. */
function isStatement(text: string, nameStart: number): boolean {
  const nearby = text.slice(Math.max(0, nameStart - statementCharsMax), nameStart)
  const line = nearby.slice(nearby.lastIndexOf('\n') + 1)
  return line.length < statementCharsMax && statement.test(line)
}

/** `user=app password=`, as libpq reads it, and `USER=app PASSWORD=` before a command. */
function isAmongPairs(text: string, nameStart: number): boolean {
  const nearby = text.slice(Math.max(0, nameStart - statementCharsMax), nameStart)
  const line = nearby.slice(nearby.lastIndexOf('\n') + 1)
  const isVariable = /^[A-Z][A-Z0-9_]{3,60}=/.test(text.slice(nameStart, nameStart + 64))
  return connection.test(line) || (isVariable && variables.test(line))
}

const connection =
  /\b(?:host|hostaddr|user|dbname|port|server|uid)=[^\s"'`]{1,80} (?:[^"'`]{0,80} )?$/
const variables = /^[\s-]{0,40}(?:\w{1,40}=[^\s"']{0,60} ){0,6}$/
const statement = /^[ \t]*(?:(?:ENV|ARG|export)[ \t]+|machine .*)$/
const statementCharsMax = 160
