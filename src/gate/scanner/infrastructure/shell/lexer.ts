// Cuts shell scripts into words and operators: as much of the shell's grammar as tells which
// commands run with which arguments, without running anything.

export type Token = Word | Operator

export interface Word {
  kind: 'word'
  /** Quotes and escapes taken away; what is substituted stands as it is written. */
  text: string
  start: number
  end: number
  /** What stands in `$(…)`, backticks or `<(…)`, as offsets into the script. */
  inner: { start: number; end: number }[]
  /** Whether quotes hide blanks and operators in it: then it may be a script for another shell. */
  isQuoted: boolean
}

export interface Operator {
  kind: 'operator'
  /** `|`, `&&`, `;`, a line end as `;`, `(`, `)` or a redirection such as `>`. */
  text: string
  start: number
}

const tokensMax = 20_000

/** `escape` joins lines; in Dockerfiles of Windows it is a backtick. */
export function tokenize(script: string, from = 0, to = script.length): Token[] {
  const tokens: Token[] = []
  const heredocs = new Heredocs(script, to)
  let at = from
  while (at < to && tokens.length < tokensMax) {
    const char = script[at] as string
    if (char === ' ' || char === '\t' || char === '\r') at++
    else if (char === '\\' && isLineEnd(script, at + 1)) at = afterLine(script, at)
    else if (char === '#' && startsComment(script, at)) at = lineEnd(script, at, to)
    else if (char === '\n') {
      tokens.push({ kind: 'operator', text: ';', start: at++ })
    } else {
      const operator = operatorAt(script, at)
      if (operator !== null) {
        tokens.push({ kind: 'operator', text: operator, start: at })
        at += operator.length
        if (operator.startsWith('<<')) at = heredocs.after(at)
      } else {
        const word = readWord(script, at, to)
        tokens.push(word)
        at = word.end
      }
    }
  }
  return tokens
}

function operatorAt(script: string, at: number): string | null {
  if (!operatorStart.has(script.charCodeAt(at))) return null
  operators.lastIndex = at
  return operators.exec(script)?.[0] ?? null
}

const operatorStart = new Set([...'|&;<>()'].map((char) => char.charCodeAt(0)))
// `<(` and `>(` belong to a word.
const operators = /&&|\|\||\|&|&>>?|;;?|\|(?!\|)|&(?!&)|<<<|<<-?|<&|>&|>\||>>|<(?!\()|>(?!\()|[()]/y

function isLineEnd(script: string, at: number): boolean {
  return script[at] === '\n' || (script[at] === '\r' && script[at + 1] === '\n')
}

function afterLine(script: string, at: number): number {
  return script.indexOf('\n', at) + 1
}

function lineEnd(script: string, at: number, to: number): number {
  const end = script.indexOf('\n', at)
  return end === -1 || end > to ? to : end
}

function startsComment(script: string, at: number): boolean {
  return at === 0 || /[\s;&|(]/.test(script[at - 1] as string)
}

/** The body of a heredoc is text for a command, not commands. */
class Heredocs {
  readonly #script: string
  readonly #to: number
  /** Names that close nothing further on, so that they are looked for once. */
  readonly #unclosed = new Set<string>()

  constructor(script: string, to: number) {
    this.#script = script
    this.#to = to
  }

  /** Where the commands go on; the rest of the line, mostly a redirection, is given up. */
  after(at: number): number {
    heredocName.lastIndex = at
    const [, name] = heredocName.exec(this.#script) ?? []
    if (name === undefined) return at
    const { lastIndex } = heredocName
    if (this.#unclosed.has(name)) return lastIndex
    const close = new RegExp(`\\n[ \\t]{0,100}${name}[ \\t]{0,100}(?=\\r?\\n|$)`, 'g')
    close.lastIndex = at
    if (close.exec(this.#script) !== null) return Math.min(close.lastIndex, this.#to)
    this.#unclosed.add(name)
    return lastIndex
  }
}

const heredocName = /[ \t]*["']?([A-Za-z_]\w{0,60})["']?/y

function readWord(script: string, start: number, to: number): Word {
  const word: Word = { kind: 'word', text: '', start, end: start, inner: [], isQuoted: false }
  const parts: string[] = []
  let at = start
  while (at < to) {
    plainPart.lastIndex = at
    const plain = plainPart.exec(script)?.[0]
    if (plain !== undefined && at + plain.length <= to) {
      parts.push(plain)
      at += plain.length
      continue
    }
    if (/\s/.test(script[at] as string) || operatorAt(script, at) !== null) break
    const next = partAt(script, at, to, word, parts)
    at = next > at ? next : at + 1
  }
  word.end = Math.min(at, to)
  word.text = parts.join('')
  return word
}

/** What needs no further look. */
const plainPart = /[\w./:=,@%+~^*?![\]{}-]+/y

/** Reads one quoted, substituted or plain piece; returns where it ends. */
function partAt(script: string, at: number, to: number, word: Word, parts: string[]): number {
  const char = script[at] as string
  if (char === '\\') {
    if (isLineEnd(script, at + 1)) return afterLine(script, at)
    parts.push(script[at + 1] ?? '')
    return at + 2
  }
  if (char === "'") {
    const end = closing(script, at + 1, to, "'")
    word.isQuoted = true
    parts.push(script.slice(at + 1, end))
    return end + 1
  }
  if (char === '"') return doubleQuoted(script, at, to, word, parts)
  const end = substitutionEnd(script, at, to)
  if (end !== null) {
    const open = char === '`' ? 1 : 2
    if (script.startsWith('${', at)) parts.push(script.slice(at, end))
    else {
      word.inner.push({ start: at + open, end: end - 1 })
      parts.push(script.slice(at, end))
    }
    return end
  }
  parts.push(char)
  return at + 1
}

function doubleQuoted(
  script: string,
  start: number,
  to: number,
  word: Word,
  parts: string[],
): number {
  word.isQuoted = true
  let at = start + 1
  while (at < to && script[at] !== '"') {
    const char = script[at] as string
    if (char === '\\' && /["\\$`\n]/.test(script[at + 1] ?? '')) {
      if (script[at + 1] !== '\n') parts.push(script[at + 1] as string)
      at += 2
      continue
    }
    const end = substitutionEnd(script, at, to)
    if (end === null || char === '<' || char === '>') {
      parts.push(char)
      at++
      continue
    }
    if (!script.startsWith('${', at)) {
      word.inner.push({ start: at + (char === '`' ? 1 : 2), end: end - 1 })
    }
    parts.push(script.slice(at, end))
    at = end
  }
  return at + 1
}

/** After `$(…)`, `${…}`, backticks, `<(…)` or `>(…)` that begins here; null for anything else. */
function substitutionEnd(script: string, at: number, to: number): number | null {
  const char = script[at]
  if (char === '`') return closing(script, at + 1, to, '`') + 1
  const next = script[at + 1]
  if (char === '$' && next === '{') return closing(script, at + 2, to, '}') + 1
  if ((char !== '$' && char !== '<' && char !== '>') || next !== '(') return null
  let depth = 0
  for (let end = at + 1; end < to; end++) {
    const inside = script[end]
    if (inside === '\\') end++
    else if (inside === "'" && depth > 0) end = closing(script, end + 1, to, "'")
    else if (inside === '(') depth++
    else if (inside === ')' && --depth === 0) return end + 1
  }
  return to + 1
}

function closing(script: string, at: number, to: number, quote: string): number {
  const end = script.indexOf(quote, at)
  return end === -1 || end > to ? to : end
}
