// Cuts a Dockerfile into instructions: joined lines, comments between them, heredocs.
import type { SourceText } from '../../source-text.ts'
import type { Place } from '../resource.ts'

export interface Instruction {
  /** In capitals. */
  name: string
  /** What stands after the name, its lines joined. */
  text: string
  place: Place
  heredocs: readonly Heredoc[]
  /** Where a stretch of `text` stands in the file. */
  placeOf(start: number, end: number): Place
}

export interface Heredoc {
  text: string
  place: Place
}

const instructionsMax = 5000
const heredocsMax = 20

export function readInstructions(source: SourceText): Instruction[] {
  const lines = new LineReader(source)
  const found: Instruction[] = []
  while (!lines.isAtEnd && found.length < instructionsMax) {
    const logical = lines.logical()
    if (logical === null) continue
    const instruction = toInstruction(source, logical, lines)
    if (instruction !== null) found.push(instruction)
  }
  return found
}

/** A line with those that continue it; `offsets` tell where pieces of `text` come from. */
interface LogicalLine {
  text: string
  pieces: { at: number; offset: number }[]
  end: number
}

class LineReader {
  readonly #text: string
  readonly #escape: string
  #at = 0

  constructor({ text }: SourceText) {
    this.#text = text
    // Directives stand above everything else; `escape` is the only one that changes the syntax.
    const directive =
      /^(?:\ufeff?#[ \t]*\w+[ \t]*=.*\r?\n)*?\ufeff?#[ \t]*escape[ \t]*=[ \t]*([\\`])/i
    this.#escape = directive.exec(text.slice(0, 2000))?.[1] ?? '\\'
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length
  }

  get #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at)
    return end === -1 ? this.#text.length : end
  }

  /** The line as it is, without its end; goes on to the next. */
  line(): { text: string; start: number; end: number } {
    const start = this.#at
    const end = this.#lineEnd
    this.#at = end + 1
    return { text: this.#text.slice(start, end).replace(/\r$/, ''), start, end }
  }

  /** Null for a blank line or a comment. */
  logical(): LogicalLine | null {
    const parts: string[] = []
    const logical: LogicalLine = { text: '', pieces: [], end: 0 }
    let length = 0
    while (!this.isAtEnd) {
      const { text, start } = this.line()
      if (/^\s*(?:#|$)/.test(text)) {
        if (parts.length === 0) return null
        continue
      }
      const isContinued = this.#continues(text)
      const part = isContinued ? `${text.slice(0, text.lastIndexOf(this.#escape))} ` : text
      logical.pieces.push({ at: length, offset: start })
      logical.end = start + text.length
      parts.push(part)
      length += part.length
      if (!isContinued) break
    }
    if (parts.length === 0) return null
    logical.text = parts.join('')
    return logical
  }

  #continues(text: string): boolean {
    const end = text.trimEnd()
    return end.endsWith(this.#escape)
  }
}

function toInstruction(
  source: SourceText,
  { text, pieces, end }: LogicalLine,
  lines: LineReader,
): Instruction | null {
  const word = /^[\s\ufeff]*([A-Za-z]{1,20})(?:\s+|$)/.exec(text)
  if (word === null) return null
  const from = word[0].length
  const offsetAt = (at: number) => offsetOf(pieces, at + from)
  const start = offsetOf(pieces, word[0].search(/[A-Za-z]/))
  const name = (word[1] ?? '').toUpperCase()
  return {
    name,
    text: text.slice(from),
    place: { source, start, end },
    heredocs: readHeredocs(source, name, text, lines),
    placeOf: (first, last) => ({
      source,
      start: offsetAt(first),
      end: Math.max(offsetAt(Math.max(first, last - 1)) + 1, offsetAt(first)),
    }),
  }
}

function offsetOf(pieces: LogicalLine['pieces'], at: number): number {
  let low = 0
  let high = pieces.length
  while (low + 1 < high) {
    const middle = (low + high) >> 1
    if ((pieces[middle] as { at: number }).at <= at) low = middle
    else high = middle
  }
  const piece = pieces[low] ?? { at: 0, offset: 0 }
  return piece.offset + (at - piece.at)
}

function readHeredocs(
  source: SourceText,
  name: string,
  text: string,
  lines: LineReader,
): Heredoc[] {
  if (!['RUN', 'COPY', 'ADD', 'ONBUILD'].includes(name)) return []
  const marks = [...text.matchAll(/<<(-?)["']?([A-Za-z_]\w{0,60})["']?/g)].slice(0, heredocsMax)
  return marks.map(([, dash, word]) => {
    const body: string[] = []
    let start = -1
    let end = -1
    while (!lines.isAtEnd) {
      const line = lines.line()
      if (start === -1) start = line.start
      if ((dash === '-' ? line.text.replace(/^\t+/, '') : line.text) === word) break
      body.push(source.text.slice(line.start, line.end))
      end = line.end
    }
    const place = { source, start: Math.max(start, 0), end: Math.max(end, start, 0) }
    return { text: body.join('\n'), place }
  })
}
