// A strict reader of DER (X.690): definite, minimal lengths only, everything bounded, and an offset
// in each refusal. It reads what it is asked for and copies nothing.
import { X509Error } from '../error.ts'

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** One element; offsets count from the start of the bytes that the first reader was given. */
export interface Element {
  source: Uint8Array
  /** The identifier octet, such as 0x30, or 0xa0 for `[0]` constructed. */
  tag: number
  start: number
  content: number
  end: number
}

export interface DerLimits {
  bytesMax?: number
  elementsMax?: number
}

const depthMax = 32
const bytesMaxDefault = 16 * 1024 * 1024
const elementsMaxDefault = 500_000

export class DerReader {
  readonly #source: Uint8Array
  readonly #end: number
  readonly #depth: number
  readonly #budget: { left: number }
  #at: number

  private constructor(
    source: Uint8Array,
    [start, end]: readonly [number, number],
    depth: number,
    budget: { left: number },
  ) {
    if (depth > depthMax) throw new X509Error('too_large', 'nested too deeply', start)
    this.#source = source
    this.#at = start
    this.#end = end
    this.#depth = depth
    this.#budget = budget
  }

  /** Over whole bytes. */
  static of(bytes: Uint8Array, limits: DerLimits = {}): DerReader {
    const { bytesMax = bytesMaxDefault, elementsMax = elementsMaxDefault } = limits
    if (bytes.length > bytesMax) {
      throw new X509Error('too_large', `has ${bytes.length} bytes; at most ${bytesMax} are read`)
    }
    return new DerReader(bytes, [0, bytes.length], 0, { left: elementsMax })
  }

  /** The single element that the bytes are; anything behind it is refused. */
  static single(bytes: Uint8Array, tag: number, what: string, limits?: DerLimits): DerReader {
    const outer = DerReader.of(bytes, limits)
    const inner = outer.enter(tag, what)
    outer.finish(what)
    return inner
  }

  get done(): boolean {
    return this.#at >= this.#end
  }

  get offset(): number {
    return this.#at
  }

  /** The tag that comes next, undefined at the end. */
  get tag(): number | undefined {
    return this.done ? undefined : this.#source[this.#at]
  }

  next(tag: number | undefined, what: string): Element {
    const element = this.#read(what)
    if (tag !== undefined && element.tag !== tag) {
      const found = `0x${element.tag.toString(16)} instead of 0x${tag.toString(16)}`
      throw new X509Error('malformed', `${what}: there is tag ${found}`, element.start)
    }
    return element
  }

  optional(tag: number, what: string): Element | undefined {
    return this.tag === tag ? this.next(tag, what) : undefined
  }

  enter(tag: number, what: string): DerReader {
    return this.within(this.next(tag, what))
  }

  enterOptional(tag: number, what: string): DerReader | undefined {
    return this.tag === tag ? this.enter(tag, what) : undefined
  }

  /** What an element holds, read under the same bounds. */
  within(element: Element, skip = 0): DerReader {
    const range = [element.content + skip, element.end] as const
    return new DerReader(element.source, range, this.#depth + 1, this.#budget)
  }

  /** Refuses what is left. */
  finish(what: string): void {
    if (!this.done) throw new X509Error('malformed', `${what}: more follows its end`, this.#at)
  }

  #read(what: string): Element {
    const start = this.#at
    if (--this.#budget.left < 0) throw new X509Error('too_large', 'too many elements', start)
    const tag = this.#source[start]
    if (tag === undefined || start >= this.#end) {
      throw new X509Error('malformed', `${what}: it is missing`, start)
    }
    if ((tag & 0x1f) === 0x1f) {
      throw new X509Error('unsupported', `${what}: tag numbers above 30 are not used`, start)
    }
    const [content, length] = this.#length(start + 1, what)
    const end = content + length
    if (end > this.#end) {
      throw new X509Error('malformed', `${what}: it is longer than what holds it`, start)
    }
    this.#at = end
    return { source: this.#source, tag, start, content, end }
  }

  #length(at: number, what: string): [content: number, length: number] {
    const first = this.#byte(at, what)
    if (first < 0x80) return [at + 1, first]
    const count = first & 0x7f
    if (count === 0) throw new X509Error('malformed', `${what}: an indefinite length`, at)
    if (count > 4) throw new X509Error('too_large', `${what}: a length of ${count} bytes`, at)
    let length = 0
    for (let index = 1; index <= count; index++) {
      length = length * 256 + this.#byte(at + index, what)
    }
    const minimal = length >= 0x80 && length >= 256 ** (count - 1)
    if (!minimal) throw new X509Error('malformed', `${what}: a length that is not minimal`, at)
    return [at + 1 + count, length]
  }

  #byte(at: number, what: string): number {
    const byte = at < this.#end ? this.#source[at] : undefined
    if (byte === undefined) throw new X509Error('malformed', `${what}: it is cut short`, at)
    return byte
  }
}

/** The content octets. */
export function contentOf({ source, content, end }: Element): Uint8Array {
  return source.subarray(content, end)
}

/** Header and content. */
export function wholeOf({ source, start, end }: Element): Uint8Array {
  return source.subarray(start, end)
}
