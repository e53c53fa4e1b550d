// One file as the engines read it: bytes for the secrets engine, text for all others, and the way
// from places in the text to places in the bytes.
import { Lines } from './lines.ts'

export class SourceText {
  /** Relative to the root, with `/`. */
  readonly path: string
  /** UTF-8 or an ASCII-compatible 8-bit encoding, from `readText`. */
  readonly bytes: Uint8Array
  #text: string | null = null
  #lines: Lines | null = null
  /** Per UTF-16 unit the byte that it begins at; null where both are the same. */
  #byteAt: Uint32Array | null = null

  constructor(path: string, bytes: Uint8Array) {
    this.path = path
    this.bytes = bytes
  }

  /** What is no UTF-8 is taken for ISO 8859-1, so that every place stays known. */
  get text(): string {
    this.#text ??= this.#decode()
    return this.#text
  }

  get lines(): Lines {
    this.#lines ??= new Lines(this.bytes)
    return this.#lines
  }

  /** The byte at which the UTF-16 unit at `index` of `text` begins. */
  byteAt(index: number): number {
    const { length } = this.text
    if (index >= length) return this.bytes.length
    return this.#byteAt === null ? index : (this.#byteAt[index] as number)
  }

  /** Line and column (from 1, in UTF-16 units) of a place in `text`. */
  positionAt(index: number): { line: number; column: number } {
    const offset = this.byteAt(index)
    return { line: this.lines.lineAt(offset), column: this.lines.columnAt(offset) }
  }

  #decode(): string {
    const bytes = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength)
    const latin1 = bytes.toString('latin1')
    if (!/[\x80-\xff]/.test(latin1)) return latin1
    try {
      const text = utf8.decode(bytes)
      this.#byteAt = byteOffsets(text)
      return text
    } catch {
      return latin1
    }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function byteOffsets(text: string): Uint32Array {
  const offsets = new Uint32Array(text.length)
  let at = 0
  for (let index = 0; index < text.length; index++) {
    offsets[index] = at
    const unit = text.charCodeAt(index)
    if (unit < 0x80) at += 1
    else if (unit < 0x800) at += 2
    // The halves of a pair take two bytes each, which together makes the four that UTF-8 writes.
    else if (unit >= 0xd800 && unit < 0xe000) at += 2
    else at += 3
  }
  return offsets
}
