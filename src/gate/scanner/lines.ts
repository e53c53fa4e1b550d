// Turns byte offsets into lines and columns.

export class Lines {
  readonly bytes: Uint8Array
  private readonly starts: number[] = [0]
  private last = { line: 1, offset: 0, column: 1 }

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
      this.starts.push(at + 1)
    }
  }

  get count(): number {
    return this.starts.length
  }

  /** The line (from 1) that holds the byte at `offset`. */
  lineAt(offset: number): number {
    let low = 0
    let high = this.starts.length
    while (low + 1 < high) {
      const middle = (low + high) >> 1
      if ((this.starts[middle] as number) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }

  /**
   * The column (from 1, in UTF-16 units) of the byte at `offset`. Asked in ascending order, a
   * line is counted once, however long it is.
   */
  columnAt(offset: number): number {
    const line = this.lineAt(offset)
    const known = this.last.line === line && this.last.offset <= offset
    const from = known ? this.last : { line, offset: this.start(line), column: 1 }
    const column = from.column + utf16Length(this.bytes, from.offset, offset)
    this.last = { line, offset, column }
    return column
  }

  /** Offset of the line's first byte. */
  start(line: number): number {
    return this.starts[line - 1] ?? this.bytes.length
  }

  /** Offset after the line's last byte, its CR and LF left out. */
  end(line: number): number {
    let end = line < this.starts.length ? (this.starts[line] as number) - 1 : this.bytes.length
    if (end > this.start(line) && this.bytes[end - 1] === 0x0d) end--
    return end
  }
}

/** Continuation bytes count nothing, and what UTF-8 writes in four bytes takes two units. */
function utf16Length(bytes: Uint8Array, from: number, to: number): number {
  let length = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if ((byte & 0xc0) !== 0x80) length += byte >= 0xf0 ? 2 : 1
  }
  return length
}
