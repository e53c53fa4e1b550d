// Texts that are put together of pieces, of which some may be unknown.
import type { Place, Unknown, Value } from '../../resource.ts'
import { encodeJson } from './json-text.ts'
import {
  isEncoded,
  isFaulty,
  isPartialText,
  type PartialText,
  scalar,
  textOf,
  unknown,
} from './value.ts'

/** With more of them, what is known of a text is not worth keeping. */
const piecesMax = 2000

/** A text as it grows, with what is unknown in it. */
export class Pieces {
  readonly place: Place
  readonly #pieces: (string | Unknown)[] = []
  #length = 0

  constructor(place: Place) {
    this.place = place
  }

  get length(): number {
    return this.#length
  }

  add(text: string): void {
    const last = this.#pieces.length - 1
    this.#length += text.length
    if (typeof this.#pieces[last] === 'string') this.#pieces[last] += text
    else this.#pieces.push(text)
  }

  addValue(value: Value): void {
    const text = isEncoded(value) ? encodeJson(value) : textOf(value)
    if (text !== null) this.add(text)
    else if (isPartialText(value)) {
      for (const piece of value.pieces) {
        if (typeof piece === 'string') this.add(piece)
        else this.#pieces.push(piece)
      }
    } else this.#pieces.push(value.kind === 'unknown' ? value : unknown(this.place, value))
  }

  value(): Value {
    const unknowns = this.#pieces.filter((piece) => typeof piece !== 'string')
    if (unknowns.length === 0) return scalar(this.#pieces.join(''), this.place)
    const result = unknown(this.place, ...unknowns.slice(0, piecesMax))
    if (isFaulty(result) || this.#pieces.length > piecesMax) return result
    const text: PartialText = { ...result, pieces: this.#pieces }
    return text
  }
}
