// What a text may ask of the parser. Cedar's own, compiled to WebAssembly, has a small stack, and
// once that has overflowed it answers nobody any more: so nesting is counted before it sees a text.
import type { Places, PolicyError } from './place.ts'
import type { Token } from './tokens.ts'
import { tokensOf } from './tokens.ts'

export interface TextBounds {
  /** Of the whole text, in UTF-16 units. */
  readonly lengthMax: number
  readonly policiesMax: number
}

export const textBounds: TextBounds = { lengthMax: 256 * 1024, policiesMax: 1_000 }

/**
 * What nesting costs of the parser's stack, in thousandths of what is allowed. The parser was seen
 * to fail at three times that: at 123 brackets, 679 ifs, 1,265 sums, 3,000 ands.
 */
const costs = { bracket: 24, choice: 4, operator: 2, connective: 1 } as const
const costMax = 1_000

/** One policy's part of a text. */
export interface Piece {
  readonly start: number
  readonly end: number
  readonly tokens: readonly Token[]
}

/** Cuts a text after each policy; `;` ends one and stands nowhere else. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let tokens: Token[] = []
  for (const token of tokensOf(text)) {
    tokens.push(token)
    if (text[token.start] !== ';' || token.kind !== 'sign') continue
    pieces.push(pieceOf(tokens))
    tokens = []
  }
  if (tokens.length > 0) pieces.push(pieceOf(tokens))
  return pieces
}

function pieceOf(tokens: readonly Token[]): Piece {
  return { start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0, tokens }
}

/** Integers that JSON would round, and nesting that would overflow the parser. */
export function findExcess(text: string, tokens: readonly Token[], places: Places): PolicyError[] {
  const errors: PolicyError[] = []
  for (const { kind, start, end } of tokens) {
    if (kind === 'integer' && !isExact(text.slice(start, end)))
      errors.push(places.error('an integer must lie within ±(2^53−1)', start, end, integerHelp))
  }
  const deep = findDepth(text, tokens)
  if (deep !== undefined)
    errors.push(places.error('this nests too deeply', deep.start, deep.end, depthHelp))
  return errors
}

const integerHelp = 'beyond that JSON cannot carry it exactly; compare texts or decimals instead'
const depthHelp = 'use a set with contains, or several policies'

function isExact(digits: string): boolean {
  const significant = digits.replace(/^0+/, '')
  return significant.length <= 16 && Number.isSafeInteger(Number(significant))
}

/** The token at which the parser's stack would come near its end, if any. */
function findDepth(text: string, tokens: readonly Token[]): Token | undefined {
  let level = { below: 0, chain: 0, operand: 0, choices: 0 }
  const open: (typeof level)[] = []
  for (const token of tokens) {
    const written = token.kind === 'text' ? '"' : text.slice(token.start, token.end)
    const cost = level.below + level.chain + level.operand + level.choices
    if (cost > costMax) return token
    if (opening.has(written)) {
      open.push(level)
      level = { below: cost + costs.bracket, chain: 0, operand: 0, choices: 0 }
    } else if (closing.has(written)) level = open.pop() ?? level
    else if (written === ',' || written === ';') level = { ...fresh, below: level.below }
    else if (written === '&&' || written === '||') {
      level = { ...level, chain: level.chain + costs.connective, operand: 0 }
    } else if (written === 'if') level = { ...level, choices: level.choices + costs.choice }
    else if (operators.has(written)) {
      level = { ...level, operand: level.operand + costs.operator }
    }
  }
  return undefined
}

const fresh = { chain: 0, operand: 0, choices: 0 }
const opening = new Set(['(', '[', '{'])
const closing = new Set([')', ']', '}'])
const operators = new Set('. ! - + * == != < <= > >= in is has like'.split(' '))
