// Expressions of GitHub Actions: which contexts can become part of what `${{ … }}` writes.

export interface Expression {
  /** Offsets into the text, `${{` and `}}` included. */
  start: number
  end: number
  /** `github.event.issue.title`, in lower case but for what follows `env.` and the like. */
  contexts: string[]
}

const expressionsMax = 1000

export function readExpressions(text: string, from = 0, to = text.length): Expression[] {
  const found: Expression[] = []
  let at = from
  while (found.length < expressionsMax) {
    const start = text.indexOf('${{', at)
    if (start === -1 || start >= to) break
    const end = closing(text, start + 3, to)
    if (end === null) break
    found.push({ start, end, contexts: contextsIn(text.slice(start + 3, end - 2)) })
    at = end
  }
  return found
}

/** Braces inside of texts do not close the expression. */
function closing(text: string, from: number, to: number): number | null {
  let isQuoted = false
  for (let at = from; at < to; at++) {
    const char = text[at]
    if (char === "'") isQuoted = !isQuoted
    else if (!isQuoted && char === '}' && text[at + 1] === '}') return at + 2
  }
  return null
}

/** The contexts whose text may come out; those that are only compared or tested are left out. */
export function contextsIn(expression: string): string[] {
  const tokens = [...expression.matchAll(token)].slice(0, tokensMax).map(([text]) => text)
  const parser = new Parser(tokens)
  return [...new Set(parser.alternatives())]
}

const tokensMax = 2000
const depthMax = 50
const token = /'(?:[^']|'')*'|&&|\|\||[=!<>]=|[<>!()[\],.*]|[A-Za-z_][\w-]*|-?\d[\w.]*/g

/** Texts of these come from their arguments; all other functions give true, false or a digest. */
const passing = new Set(['format', 'join', 'tojson', 'fromjson'])

class Parser {
  readonly #tokens: readonly string[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  /** `a || b`: either. */
  alternatives(): string[] {
    if (++this.#depth > depthMax) return []
    const found = this.#conjunction()
    while (this.#take('||')) found.push(...this.#conjunction())
    this.#depth--
    return found
  }

  /** `a && b` is b, or else something that counts as false. */
  #conjunction(): string[] {
    let found = this.#comparison()
    while (this.#take('&&')) found = this.#comparison()
    return found
  }

  #comparison(): string[] {
    let found = this.#unary()
    while (/^(?:[=!<>]=|[<>])$/.test(this.#peek())) {
      this.#at++
      this.#unary()
      found = []
    }
    return found
  }

  #unary(): string[] {
    if (!this.#take('!')) return this.#primary()
    this.#unary()
    return []
  }

  #primary(): string[] {
    const next = this.#peek()
    this.#at++
    if (next === '(') {
      const found = this.alternatives()
      this.#take(')')
      const members = this.#members()
      return found.map((context) => [context, ...members].join('.'))
    }
    if (!/^[A-Za-z_]/.test(next)) return []
    if (this.#peek() === '(') return this.#call(next.toLowerCase())
    return [this.#path(next)]
  }

  #call(name: string): string[] {
    this.#at++
    const found: string[] = []
    while (this.#at < this.#tokens.length && !this.#take(')')) {
      const before = this.#at
      found.push(...this.alternatives())
      this.#take(',')
      if (this.#at === before) this.#at++
    }
    this.#members()
    return passing.has(name) ? found : []
  }

  #path(first: string): string {
    const path = [first.toLowerCase(), ...this.#members()].join('.')
    return path.startsWith('github.') ? path.toLowerCase() : path
  }

  /** `.name` and `['name']`; what is computed becomes `*`. */
  #members(): string[] {
    const members: string[] = []
    for (;;) {
      if (this.#take('.')) {
        members.push(this.#peek())
        this.#at++
      } else if (this.#take('[')) {
        const index = this.#peek()
        const isText = index.startsWith("'")
        if (isText) this.#at++
        else this.alternatives()
        members.push(isText ? index.slice(1, -1) : '*')
        this.#take(']')
      } else return members
    }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? ''
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at++
    return true
  }
}
