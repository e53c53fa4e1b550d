// Scalars of YAML: plain, quoted and block ones, and what they are taken for.
import type { Scalar, Value } from '../resource.ts'
import { type Cursor, isBlank, isLineEnd, isSpace, templated } from './cursor.ts'

const [colon, hash, comma] = [0x3a, 0x23, 0x2c]
const [single, double] = [0x27, 0x22]

export function isQuote(code: number): boolean {
  return code === single || code === double
}

export function isFlowIndicator(code: number): boolean {
  return code === comma || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d
}

/** The end of a plain scalar's part on this line, blanks before it left out. */
export function plainLineEnd(cursor: Cursor, inFlow: boolean): number {
  const { text, end } = cursor
  let last = cursor.at
  for (let at = cursor.at; at < end; at++) {
    const code = text.charCodeAt(at)
    if (isSpace(code)) continue
    if (isLineEnd(code)) break
    if (code === hash && at > cursor.at && isSpace(text.charCodeAt(at - 1))) break
    if (code === colon && endsKey(text, at, end, inFlow)) break
    if (inFlow && isFlowIndicator(code)) break
    last = at + 1
  }
  return last
}

/** Whether the colon at `at` ends a key rather than being part of a text. */
export function endsKey(text: string, at: number, end: number, inFlow: boolean): boolean {
  const next = at + 1 < end ? text.charCodeAt(at + 1) : Number.NaN
  return isBlank(next) || (inFlow && isFlowIndicator(next))
}

/** Reads on over lines that are indented further than `indent`. */
export function readPlain(cursor: Cursor, indent: number, inFlow: boolean): Scalar {
  const start = cursor.at
  let end = plainLineEnd(cursor, inFlow)
  if (end === start) cursor.fail(`a value begins with ${JSON.stringify(cursor.text[start] ?? '')}`)
  let text = cursor.text.slice(start, end)
  cursor.at = end
  for (;;) {
    const lines = nextTextLine(cursor, indent, inFlow)
    const lineEnd = lines === 0 ? cursor.at : plainLineEnd(cursor, inFlow)
    if (lineEnd === cursor.at) break
    text += lines === 1 ? ' ' : '\n'.repeat(lines - 1)
    text += cursor.text.slice(cursor.at, lineEnd)
    cursor.at = end = lineEnd
  }
  cursor.at = end
  return { kind: 'scalar', value: resolve(text), place: cursor.place(start, end) }
}

/** Goes to the line on which the text continues; how many line ends away it is, 0 for none. */
function nextTextLine(cursor: Cursor, indent: number, inFlow: boolean): number {
  const before = cursor.at
  let lines = 0
  cursor.skipSpaces()
  while (isLineEnd(cursor.code())) {
    if (cursor.code() === 0x0a) lines++
    cursor.at++
    cursor.skipSpaces()
  }
  const code = cursor.code()
  const continues =
    lines > 0 &&
    !Number.isNaN(code) &&
    code !== hash &&
    (inFlow ? !isFlowIndicator(code) : cursor.column > indent)
  if (continues) return lines
  cursor.at = before
  return 0
}

export function readQuoted(cursor: Cursor): Scalar {
  const start = cursor.at
  const quote = cursor.code()
  const parts: string[] = []
  cursor.at++
  for (;;) {
    const from = cursor.at
    while (!stopsQuoted(cursor.code(), quote)) cursor.at++
    parts.push(cursor.text.slice(from, cursor.at))
    const code = cursor.code()
    if (Number.isNaN(code)) {
      cursor.at = start
      cursor.fail('a quoted text does not end')
    }
    if (code === quote && !(quote === single && cursor.code(1) === single)) break
    parts.push(code === quote ? "'" : isLineEnd(code) ? foldLines(cursor, parts) : escaped(cursor))
    if (code === quote) cursor.at += 2
  }
  cursor.at++
  return { kind: 'scalar', value: parts.join(''), place: cursor.place(start) }
}

function stopsQuoted(code: number, quote: number): boolean {
  return (
    code === quote || isLineEnd(code) || (code === 0x5c && quote === double) || Number.isNaN(code)
  )
}

