// One element of a list while its bytes come in: finds where it ends, and keeps them if asked.
import {
  backslash,
  curlyClose,
  curlyOpen,
  endsScalar,
  quote,
  squareClose,
  squareOpen,
} from './bytes.ts'

export class Element {
  /** Where it starts in the document, in bytes. */
  offset = 0
  bytes = 0
  isComplete = false
  /** Set when it is nested deeper than was allowed. */
  isTooDeep = false
  private pieces: Buffer[] = []
  private depth = 0
  private isScalar = false
  private isInString = false
  /** The last byte was a backslash, so the next one means itself. */
  private isEscaped = false

  start(first: number, offset: number): void {
    this.offset = offset
    this.bytes = 0
    this.isComplete = false
    this.isTooDeep = false
    this.pieces = []
    this.depth = 0
    this.isScalar = first !== quote && first !== curlyOpen && first !== squareOpen
    this.isInString = false
    this.isEscaped = false
  }

  /** Answers the index after the element's last byte, or the chunk's length when it goes on. */
  scan(chunk: Buffer, from: number, depthMax: number): number {
    if (this.isScalar) return this.scanScalar(chunk, from)
    let at = from
    while (at < chunk.length) {
      if (this.isInString) at = this.scanString(chunk, at)
      else at = this.scanStructure(chunk, at, depthMax)
      if (this.isInString) continue
      if (this.depth === 0 || this.isTooDeep) {
        this.isComplete = true
        return at
      }
    }
    return at
  }

  /** Counts the bytes, and keeps them where the element is wanted. */
  take(chunk: Buffer, range: { from: number; to: number; keep: boolean }): void {
    this.bytes += range.to - range.from
    if (!range.keep) return
    const piece = chunk.subarray(range.from, range.to)
    // What goes on into the next chunk must outlive this one, which belongs to its stream.
    this.pieces.push(this.isComplete ? piece : Buffer.from(piece))
  }

  text(): string {
    const [only] = this.pieces
    if (only !== undefined && this.pieces.length === 1) return only.toString('utf8')
    return Buffer.concat(this.pieces).toString('utf8')
  }

  private scanScalar(chunk: Buffer, from: number): number {
    let at = from
    while (at < chunk.length && !endsScalar(chunk[at] as number)) at++
    this.isComplete = at < chunk.length
    return at
  }

  /** Up to the next string, or to the end of the element. */
  private scanStructure(chunk: Buffer, from: number, depthMax: number): number {
    let depth = this.depth
    let at = from
    while (at < chunk.length) {
      const byte = chunk[at++] as number
      if (byte === quote) {
        this.isInString = true
        break
      }
      if (byte === curlyOpen || byte === squareOpen) {
        depth++
        if (depth > depthMax) {
          this.isTooDeep = true
          break
        }
      } else if (byte === curlyClose || byte === squareClose) {
        depth--
        if (depth === 0) break
      }
    }
    this.depth = depth
    return at
  }

  private scanString(chunk: Buffer, from: number): number {
    let at = from
    if (this.isEscaped) {
      at++
      this.isEscaped = false
    }
    while (at < chunk.length) {
      const byte = chunk[at++] as number
      if (byte === quote) {
        this.isInString = false
        return at
      }
      if (byte === backslash) {
        if (at === chunk.length) this.isEscaped = true
        at++
      }
    }
    return Math.min(at, chunk.length)
  }
}
