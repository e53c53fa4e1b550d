// Reads JSON into expressions, with the place of each.
import type { SourceText } from '../../../source-text.ts'
import type { Place } from '../../resource.ts'
import type { Expression, ObjectItem } from './tree.ts'

const depthMax = 60

export class JsonReader {
  readonly #source: SourceText
  readonly #text: string
  readonly #template: (place: Place) => Expression | null
  #at = 0
  #faultAt: number | null = null

  /** `template` reads a quoted text that holds more than itself. */
  constructor(source: SourceText, template: (place: Place) => Expression | null) {
    this.#source = source
    this.#text = source.text
    this.#template = template
  }

  /** Where reading ended before the end of the text. */
  get faultAt(): number | null {
    return this.#faultAt
  }

  /** What could be read until a fault; null where nothing could. */
  read(): Expression | null {
    const value = this.#value(0)
    this.#blank()
    if (this.#at < this.#text.length) this.#fault()
    return value
  }

  #value(depth: number): Expression | null {
    this.#blank()
    const start = this.#at
    const first = this.#text[start]
    if (depth > depthMax) return this.#fault()
    if (first === '{') return this.#object(start, depth)
    if (first === '[') return this.#list(start, depth)
    if (first === '"') return this.#string()
    plain.lastIndex = start
    const [word] = plain.exec(this.#text) ?? []
    if (word === undefined) return this.#fault()
    this.#at += word.length
    return { kind: 'literal', value: JSON.parse(word), place: this.#placeFrom(start) }
  }

  #object(start: number, depth: number): Expression {
    const items: ObjectItem[] = []
    this.#at++
    while (!this.#ends('}')) {
      const from = this.#at
      const key = this.#text[from] === '"' ? this.#string() : this.#fault()
      if (key === null || !this.#takes(':')) break
      const value = this.#value(depth + 1)
      if (value !== null) {
        // Names of blocks and arguments are never templates.
        const name = key.kind === 'literal' ? key : this.#literal(key.place)
        items.push({ key: name, value, place: this.#placeFrom(from) })
      }
      if (this.#faultAt !== null) break
      if (!this.#takes(',') && !this.#ends('}', false)) break
    }
    return { kind: 'object', items, place: this.#placeFrom(start) }
  }

  #list(start: number, depth: number): Expression {
    const items: Expression[] = []
    this.#at++
    while (!this.#ends(']')) {
      const value = this.#value(depth + 1)
      if (value !== null) items.push(value)
      if (this.#faultAt !== null) break
      if (!this.#takes(',') && !this.#ends(']', false)) break
    }
    return { kind: 'list', items, place: this.#placeFrom(start) }
  }

  #string(): Expression | null {
    const start = this.#at
    quoted.lastIndex = start
    const [text] = quoted.exec(this.#text) ?? []
    if (text === undefined) return this.#fault()
    this.#at += text.length
    const place = this.#placeFrom(start)
    const template = /[$%]\{/.test(text) ? this.#template(place) : null
    return template ?? this.#literal(place)
  }

  #literal(place: Place): Expression {
    try {
      const value: string = JSON.parse(this.#text.slice(place.start, place.end))
      return { kind: 'literal', value, place }
    } catch {
      this.#fault()
      return { kind: 'invalid', place }
    }
  }

  /** Whether the bracket that closes comes next, or nothing more at all; it is taken. */
  #ends(bracket: string, take = true): boolean {
    this.#blank()
    if (this.#text[this.#at] === bracket) {
      if (take) this.#at++
      return true
    }
    if (this.#at < this.#text.length) {
      if (!take) this.#fault()
      return false
    }
    this.#fault()
    return true
  }

  #takes(sign: string): boolean {
    this.#blank()
    if (this.#text[this.#at] !== sign) {
      if (sign === ':') this.#fault()
      return false
    }
    this.#at++
    this.#blank()
    return true
  }

  #blank(): void {
    blank.lastIndex = this.#at
    blank.test(this.#text)
    this.#at = Math.max(blank.lastIndex, this.#at)
  }

  #placeFrom(start: number): Place {
    return { source: this.#source, start, end: this.#at }
  }

  #fault(): null {
    this.#faultAt ??= this.#at
    return null
  }
}

const blank = /[\s\ufeff]*/y
const plain = /true|false|null|-?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?/y
const quoted = /"(?:[^"\\\n]|\\.)*"/y