/** One line end is a blank, more are one less; blanks around them do not count. */
function foldLines(cursor: Cursor, parts: string[]): string {
  parts.push((parts.pop() ?? '').replace(/[ \t]{1,1000}$/, ''))
  let lines = 0
  while (isLineEnd(cursor.code()) || isSpace(cursor.code())) {
    if (cursor.code() === 0x0a) lines++
    cursor.at++
  }
  return lines <= 1 ? ' ' : '\n'.repeat(lines - 1)
}

const escapes: Record<string, string> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}

function escaped(cursor: Cursor): string {
  const letter = cursor.text[cursor.at + 1] ?? ''
  const digits = { x: 2, u: 4, U: 8 }[letter]
  cursor.at += 2
  if (digits !== undefined) {
    const hex = cursor.text.slice(cursor.at, cursor.at + digits)
    cursor.at += digits
    const code = Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  }
  if (letter === '\n' || letter === '\r') {
    while (isLineEnd(cursor.code()) || isSpace(cursor.code())) cursor.at++
    return ''
  }
  return escapes[letter] ?? letter
}

/** `|` and `>`: `indent` is the column of what holds it. */
export function readBlockScalar(cursor: Cursor, indent: number): Scalar {
  const start = cursor.at
  const folded = cursor.code() === 0x3e
  const header = /[|>][-+0-9]{0,4}/y
  header.lastIndex = start
  const marks = header.exec(cursor.text)?.[0] ?? ''
  cursor.at += marks.length
  cursor.skipSpaces()
  const wanted = /\d/.exec(marks)?.[0]
  const { text, end } = cursor
  let at = nextLine(text, cursor.at, end)
  let margin = wanted === undefined ? -1 : Math.max(indent, 0) + Number(wanted)
  const lines: string[] = []
  let last = cursor.at
  while (at < end) {
    const next = nextLine(text, at, end)
    const line = text.slice(at, next).replace(/\r?\n$/, '')
    const depth = line.search(/[^ ]/)
    if (depth !== -1) {
      if (margin === -1 && depth > indent) margin = depth
      if (depth < margin || depth <= indent) break
      last = at + line.length
    }
    lines.push(depth === -1 ? '' : line.slice(margin))
    at = next
  }
  cursor.at = last
  while (lines.length > 0 && lines.at(-1) === '') lines.pop()
  const value = `${lines.join(folded ? ' ' : '\n')}${marks.includes('-') ? '' : '\n'}`
  return { kind: 'scalar', value, place: cursor.place(start) }
}

function nextLine(text: string, at: number, end: number): number {
  const lineEnd = text.indexOf('\n', at)
  return lineEnd === -1 || lineEnd >= end ? end : lineEnd + 1
}

/** As YAML 1.1 and 1.2 agree; `yes` and `0644` as those read them that read 1.1. */
export function resolve(text: string): Scalar['value'] {
  const known = words.get(text)
  if (known !== undefined) return known
  if (text.length > 30 || !/^[-+.\d]/.test(text)) return text
  if (/^[-+]?(?:0|[1-9]\d{0,15})$/.test(text)) return Number(text)
  if (/^0o?[0-7]{1,15}$/.test(text)) return Number.parseInt(text.replace('o', ''), 8)
  if (/^0x[\da-fA-F]{1,12}$/.test(text)) return Number(text)
  return /^[-+]?(?:\d{1,15}\.\d{0,25}|\.\d{1,15})(?:[eE][-+]?\d{1,3})?$/.test(text)
    ? Number(text)
    : text
}

const words = new Map<string, Scalar['value']>(
  [
    [['', '~', 'null', 'Null', 'NULL'], null],
    [['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'], true],
    [['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF'], false],
  ].flatMap(([names, value]) =>
    (names as string[]).map((name): [string, Scalar['value']] => [name, value as boolean | null]),
  ),
)

/** What holds the stand-in of a template has no known value. */
export function known(scalar: Scalar): Value {
  const { value, place } = scalar
  if (typeof value !== 'string' || !value.includes(templated)) return scalar
  return { kind: 'unknown', place, references: [] }
}
