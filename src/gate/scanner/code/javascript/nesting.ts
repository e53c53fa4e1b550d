// Bounds how deep a text nests before the native parser sees it. That parser recurses on its own
// stack, which a few thousand levels overflow: the process ends, nothing can be caught.
//
// This is no parser. It walks over tokens and keeps a weight that is never far below the stack that
// they cost, so that what people write passes by a wide margin.

/** What one bracket, prefix keyword or arrow weighs; operands and infix operators weigh 1. */
const heavy = 16
/** Fifteen hundred brackets. The stack of 8 MB that processes have lasts for over twice as many. */
const weightMax = 1500 * heavy
const elementsMax = 4000

/** Whether the text may be given to the parser. `jsx`: where `<a>` may be an element. */
export function nestsTooDeep(text: string, jsx: boolean): boolean {
  // Each level takes a character at least.
  if (text.length < weightMax / heavy) return false
  return new Walk(text, jsx).exceeds()
}

/** What would close the brackets that the text leaves open; null where that is too much. */
export function missingClosers(text: string): string | null {
  return new Walk(text, false).closers()
}

const closersMax = 20

/** What ended last, as far as the meaning of the next character depends on it. */
const before = { start: 0, operand: 1, operator: 2, keyword: 3, header: 4, brace: 5 }

const prefixWords = new Set(
  (
    'new typeof void delete await yield if for while do with else return throw async function ' +
    'class extends keyof infer unique readonly asserts case in of instanceof as satisfies is ' +
    'import export default let const var static get set from type namespace enum interface'
  ).split(' '),
)
/** They go on with what stands in the line above. */
const continuingWords = new Set(
  'else while catch finally in of instanceof as satisfies extends implements is from'.split(' '),
)
const headerWords = new Set(['if', 'for', 'while', 'with', 'await'])

interface Open {
  code: number
  run: number
  angles: number
  /** Of `if (…)` and the like. */
  header: boolean
  /** `${` */
  template: boolean
}

class Walk {
  readonly #text: string
  readonly #jsx: boolean
  #at = 0
  #last = before.start
  #lineEnded = false
  #statementEnded = false
  #word = ''
  /** Of the innermost open bracket. */
  #run = 0
  #angles = 0
  #total = 0
  #elements = 0
  readonly #open: Open[] = []

  constructor(text: string, jsx: boolean) {
    this.#text = text
    this.#jsx = jsx
  }

  exceeds(): boolean {
    const { length } = this.#text
    while (this.#at < length) {
      this.#token(this.#text.charCodeAt(this.#at))
      if (this.#total > weightMax || this.#elements > elementsMax) return true
    }
    return false
  }

  closers(): string | null {
    if (this.exceeds() || this.#open.length > closersMax) return null
    if (this.#open.some(({ template }) => template)) return null
    return this.#open
      .map(({ code }) => (code === 40 ? ')' : code === 91 ? ']' : '}'))
      .reverse()
      .join('')
  }

  #token(code: number): void {
    if (code === 10 || code === 13) {
      this.#lineEnded = true
      this.#at++
    } else if (code <= 32) this.#at++
    else if (isWordPart(code)) this.#takeWord()
    else if (code === 34 || code === 39) this.#takeString(code)
    else if (code === 96) this.#takeTemplate(this.#at + 1)
    else if (code === 47) this.#takeSlash()
    else if (code === 40 || code === 91 || code === 123) this.#openBracket(false)
    else if (code === 41 || code === 93 || code === 125) this.#closeBracket(code)
    else this.#takeOperator(code)
  }

  #add(weight: number): void {
    this.#run += weight
    this.#total += weight
  }

  #reset(): void {
    this.#total -= this.#run + this.#angles
    this.#run = 0
    this.#angles = 0
  }

