// A place in a text of HCL that moves on, and what is read without knowing the grammar: blanks,
// comments, names, numbers, signs.
import type { SourceText } from '../../../source-text.ts'
import type { Place } from '../../resource.ts'

/** What stands at `at` is not what the language has there. */
export class SyntaxFault extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** Expressions in expressions, and blocks in blocks. */
const depthMax = 100

export class Cursor {
  readonly source: SourceText
  readonly text: string
  /** Nothing behind it is read. */
  end: number
  at: number
  /** Whether an expression goes on in the next line, as it does within brackets. */
  spansLines = false
  #depth = 0

  constructor(source: SourceText, { start, end }: { start: number; end: number }) {
    this.source = source
    this.text = source.text
    this.at = start
    this.end = end
  }

  placeFrom(start: number): Place {
    return { source: this.source, start, end: this.at }
  }

  fault(message: string, at = this.at): SyntaxFault {
    return new SyntaxFault(at, message)
  }

  /** Runs `read` one level deeper; throws where there are too many. */
  nested<Result>(read: () => Result): Result {
    if (this.#depth >= depthMax) throw this.fault('it is nested too deeply')
    this.#depth++
    try {
      return read()
    } finally {
      this.#depth--
    }
  }

  /** Reads with lines that end an expression, or do not. */
  lines<Result>(spansLines: boolean, read: () => Result): Result {
    const before = this.spansLines
    this.spansLines = spansLines
    try {
      return read()
    } finally {
      this.spansLines = before
    }
  }

  code(ahead = 0): number {
    const at = this.at + ahead
    return at < this.end ? this.text.charCodeAt(at) : -1
  }

  /** Blanks and comments; line ends only where expressions span lines, or when asked to. */
  skip(newlines = this.spansLines): void {
    for (;;) {
      const code = this.code()
      if (code === space || code === tab || code === carriageReturn) this.at++
      else if (code === newline) {
        if (!newlines) return
        this.at++
      } else if (code === hash || (code === slash && this.code(1) === slash)) this.skipLine()
      else if (code === slash && this.code(1) === star) {
        const close = this.text.indexOf('*/', this.at + 2)
        this.at = close === -1 || close + 2 > this.end ? this.end : close + 2
      } else if (code === byteOrderMark) this.at++
      else return
    }
  }

  /** To the end of the line, which is not taken. */
  skipLine(): void {
    const next = this.text.indexOf('\n', this.at)
    this.at = next === -1 || next > this.end ? this.end : next
  }

  /** Takes a sign when it stands here, after blanks. */
  take(sign: string): boolean {
    this.skip()
    if (!this.text.startsWith(sign, this.at) || this.at + sign.length > this.end) return false
    this.at += sign.length
    return true
  }

  expect(sign: string): void {
    if (!this.take(sign)) throw this.fault(`${JSON.stringify(sign)} is missing`)
  }

  /** A name, or the empty text. */
  name(): string {
    const start = this.at
    if (!isNameStart(this.code())) return ''
    do this.at++
    while (isNamePart(this.code()))
    return this.text.slice(start, this.at)
  }

  /** The name that stands here, which is not taken. */
  peekName(): string {
    const start = this.at
    const name = this.name()
    this.at = start
    return name
  }

  /** A number without its sign, or null. */
  number(): number | null {
    if (!isDigit(this.code())) return null
    numeric.lastIndex = this.at
    const [digits = ''] = numeric.exec(this.text) ?? []
    this.at = Math.min(this.at + digits.length, this.end)
    return Number(digits)
  }
}

const numeric = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

const tab = 0x09
const newline = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const hash = 0x23
const star = 0x2a
const hyphen = 0x2d
const slash = 0x2f
const byteOrderMark = 0xfeff

const isDigit = (code: number) => code >= 0x30 && code <= 0x39

/** Letters beyond ASCII are all taken for parts of names. */
function isNameStart(code: number): boolean {
  if (code >= 0x61 && code <= 0x7a) return true
  return (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code > 0x7f && code !== byteOrderMark)
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code) || code === hyphen
}
