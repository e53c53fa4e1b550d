// Block mappings and lists, quoted and plain scalars, flow collections within one line: all that
// package managers write. Whatever else YAML knows is unfit, and left to a parser of all of it.
import { readFlow, readScalar, skipBlanks, Unfit } from './yaml-scalar.ts'
import { type YamlEntry, type YamlValue, yamlDepthMax } from './yaml-value.ts'

/** All documents of the text that are not empty. Throws `Unfit`. */
export function parsePlainYaml(text: string): YamlValue[] {
  const reader = new PlainYaml(text)
  const documents: YamlValue[] = []
  while (!reader.ended) {
    const document = reader.document()
    if (document !== '') documents.push(document)
  }
  return documents
}

interface Line {
  indent: number
  /** Where its content begins and ends, blanks left out; a comment behind a value is in it. */
  start: number
  end: number
}

class PlainYaml {
  readonly #text: string
  #line: Line | null = null
  /** Where the line after `#line` begins. */
  #next = 0

  constructor(text: string) {
    this.#text = text
    this.#advance()
  }

  get ended(): boolean {
    return this.#line === null
  }

  document(): YamlValue {
    if (this.#line !== null && this.#isMarker(this.#line)) {
      if (this.#line.end - this.#line.start > 3) throw new Unfit()
      this.#advance()
    }
    if (this.#line === null || this.#isMarker(this.#line)) return ''
    const value = this.#block(this.#line.indent, 0)
    if (this.#line !== null && !this.#isMarker(this.#line)) throw new Unfit()
    return value
  }

  #block(indent: number, depth: number): YamlValue {
    const line = this.#line
    if (depth > yamlDepthMax || line?.indent !== indent) throw new Unfit()
    return this.#isItem(line) ? this.#list(indent, depth) : this.#mapping(indent, depth)
  }

  #list(indent: number, depth: number): YamlValue[] {
    const items: YamlValue[] = []
    for (let line = this.#line; line?.indent === indent && this.#isItem(line); line = this.#line) {
      items.push(this.#value(skipBlanks(this.#text, line.start + 1, line.end), line, depth, true))
    }
    return items
  }

  #mapping(indent: number, depth: number): ReadonlyMap<string, YamlEntry> {
    const entries = new Map<string, YamlEntry>()
    for (let line = this.#line; line?.indent === indent; line = this.#line) {
      if (this.#isItem(line) || this.#isMarker(line)) break
      const isExplicit = this.#text.startsWith('? ', line.start)
      const {
        value: key,
        start,
        end,
        after,
      } = isExplicit
        ? readScalar(
            this.#text,
            skipBlanks(this.#text, line.start + 1, line.end),
            line.end,
            'value',
          )
        : readScalar(this.#text, line.start, line.end, 'key')
      if (isExplicit) this.#advance()
      const below = this.#line
      const colon = isExplicit ? below?.start : after
      if (below?.indent !== indent || this.#text.charAt(colon ?? -1) !== ':') throw new Unfit()
      const from = skipBlanks(this.#text, (colon ?? 0) + 1, below.end)
      entries.set(key, { start, end, value: this.#value(from, below, depth, isExplicit) })
    }
    return entries
  }

  /**
   * The value that begins at `start` of the line, or below it; goes on to the line after it.
   * Behind a dash or an explicit key a mapping may begin in the line itself.
   */
  #value(start: number, line: Line, depth: number, isNestable: boolean): YamlValue {
    const first = start < line.end ? this.#text.charAt(start) : '#'
    if (first === '#') return this.#below(line, depth)
    if (first === '|' || first === '>') return this.#skipText(line)
    if (first === '{' || first === '[')
      return this.#last(readFlow(this.#text, start, line.end), line)
    const nested = { indent: line.indent + (start - line.start), start, end: line.end }
    if (isNestable && (this.#isItem(nested) || this.#isEntry(nested))) {
      this.#line = nested
      return this.#block(nested.indent, depth + 1)
    }
    const { value, after } = readScalar(this.#text, start, line.end, 'value')
    return this.#last({ value: value === '~' || value === 'null' ? '' : value, after }, line)
  }

  #below(line: Line, depth: number): YamlValue {
    this.#advance()
    const below = this.#line
    if (below === null || below.indent < line.indent) return ''
    // A list may stand as far to the left as the key that it belongs to.
    const isList = this.#isItem(below) && !this.#isItem(line)
    if (below.indent === line.indent && !isList) return ''
    return this.#block(below.indent, depth + 1)
  }

  /** Nothing but a comment may follow, and no further line belong to it. */
  #last({ value, after }: { value: YamlValue; after: number }, { indent, end }: Line): YamlValue {
    const rest = skipBlanks(this.#text, after, end)
    if (rest < end && (rest === after || this.#text.charAt(rest) !== '#')) throw new Unfit()
    this.#advance()
    if (this.#line !== null && this.#line.indent > indent) throw new Unfit()
    return value
  }

  /** A text over several lines says nothing of packages. */
  #skipText({ indent }: Line): string {
    do this.#advance()
    while (this.#line !== null && this.#line.indent > indent)
    return ''
  }

  #isEntry({ start, end }: Line): boolean {
    const { after } = readScalar(this.#text, start, end, 'key')
    return after < end && this.#text.charAt(after) === ':'
  }

  #isItem({ start, end }: Line): boolean {
    if (this.#text.charCodeAt(start) !== 0x2d) return false
    return start + 1 === end || this.#text.charCodeAt(start + 1) === 0x20
  }

  #isMarker({ indent, start, end }: Line): boolean {
    if (indent !== 0 || end - start < 3) return false
    if (!this.#text.startsWith('---', start) && !this.#text.startsWith('...', start)) return false
    return end - start === 3 || this.#text.charCodeAt(start + 3) === 0x20
  }

  /** To the next line with content. */
  #advance(): void {
    const text = this.#text
    while (this.#next < text.length) {
      const begin = this.#next
      const newline = text.indexOf('\n', begin)
      let end = newline === -1 ? text.length : newline
      this.#next = newline === -1 ? text.length : newline + 1
      let start = begin
      while (start < end && text.charCodeAt(start) === 0x20) start++
      while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
      if (start === end || text.charCodeAt(start) === 0x23) continue
      if (text.charCodeAt(start) === 0x09) throw new Unfit()
      this.#line = { indent: start - begin, start, end }
      return
    }
    this.#line = null
  }
}
