// Where in a text something stands, as people and programs count it.

/** What is wrong with a policy, and where. */
export interface PolicyError {
  message: string
  help?: string
  /** Places in the text as JavaScript counts them; the end is the first place after it. */
  start?: number
  end?: number
  /** From 1. */
  line?: number
  column?: number
}

/** Turns places in one text into lines and columns. */
export class Places {
  readonly #starts: number[] = [0]
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
      this.#starts.push(at + 1)
  }

  error(message: string, start: number, end: number, help?: string | null): PolicyError {
    const line = this.#lineOf(start)
    const column = start - (this.#starts[line - 1] ?? 0) + 1
    return { message, ...(help ? { help } : {}), start, end, line, column }
  }

  /** Cedar counts bytes of UTF-8 from the beginning of what it was given. */
  fromBytes(base: number, bytes: number): number {
    let at = base
    let left = bytes
    while (left > 0 && at < this.#text.length) {
      const code = this.#text.codePointAt(at) ?? 0
      left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
      at += code < 0x10000 ? 1 : 2
    }
    return at
  }

  #lineOf(place: number): number {
    let low = 0
    let high = this.#starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] ?? 0) <= place) low = middle
      else high = middle
    }
    return low + 1
  }
}
