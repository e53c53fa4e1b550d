// Templates: quoted texts and heredocs with `${…}` and `%{…}` in them.
import type { Cursor } from './cursor.ts'
import { unquoted, withoutMarkers } from './quoted.ts'
import type { Expression, TemplatePart, TemplateParts } from './tree.ts'

type ReadExpression = (cursor: Cursor) => Expression

/** Pieces in the order that they are written, before directives are paired with their ends. */
type Piece =
  | { kind: 'text'; text: string }
  | ({ kind: 'value'; value: Expression } & Strips)
  | ({ kind: 'if'; condition: Expression } & Strips)
  | ({ kind: 'for'; names: readonly string[]; collection: Expression } & Strips)
  | ({ kind: 'else' | 'endif' | 'endfor' } & Strips)

/** Whether white space before and behind it is taken away. */
interface Strips {
  before: boolean
  after: boolean
}

/** From the quotation mark on. */
export function readQuoted(cursor: Cursor, readExpression: ReadExpression): Expression {
  const start = cursor.at++
  const pieces: Piece[] = []
  for (;;) {
    const from = cursor.at
    const stop = nextStop(cursor, true)
    addText(pieces, unquoted(cursor.text.slice(from, cursor.at)))
    if (stop === 'end') {
      cursor.at++
      break
    }
    pieces.push(readMarked(cursor, readExpression))
  }
  return toExpression(cursor, start, pieces)
}

/** From `<<` on. */
export function readHeredoc(cursor: Cursor, readExpression: ReadExpression): Expression {
  const start = cursor.at
  opening.lastIndex = start
  const [opened, flush = '', mark = ''] = opening.exec(cursor.text) ?? []
  if (opened === undefined || start + opened.length > cursor.end) {
    throw cursor.fault('a heredoc is not opened')
  }
  const from = start + opened.length
  const close = findClose(cursor, from, mark)
  const { end } = cursor
  const pieces: Piece[] = []
  cursor.at = from
  cursor.end = close.from
  try {
    while (cursor.at < close.from) {
      const piece = cursor.at
      const stop = nextStop(cursor, false)
      addText(pieces, withoutMarkers(cursor.text.slice(piece, cursor.at)))
      if (stop === 'marked') pieces.push(readMarked(cursor, readExpression))
    }
  } finally {
    cursor.end = end
    cursor.at = close.to
  }
  if (close.missing) throw cursor.fault(`the heredoc ${mark} is not closed`, start)
  if (flush === '-') cutIndents(pieces, indentOf(cursor.text.slice(from, close.from)))
  return toExpression(cursor, start, pieces)
}

const opening = /<<(-?)([\p{L}_][\p{L}\p{N}_-]*)[ \t]*\r?\n/uy

/** The line that holds nothing but the mark. */
function findClose({ text, end }: Cursor, from: number, mark: string) {
  for (let at = from; at < end; ) {
    const next = text.indexOf('\n', at)
    const lineEnd = next === -1 || next > end ? end : next
    // Most lines are no closing lines: look at their ends only where the mark is in them.
    if (text.slice(at, lineEnd).trim() === mark) {
      const to = at + text.slice(at, lineEnd).trimEnd().length
      return { from: at, to, missing: false }
    }
    at = lineEnd + 1
  }
  return { from: end, to: end, missing: true }
}

/** Moves to where the text ends or something marked begins. */
function nextStop(cursor: Cursor, isQuoted: boolean): 'end' | 'marked' {
  const { text } = cursor
  for (; ; cursor.at++) {
    const code = cursor.code()
    if (code === -1) {
      if (isQuoted) throw cursor.fault('a text is not closed')
      return 'end'
    }
    if (code === dollar || code === percent) {
      if (cursor.code(1) === code && cursor.code(2) === brace) cursor.at += 2
      else if (cursor.code(1) === brace) return 'marked'
    } else if (isQuoted) {
      if (code === quote) return 'end'
      if (code === backslash) cursor.at++
      else if (code === newline) throw cursor.fault('a text is not closed')
    } else if (code === newline) {
      const next = nextMark(text, cursor.at)
      cursor.at = Math.min(next, cursor.end) - 1
    }
  }
}

/** Skips lines of heredocs that hold nothing but text. */
function nextMark(text: string, from: number): number {
  mark.lastIndex = from
  return mark.exec(text)?.index ?? text.length
}

const mark = /[$%]/g
const newline = 0x0a
const quote = 0x22
const dollar = 0x24
const percent = 0x25
const backslash = 0x5c
const brace = 0x7b

function addText(pieces: Piece[], text: string): void {
  if (text !== '') pieces.push({ kind: 'text', text })
}

