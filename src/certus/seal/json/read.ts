// Reads JSON as a seal needs it: one text, one meaning. What two readers could understand
// differently is refused: a name given twice, a number that a double does not hold exactly, half of
// a surrogate pair (RFC 7493, I-JSON). Own code, because JSON.parse takes all of these silently.

export type Json = null | boolean | number | string | Json[] | JsonObject
/** Without a prototype, so that every name is just a name. */
export interface JsonObject {
  [name: string]: Json
}

export interface JsonBounds {
  depthMax: number
  /** Of values of every kind, nested ones included. */
  valuesMax: number
}

export class JsonFault extends Error {
  readonly code = 'json_fault'
  /** Offset in UTF-16 code units. */
  readonly at: number

  constructor(reason: string, at: number) {
    super(reason)
    this.name = 'JsonFault'
    this.at = at
  }
}

/** Of a whole text (RFC 8259). Throws JsonFault. */
export function readJson(text: string, bounds: JsonBounds): Json {
  return new Reader(text, bounds).whole()
}

const quote = 0x22
const backslash = 0x5c
const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/**
 * Below 2^53 a double tells decimals of up to 15 digits apart, and is written as what was meant.
 * Beyond, only the very number that the canonical form writes is taken.
 */
function isHeld(digits: string, value: number): boolean {
  if (!Number.isFinite(value)) return false
  if (value === 0) return !/[1-9]/.test(digits.replace(/[eE].*/, ''))
  if (Math.abs(value) < 2 ** 53 && !/^-?\d+$/.test(String(value))) return true
  return decimalOf(digits) === decimalOf(String(value))
}

/** Sign, digits without zeros at either end, and their power of ten: one text a number. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const all = (whole + part).replace(/^0+/, '')
  const significant = all.replace(/0+$/, '')
  return `${sign}${significant}e${Number(power) - part.length + all.length - significant.length}`
}

class Reader {
  readonly #text: string
  readonly #bounds: JsonBounds
  #at = 0
  #values = 0

  constructor(text: string, bounds: JsonBounds) {
    this.#text = text
    this.#bounds = bounds
  }

  whole(): Json {
    const value = this.#value(0)
    this.#skipSpace()
    if (this.#at < this.#text.length) this.#fail('has text after its end')
    return value
  }

  #value(depth: number): Json {
    this.#skipSpace()
    this.#values += 1
    if (this.#values > this.#bounds.valuesMax) {
      this.#fail(`holds more than ${this.#bounds.valuesMax} values`)
    }
    if (depth > this.#bounds.depthMax) this.#fail(`is nested deeper than ${this.#bounds.depthMax}`)
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth)
      case '[':
        return this.#array(depth)
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): JsonObject {
    const members: JsonObject = Object.create(null)
    this.#at += 1
    this.#skipSpace()
    if (this.#takes('}')) return members
    do {
      this.#skipSpace()
      const start = this.#at
      if (this.#text.charCodeAt(start) !== quote) this.#fail('must have a name in quotes here')
      const name = this.#string()
      if (name in members) this.#fail(`has the name ${JSON.stringify(name)} twice`, start)
      this.#skipSpace()
      if (!this.#takes(':')) this.#fail('must have ":" after a name')
      members[name] = this.#value(depth + 1)
      this.#skipSpace()
    } while (this.#takes(','))
    if (!this.#takes('}')) this.#fail('must have "," or "}" here')
    return members
  }

  #array(depth: number): Json[] {
    const items: Json[] = []
    this.#at += 1
    this.#skipSpace()
    if (this.#takes(']')) return items
    do {
      items.push(this.#value(depth + 1))
      this.#skipSpace()
    } while (this.#takes(','))
    if (!this.#takes(']')) this.#fail('must have "," or "]" here')
    return items
  }

  #string(): string {
    const text = this.#text
    const start = this.#at + 1
    let at = start
    let plain = true
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === quote) break
      if (Number.isNaN(code)) this.#fail('ends within a string', at)
      if (code < 0x20) this.#fail('has a control character in a string; escape it', at)
      if (code === backslash) {
        plain = false
        at += 1
      }
      at += 1
    }
    this.#at = at + 1
    const value = plain ? text.slice(start, at) : this.#unescape(start, at)
    if (!value.isWellFormed()) this.#fail('has half of a surrogate pair in a string', start)
    return value
  }

  #unescape(start: number, end: number): string {
    const parts: string[] = []
    let from = start
    for (;;) {
      const found = this.#text.indexOf('\\', from)
      if (found === -1 || found >= end) break
      parts.push(this.#text.slice(from, found))
      const letter = this.#text[found + 1] ?? ''
      const simple = simpleEscapes[letter]
      if (simple === undefined) parts.push(this.#codeUnit(found))
      else parts.push(simple)
      from = found + (simple === undefined ? 6 : 2)
    }
    parts.push(this.#text.slice(from, end))
    return parts.join('')
  }

  #codeUnit(at: number): string {
    const digits = this.#text.slice(at + 2, at + 6)
    if (this.#text[at + 1] !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) {
      this.#fail('has an escape that JSON does not know', at)
    }
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #number(): number {
    numberForm.lastIndex = this.#at
    const digits = numberForm.exec(this.#text)?.[0]
    if (digits === undefined) this.#fail('must have a value here')
    const value = Number(digits)
    // The canonical form must be the same number: from 2^53 on neighbours share a double, and so do
    // all that are too small; the seal would hold for another number, too.
    if (!isHeld(digits, value)) {
      this.#fail(`has the number ${digits.slice(0, 40)}, which a double does not hold`)
    }
    this.#at += digits.length
    return value
  }

  #word<Value>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('must have a value here')
    this.#at += word.length
    return value
  }

  #takes(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false
    this.#at += 1
    return true
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at += 1
    }
  }

  #fail(reason: string, at = this.#at): never {
    throw new JsonFault(reason, at)
  }
}
