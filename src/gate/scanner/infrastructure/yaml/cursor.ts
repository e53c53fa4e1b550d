// Where a YAML document is being read, within which bounds, and what of it is already known.
import type { SourceText } from '../../source-text.ts'
import type { Budget } from '../../weakness.ts'
import type { Place, Value } from '../resource.ts'

/** Why a document was given up. */
export class YamlError extends Error {
  override name = 'YamlError'
}

/** What stands for a `{{ … }}`: no document holds it otherwise, and no value with it is known. */
export const templated = '\uE000'

const nodesMax = 500_000
const depthMax = 100

export class Cursor {
  readonly source: SourceText
  readonly text: string
  readonly end: number
  at: number
  readonly anchors = new Map<string, Value>()
  /** Whether `!Name x` is kept, as what CloudFormation writes in full: `{ "Fn::Name": x }`. */
  keepsFunctions = false
  readonly #budget: Budget
  #nodes = 0
  #depth = 0

  /** `text` may differ from the source's where templates were taken out, but not in length. */
  constructor(source: SourceText, text: string, start: number, end: number, budget: Budget) {
    this.source = source
    this.text = text
    this.at = start
    this.end = end
    this.#budget = budget
  }

  /** The unit `ahead` of here; NaN at the end. */
  code(ahead = 0): number {
    const at = this.at + ahead
    return at < this.end ? this.text.charCodeAt(at) : Number.NaN
  }

  /** From 0; a tab counts as one. */
  get column(): number {
    return this.at - this.text.lastIndexOf('\n', this.at - 1) - 1
  }

  place(start: number, end = this.at): Place {
    return { source: this.source, start, end }
  }

  fail(reason: string): never {
    const { line } = this.source.positionAt(this.at)
    throw new YamlError(`the YAML cannot be read from line ${line}: ${reason}`)
  }

  /** Around every node. */
  nested<Result>(read: () => Result): Result {
    if (++this.#nodes > nodesMax) this.fail('it has too many values')
    if ((this.#nodes & 0x3ff) === 0 && this.#budget.expired()) this.fail('time ran out')
    if (++this.#depth > depthMax) this.fail('it is nested too deep')
    const result = read()
    this.#depth--
    return result
  }

  /** Counts what copies of merged mappings cost. */
  spend(nodes: number): void {
    this.#nodes += nodes
    if (this.#nodes > nodesMax) this.fail('it has too many values')
  }

  skipSpaces(): void {
    while (isSpace(this.code())) this.at++
  }

  /** Blanks, line ends and comments; true if a line end was among them. */
  skipBlank(): boolean {
    const start = this.at
    let crossed = false
    for (;;) {
      const code = this.code()
      if (isSpace(code)) this.at++
      else if (isLineEnd(code)) {
        crossed = true
        this.at++
      } else if (code === hash && this.#mayComment(start)) this.#skipLine()
      else return crossed
    }
  }

  #mayComment(start: number): boolean {
    return this.at > start || this.at === 0 || isBlank(this.text.charCodeAt(this.at - 1))
  }

  #skipLine(): void {
    const lineEnd = this.text.indexOf('\n', this.at)
    this.at = lineEnd === -1 || lineEnd > this.end ? this.end : lineEnd
  }
}

const hash = 0x23

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}

export function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d
}

/** Also the end of the document. */
export function isBlank(code: number): boolean {
  return isSpace(code) || isLineEnd(code) || Number.isNaN(code)
}
