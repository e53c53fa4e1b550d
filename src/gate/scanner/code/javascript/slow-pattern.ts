// Finds regular expressions that take exponential time on texts that nearly match: a repetition of
// something that can itself be cut into repetitions in several ways, as `([a-z]+)*$`. What can be
// cut in one way only, as `(a+b)*`, is fast and not found.

/** What may stand at one place: characters (ASCII, and one bit for all beyond), or a group. */
interface Atom {
  characters: bigint | null
  group: Alternatives | null
  /** May be left out. */
  optional: boolean
  /** Repeats without bound. */
  endless: boolean
  /** Holds between characters: `^`, `$`, `\b`, look-around. */
  isAssertion: boolean
}

type Alternatives = Atom[][]

const lengthMax = 1000
const depthMax = 20

/** `source` is that of a valid pattern; whatever else is not slow. */
export function isSlowPattern(source: string): boolean {
  if (source.length > lengthMax || !/[*+}]\)|[*+?}]?\)(?:[*+]|\{\d+,\})/.test(source)) return false
  const reader = new Reader(source)
  const alternatives = reader.alternatives(0)
  return alternatives !== null && reader.isAtEnd && alternatives.some((one) => slowIn(one, false))
}

/** `canFail`: what follows may not match, so that all other ways are tried. */
function slowIn(sequence: readonly Atom[], canFail: boolean): boolean {
  return sequence.some((atom, index) => {
    if (atom.group === null) return false
    const fails = canFail || sequence.slice(index + 1).some(mayFail)
    if (atom.endless && fails && cutsSeveralWays(atom.group)) return true
    return atom.group.some((one) => slowIn(one, fails || atom.endless))
  })
}

const mayFail = ({ optional, isAssertion }: Atom): boolean => !optional || isAssertion

function cutsSeveralWays(group: Alternatives): boolean {
  if (group.some(isEndlessAlone)) return true
  const starts = group.map(firstCharacters)
  return group.some((sequence, index) => {
    const single = sequence.length === 1 && sequence[0]?.group === null
    const start = starts[index] ?? 0n
    return single && starts.some((other, at) => at > index && (other & start) !== 0n)
  })
}

/** `a+`, `a+b?`, `\s*a+`: one part repeats, and nothing has to stand between two rounds. */
function isEndlessAlone(sequence: readonly Atom[]): boolean {
  const needed = sequence.filter(({ optional, isAssertion }) => !optional && !isAssertion)
  const [only, ...more] = needed
  if (only === undefined) return sequence.some(({ endless, characters }) => endless && characters)
  if (more.length > 0) return false
  return only.group === null ? only.endless : only.group.some(isEndlessAlone)
}

function firstCharacters(sequence: readonly Atom[]): bigint {
  const [first] = sequence
  return sequence.length === 1 ? (first?.characters ?? 0n) : 0n
}

const beyondAscii = 1n << 128n
const everything = (1n << 129n) - 1n

function setOf(matches: (char: string) => boolean): bigint {
  let set = 0n
  for (let code = 0; code < 128; code++) {
    if (matches(String.fromCharCode(code))) set |= 1n << BigInt(code)
  }
  return set
}

const digits = setOf((char) => /\d/.test(char))
const words = setOf((char) => /\w/.test(char))
const blanks = setOf((char) => /\s/.test(char))
const classes = new Map([
  ['d', digits],
  ['D', everything & ~digits],
  ['w', words],
  ['W', everything & ~words],
  ['s', blanks | beyondAscii],
  ['S', everything & ~blanks],
])
const anyOne = everything & ~setOf((char) => char === '\n' || char === '\r')

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length
  }

  /** Null where the text is none that this reads. */
  alternatives(depth: number): Alternatives | null {
    if (depth > depthMax) return null
    const all: Alternatives = [[]]
    while (!this.isAtEnd && this.#source[this.#at] !== ')') {
      if (this.#take('|')) {
        all.push([])
        continue
      }
      const atom = this.#atom(depth)
      if (atom === null) return null
      all.at(-1)?.push(this.#quantified(atom))
    }
    return all
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #atom(depth: number): Atom | null {
    if (this.#take('(')) return this.#group(depth)
    if (this.#take('[')) return { ...plain, characters: this.#class() }
    if (this.#take('^') || this.#take('$')) return { ...plain, isAssertion: true, optional: true }
    if (this.#take('.')) return { ...plain, characters: anyOne }
    const isBoundary = /^\\[bB]/.test(this.#source.slice(this.#at, this.#at + 2))
    const characters = this.#character()
    return isBoundary ? { ...plain, isAssertion: true, optional: true } : { ...plain, characters }
  }

  #group(depth: number): Atom | null {
    const [prefix = ''] =
      /^\?(?:[:=!]|<[=!]|<[^>]{1,50}>|[ims-]{1,6}:)/.exec(
        this.#source.slice(this.#at, this.#at + 60),
      ) ?? []
    this.#at += prefix.length
    const group = this.alternatives(depth + 1)
    if (group === null || !this.#take(')')) return null
    const isAssertion = /^\?<?[=!]/.test(prefix)
    return { ...plain, group: isAssertion ? [] : group, isAssertion, optional: isAssertion }
  }

  /** One character or escape, which is taken. */
  #character(): bigint {
    const char = this.#source[this.#at++] ?? ''
    if (char !== '\\') return bit(char)
    const escaped = this.#source[this.#at++] ?? ''
    const known = classes.get(escaped)
    if (known !== undefined) return known
    const code = controls.get(escaped)
    return bit(code ?? escaped)
  }

  #class(): bigint {
    const negated = this.#take('^')
    let set = 0n
    while (!this.isAtEnd && !this.#take(']')) {
      const from = this.#character()
      const isRange = this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']'
      if (!isRange || this.isAtEnd) {
        set |= from
        continue
      }
      this.#at++
      set |= between(from, this.#character())
    }
    return negated ? everything & ~set : set
  }

  #quantified(atom: Atom): Atom {
    const rest = this.#source.slice(this.#at, this.#at + 20)
    const [found = '', least, comma, most] = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(rest) ?? []
    if (found === '') return atom
    this.#at += found.length
    const counted = found.startsWith('{')
    const optional = counted ? Number(least) === 0 : found[0] !== '+'
    const endless = counted ? comma === ',' && most === '' : found[0] !== '?'
    return { ...atom, optional: atom.optional || optional, endless }
  }
}

const plain: Atom = {
  characters: null,
  group: null,
  optional: false,
  endless: false,
  isAssertion: false,
}

const controls = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['f', '\f'],
  ['v', '\v'],
  ['0', '\0'],
])

function bit(char: string): bigint {
  const code = char.charCodeAt(0)
  return code < 128 ? 1n << BigInt(code) : beyondAscii
}

/** All between two single characters. */
function between(from: bigint, to: bigint): bigint {
  if (to < from || to === beyondAscii) return from | to
  return ((to << 1n) - 1n) & ~(from - 1n)
}