  /** Called where a token begins, before it is weighed. */
  #begin(word: string): void {
    const continues = continuingWords.has(word)
    if (this.#statementEnded && word !== 'else') this.#reset()
    else if (word === 'case' || word === 'default') this.#reset()
    else if (word !== '' && !continues) {
      const afterOperand = this.#last === before.operand && this.#lineEnded
      if (afterOperand || this.#last === before.brace) this.#reset()
    }
    this.#statementEnded = false
    this.#lineEnded = false
  }

  #takeWord(): void {
    const from = this.#at
    let at = from + 1
    while (at < this.#text.length && isWordPart(this.#text.charCodeAt(at))) at++
    this.#at = at
    const word = at - from > 10 ? 'x' : this.#text.slice(from, at)
    this.#begin(word)
    const isPrefix = prefixWords.has(word)
    this.#add(isPrefix ? heavy : 1)
    this.#last = isPrefix ? before.keyword : before.operand
    this.#word = word
  }

  #takeString(quote: number): void {
    // An apostrophe in the text of an element: no string follows a letter at once.
    const previous = this.#at === 0 ? 0 : this.#text.charCodeAt(this.#at - 1)
    if (this.#jsx && isWordPart(previous) && this.#last === before.operand) {
      this.#at++
      return
    }
    this.#begin('')
    let at = this.#at + 1
    for (; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === 92) at++
      else if (code === quote || code === 10 || code === 13) break
    }
    this.#at = at + 1
    this.#operand()
  }

  #operand(): void {
    this.#add(1)
    this.#last = before.operand
    this.#word = ''
  }

  /** `from`: behind the opening back-tick, or behind the brace that ended a part. */
  #takeTemplate(from: number): void {
    this.#begin('')
    for (let at = from; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === 92) at++
      else if (code === 96) {
        this.#at = at + 1
        this.#operand()
        return
      } else if (code === 36 && this.#text.charCodeAt(at + 1) === 123) {
        this.#at = at + 1
        this.#openBracket(true)
        return
      }
    }
    this.#at = this.#text.length
  }

  #takeSlash(): void {
    const next = this.#text.charCodeAt(this.#at + 1)
    if (next === 47) {
      const end = this.#text.indexOf('\n', this.#at)
      this.#at = end === -1 ? this.#text.length : end
      return
    }
    if (next === 42) {
      const end = this.#text.indexOf('*/', this.#at + 2)
      this.#at = end === -1 ? this.#text.length : end + 2
      return
    }
    const end = this.#last === before.operand || this.#last === before.brace ? -1 : this.#regExp()
    if (end === -1) this.#takeOperator(47)
    else {
      this.#begin('')
      this.#at = end
      this.#operand()
    }
  }

  /** Where a pattern that begins here ends; -1 where none does in this line. */
  #regExp(): number {
    let inClass = false
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === 10 || code === 13) return -1
      if (code === 92) at++
      else if (code === 91) inClass = true
      else if (code === 93) inClass = false
      else if (code === 47 && !inClass) return at + 1
    }
    return -1
  }

  #openBracket(template: boolean): void {
    const code = this.#text.charCodeAt(this.#at)
    this.#begin('')
    const header = this.#last === before.keyword && headerWords.has(this.#word)
    this.#open.push({ code, run: this.#run, angles: this.#angles, header, template })
    this.#run = 0
    this.#angles = 0
    this.#total += heavy
    this.#last = before.operator
    this.#word = ''
    this.#at++
  }

  #closeBracket(code: number): void {
    const closed = this.#open.pop()
    this.#at++
    this.#reset()
    this.#statementEnded = false
    this.#lineEnded = false
    if (closed === undefined) return
    this.#total -= heavy
    this.#run = closed.run
    this.#angles = closed.angles
    this.#add(1)
    if (closed.template) this.#takeTemplate(this.#at)
    else if (code === 125) this.#last = before.brace
    else this.#last = closed.header ? before.header : before.operand
    this.#word = ''
  }

  #takeOperator(code: number): void {
    const ends = code === 59 || code === 44
    if (!ends) this.#begin('')
    this.#at++
    if (code === 59) this.#statementEnded = true
    else if (code === 44) {
      this.#total -= this.#run
      this.#run = 0
    } else if (code === 60) this.#openAngle()
    else if (code === 62) this.#closeAngle()
    else if (code === 61) this.#takeEquals()
    else if (code === 63) this.#takeQuestion()
    // So do labels.
    else if (code === 58) this.#add(heavy)
    else this.#add(this.#last === before.operand ? 1 : 4)
    this.#last = before.operator
    this.#word = ''
  }

  /** What an assignment or an arrow gives goes on inside of it; a comparison does not. */
  #takeEquals(): void {
    const previous = this.#text.charCodeAt(this.#at - 2)
    const first = this.#at
    while (this.#text.charCodeAt(this.#at) === 61) this.#at++
    const compares = this.#at > first || previous === 33 || previous === 60 || previous === 62
    this.#add(compares ? 1 : heavy)
    if (this.#text.charCodeAt(this.#at) === 62) this.#at++
  }

  #takeQuestion(): void {
    const next = this.#text.charCodeAt(this.#at)
    const joins = next === 63 || next === 46
    if (joins) this.#at++
    this.#add(joins ? 1 : heavy)
  }

  #openAngle(): void {
    const next = this.#text.charCodeAt(this.#at)
    if (next === 61 || next === 60) {
      // `<=` and `<<`
      this.#at += next === 60 ? 1 : 0
      this.#add(1)
      return
    }
    if (this.#jsx && next === 47) this.#closeElement()
    else if (this.#jsx && (isWordPart(next) || next === 62)) this.#elements++
    this.#angles += heavy
    this.#total += heavy
  }

  /** Elements beside each other are not in each other. */
  #closeElement(): void {
    this.#elements = Math.max(0, this.#elements - 1)
    this.#total -= this.#run
    this.#run = 0
  }

  #closeAngle(): void {
    const previous = this.#text.charCodeAt(this.#at - 2)
    if (this.#jsx && previous === 47) this.#closeElement()
    const less = Math.min(heavy, this.#angles)
    this.#angles -= less
    this.#total -= less
    this.#run += 1
    this.#total += 1
  }
}

/** Letters, digits, `_`, `$` and all beyond ASCII. */
function isWordPart(code: number): boolean {
  if (code >= 97) return code <= 122 || code >= 128
  if (code >= 65) return code <= 90 || code === 95
  return (code >= 48 && code <= 57) || code === 36
}
