// A large set of short texts, such as the files that hold nothing: eight bytes each, and written to
// a file as they stand in memory.
import { createHash } from 'node:crypto'

const sizeMin = 1024

/** One text in 2^48 is taken for another: a file is then missed until it changes. */
export class Stamps {
  /** Open addressing, 0 for nothing. */
  #slots = new Float64Array(sizeMin)
  #count = 0

  get size(): number {
    return this.#count
  }

  has(text: string): boolean {
    return this.#slots[this.#place(numberOf(text))] !== 0
  }

  add(text: string): void {
    this.#insert(numberOf(text))
  }

  addAll(others: Stamps): void {
    for (const number of others.#slots) if (number !== 0) this.#insert(number)
  }

  toBytes(): Uint8Array {
    const numbers = this.#slots.filter((number) => number !== 0)
    return new Uint8Array(numbers.buffer)
  }

  /** Of what `toBytes` gave; null for anything else. */
  static fromBytes(bytes: Uint8Array): Stamps | null {
    if (bytes.length % 8 !== 0) return null
    const stamps = new Stamps()
    for (const number of new Float64Array(Uint8Array.from(bytes).buffer)) {
      if (!Number.isSafeInteger(number) || number < 1) return null
      stamps.#insert(number)
    }
    return stamps
  }

  #insert(number: number): void {
    const place = this.#place(number)
    if (this.#slots[place] === number) return
    this.#slots[place] = number
    this.#count += 1
    if (this.#count * 2 > this.#slots.length) this.#grow()
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Float64Array(before.length * 2)
    for (const number of before) if (number !== 0) this.#slots[this.#place(number)] = number
  }

  /** Where it stands, or would. */
  #place(number: number): number {
    const size = this.#slots.length
    let at = number % size
    while (this.#slots[at] !== 0 && this.#slots[at] !== number) at = (at + 1) % size
    return at
  }
}

function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) + 1
}
