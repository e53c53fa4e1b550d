// Maven's order of versions, after the "Version Order Specification" of its POM reference: tokens
// with the separator before them, known qualifiers in a row of their own.
import { compareDigits, compareText, type VersionOrder, versionOrder } from './total-order.ts'

interface Token {
  /** `_`, a change between digits and letters, and all before letters separate like a hyphen. */
  separator: '.' | '-'
  text: string
}

function parseMavenVersion(version: string): readonly Token[] | null {
  const text = version.trim().toLowerCase()
  if (!/^[!-~]+$/.test(text) || /[$()[\],]/.test(text)) return null
  return trimmed(tokensOf(text))
}

function tokensOf(version: string): Token[] {
  const tokens: Token[] = []
  let separator: Token['separator'] = '.'
  for (const [, part = '', end = ''] of version.matchAll(/([^-_.]*)([-_.]|$)/g)) {
    if (part === '' && end === '' && tokens.length > 0) break
    // Two separators side by side have an empty token between them, which stands for zero.
    const pieces = part === '' ? ['0'] : part.split(/(?<=\d)(?=\D)|(?<=\D)(?=\d)/)
    pieces.forEach((text, index) => {
      const isShort = /^\d/.test(pieces[index + 1] ?? '')
      const long = isShort ? (shortQualifiers.get(text) ?? text) : text
      const isNumber = /^\d/.test(text)
      tokens.push({ separator: index === 0 && isNumber ? separator : '-', text: long })
    })
    separator = end === '.' ? '.' : '-'
  }
  return tokens
}

/** Only before a number: `1-a1` is an alpha, `1-a` is not. */
const shortQualifiers = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
])

/** Without the tokens that say nothing: at the end, and before each hyphen. */
function trimmed(tokens: readonly Token[]): Token[] {
  const kept: Token[] = []
  for (const token of tokens) {
    if (token.separator === '-') dropNulls(kept)
    kept.push(token)
  }
  dropNulls(kept)
  return kept
}

function dropNulls(tokens: Token[]): void {
  // The first token stays, whatever it is: a version is never empty.
  while (tokens.length > 1 && isNull.test(tokens.at(-1)?.text ?? '')) tokens.pop()
}

const isNull = /^(?:0*|final|ga|release)$/

function compareMavenVersions(a: readonly Token[], b: readonly Token[]): number {
  const length = Math.max(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [first, second] = [a[at], b[at]]
    const order = compareTokens(first ?? padding(second), second ?? padding(first))
    if (order !== 0) return order
  }
  return 0
}

function padding(beside: Token | undefined): Token {
  const separator = beside?.separator ?? '.'
  return { separator, text: separator === '.' ? '0' : '' }
}

function compareTokens(a: Token, b: Token): number {
  const first = rankOf(a)
  const second = rankOf(b)
  if (first !== second) return first - second
  return first >= numberRank ? compareDigits(a.text, b.text) : compareQualifiers(a.text, b.text)
}

/** Any qualifier, then a number after a hyphen, then a number after a dot. */
function rankOf({ separator, text }: Token): number {
  if (!/^\d/.test(text)) return 0
  return separator === '-' ? numberRank : numberRank + 1
}
const numberRank = 1

function compareQualifiers(a: string, b: string): number {
  const first = qualifiers.get(a) ?? qualifierMax
  const second = qualifiers.get(b) ?? qualifierMax
  return first - second || (first === qualifierMax ? compareText(a, b) : 0)
}

const qualifiers = new Map([
  ['alpha', 0],
  ['beta', 1],
  ['milestone', 2],
  // Unknown to Maven, but what Jackson calls a release before the release.
  ['pr', 3],
  ['rc', 3],
  ['cr', 3],
  ['snapshot', 4],
  ['', 5],
  ['final', 5],
  ['ga', 5],
  ['release', 5],
  ['sp', 6],
])
const qualifierMax = 7

export const maven: VersionOrder = versionOrder(parseMavenVersion, compareMavenVersions)
