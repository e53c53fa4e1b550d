// Reads HCL. Where a file has a fault, its blocks are read one by one, so that a fault costs only
// what stands behind it in its block.
import type { SourceText } from '../../../source-text.ts'
import { Cursor, SyntaxFault } from './cursor.ts'
import { readExpression } from './expressions.ts'
import { unquoted } from './quoted.ts'
import type { Attribute, Block, Body, Expression, ParsedFile } from './tree.ts'

/** Never throws for what the text holds. */
export function parseHcl(source: SourceText): ParsedFile {
  const { path, text } = source
  const whole = readPiece(source, { start: 0, end: text.length })
  if (whole.fault === null) return { path, body: whole.body, fault: null }
  const attributes: Attribute[] = []
  const blocks: Block[] = []
  let fault: SyntaxFault | null = null
  for (const piece of piecesOf(text)) {
    const read = readPiece(source, piece)
    for (const attribute of read.body.attributes) attributes.push(attribute)
    for (const block of read.body.blocks) blocks.push(block)
    fault ??= read.fault
  }
  const { at, message } = fault ?? whole.fault
  const { line } = source.positionAt(at)
  return {
    path,
    body: { attributes, blocks },
    fault: `${path} could not be read completely: in line ${line} ${message}`,
  }
}

/** One expression, which fills the span; null for what is none. */
export function parseExpression(
  source: SourceText,
  span: { start: number; end: number },
): Expression | null {
  const cursor = new Cursor(source, span)
  try {
    const expression = cursor.lines(true, () => readExpression(cursor))
    cursor.skip(true)
    return cursor.at === span.end ? expression : null
  } catch (error) {
    if (error instanceof SyntaxFault) return null
    throw error
  }
}

/** From each line on that opens a block at the margin, to the next of them. */
function piecesOf(text: string): { start: number; end: number }[] {
  const starts = [0, ...Array.from(text.matchAll(blockLine), ({ index }) => index)]
  return starts
    .map((start, index) => ({ start, end: starts[index + 1] ?? text.length }))
    .filter(({ start, end }) => start < end)
}

const blockLine =
  /^(?:resource|data|module|variable|output|locals|provider|terraform|moved|import|check)\b/gm

interface ReadPiece {
  body: Body
  fault: SyntaxFault | null
}

function readPiece(source: SourceText, span: { start: number; end: number }): ReadPiece {
  const bodies = new Bodies(new Cursor(source, span))
  const body = bodies.file()
  return { body, fault: bodies.fault }
}

class Bodies {
  readonly #cursor: Cursor
  #fault: SyntaxFault | null = null
  #faults = 0

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  /** The first one, behind which reading went on in the next line. */
  get fault(): SyntaxFault | null {
    return this.#fault
  }

  file(): Body {
    const attributes: Attribute[] = []
    const blocks: Block[] = []
    const cursor = this.#cursor
    while (cursor.at < cursor.end) {
      const body = this.#items()
      for (const attribute of body.attributes) attributes.push(attribute)
      for (const block of body.blocks) blocks.push(block)
      if (cursor.at >= cursor.end) break
      this.#fault ??= cursor.fault('a brace closes that was not opened')
      cursor.at++
    }
    return { attributes, blocks }
  }

  /** Until the brace that closes them, which is not taken. */
  #items(): Body {
    const attributes: Attribute[] = []
    const blocks: Block[] = []
    const cursor = this.#cursor
    for (;;) {
      cursor.skip(true)
      if (cursor.at >= cursor.end || cursor.code() === closingBrace) return { attributes, blocks }
      try {
        this.#item(attributes, blocks)
      } catch (error) {
        if (!(error instanceof SyntaxFault)) throw error
        this.#fault ??= error
        cursor.at = Math.max(cursor.at, error.at)
        if (++this.#faults > faultsMax) cursor.at = cursor.end
        else cursor.skipLine()
      }
    }
  }

  #item(attributes: Attribute[], blocks: Block[]): void {
    const cursor = this.#cursor
    const start = cursor.at
    const name = this.#word()
    if (name === null) throw cursor.fault('a name is missing')
    cursor.skip()
    if (cursor.code() === equals && cursor.code(1) !== equals) {
      cursor.at++
      const expression = readExpression(cursor)
      attributes.push({ name, expression, place: cursor.placeFrom(start) })
    } else blocks.push(this.#block(name, start))
    cursor.skip()
    const next = cursor.code()
    // Some write a comma out of habit; Terraform would refuse it, and we go on.
    if (next === comma) cursor.at++
    else if (next !== newline && next !== closingBrace && next !== -1) {
      throw cursor.fault('the line does not end')
    }
  }

  #block(type: string, start: number): Block {
    const cursor = this.#cursor
    const labels: string[] = []
    for (;;) {
      cursor.skip()
      if (cursor.code() === openingBrace) break
      const label = this.#word()
      if (label === null) throw cursor.fault('"{" is missing')
      labels.push(label)
    }
    cursor.at++
    const place = cursor.placeFrom(start)
    const body = cursor.nested(() => this.#items())
    if (cursor.code() === closingBrace) cursor.at++
    else this.#fault ??= cursor.fault('a block is not closed', start)
    return { type, labels, body, place }
  }

  /** A name, or a plain text in quotes. */
  #word(): string | null {
    const cursor = this.#cursor
    if (cursor.code() !== quote) return cursor.name() || null
    label.lastIndex = cursor.at
    const [text] = label.exec(cursor.text) ?? []
    if (text === undefined || cursor.at + text.length > cursor.end) return null
    cursor.at += text.length
    return unquoted(text.slice(1, -1))
  }
}

/** What has more of them is no HCL. */
const faultsMax = 200
const label = /"(?:[^"\\\n]|\\.)*"/y
const newline = 0x0a
const quote = 0x22
const comma = 0x2c
const equals = 0x3d
const openingBrace = 0x7b
const closingBrace = 0x7d