function readMarked(cursor: Cursor, readExpression: ReadExpression): Piece {
  const isValue = cursor.code() === dollar
  cursor.at += 2
  const before = cursor.text[cursor.at] === '~'
  if (before) cursor.at++
  return cursor.lines(true, () => {
    const piece = isValue
      ? { kind: 'value' as const, value: readExpression(cursor) }
      : readDirective(cursor, readExpression)
    const after = cursor.take('~')
    cursor.expect('}')
    return { ...piece, before, after }
  })
}

type Unstripped<Each> = Each extends Strips ? Omit<Each, keyof Strips> : never

function readDirective(cursor: Cursor, readExpression: ReadExpression): Unstripped<Piece> {
  cursor.skip()
  const word = cursor.name()
  switch (word) {
    case 'if':
      return { kind: 'if', condition: readExpression(cursor) }
    case 'for': {
      const names = readNames(cursor)
      return { kind: 'for', names, collection: readExpression(cursor) }
    }
    case 'else':
    case 'endif':
    case 'endfor':
      return { kind: word }
    default:
      throw cursor.fault('no such directive')
  }
}

/** `k, v in`, or `v in`. */
export function readNames(cursor: Cursor): string[] {
  const names: string[] = []
  do {
    cursor.skip()
    names.push(cursor.name())
  } while (cursor.take(','))
  cursor.skip()
  if (names.includes('') || names.length > 2 || cursor.name() !== 'in') {
    throw cursor.fault('"in" is missing')
  }
  return names
}

function toExpression(cursor: Cursor, start: number, pieces: readonly Piece[]): Expression {
  const place = cursor.placeFrom(start)
  if (pieces.every((piece) => piece.kind === 'text')) {
    return { kind: 'literal', value: pieces.map(({ text }) => text).join(''), place }
  }
  const pairing = new Pairing(cursor, pieces)
  const parts = pairing.until([])
  return { kind: 'template', parts, place }
}

/** Puts what stands between a directive and its end into it. */
class Pairing {
  readonly #cursor: Cursor
  readonly #pieces: readonly Piece[]
  #next = 0

  constructor(cursor: Cursor, pieces: readonly Piece[]) {
    this.#cursor = cursor
    this.#pieces = stripped(pieces)
  }

  /** Parts up to one of the `ends`, which is the next piece then. */
  until(ends: readonly Piece['kind'][]): TemplateParts {
    const parts: TemplatePart[] = []
    for (;;) {
      const piece = this.#pieces[this.#next]
      if (piece === undefined) {
        if (ends.length > 0) throw this.#cursor.fault('a directive is not ended')
        return parts
      }
      if (ends.includes(piece.kind)) return parts
      this.#next++
      if (piece.kind === 'text') parts.push(piece)
      else if (piece.kind === 'value') parts.push({ kind: 'value', value: piece.value })
      else parts.push(this.#cursor.nested(() => this.#directive(piece)))
    }
  }

  #directive(piece: Piece): TemplatePart {
    if (piece.kind === 'for') {
      const [first = '', second] = piece.names
      const parts = this.until(['endfor'])
      this.#next++
      const keyName = second === undefined ? null : first
      return {
        kind: 'for',
        keyName,
        valueName: second ?? first,
        collection: piece.collection,
        parts,
      }
    }
    if (piece.kind !== 'if') throw this.#cursor.fault('a directive ends that was not begun')
    const whenTrue = this.until(['else', 'endif'])
    let whenFalse: TemplateParts = []
    if (this.#pieces[this.#next]?.kind === 'else') {
      this.#next++
      whenFalse = this.until(['endif'])
    }
    this.#next++
    return { kind: 'if', condition: piece.condition, whenTrue, whenFalse }
  }
}

function stripped(pieces: readonly Piece[]): Piece[] {
  return pieces.map((piece, index) => {
    if (piece.kind !== 'text') return piece
    const [last, next] = [pieces[index - 1], pieces[index + 1]]
    let { text } = piece
    if (last !== undefined && last.kind !== 'text' && last.after) text = text.trimStart()
    if (next !== undefined && next.kind !== 'text' && next.before) text = text.trimEnd()
    return { kind: 'text', text }
  })
}

/** How far all lines of a text are indented that are not blank. */
function indentOf(text: string): number {
  let least = Number.POSITIVE_INFINITY
  for (const [, indent = ''] of text.matchAll(/^([ \t]*)(?=\S)/gm)) {
    least = Math.min(least, indent.length)
  }
  return Number.isFinite(least) ? least : 0
}

function cutIndents(pieces: Piece[], indent: number): void {
  if (indent === 0) return
  const inner = new RegExp(`\\n[ \\t]{1,${indent}}`, 'g')
  const first = new RegExp(`^[ \\t]{1,${indent}}`)
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind !== 'text') continue
    const text = piece.text.replace(inner, '\n')
    pieces[index] = { kind: 'text', text: index === 0 ? text.replace(first, '') : text }
  }
}
