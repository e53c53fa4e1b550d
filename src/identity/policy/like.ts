// Cedar's `like`: a pattern in which `*` stands for any text. Matched in one pass, never by a
// regular expression, so that no pattern and no text make it slow.

export type PatternPart = 'Wildcard' | { readonly Literal: string }

/** A test of texts. Literal parts between two wildcards are found leftmost, which suffices. */
export function likePattern(parts: readonly PatternPart[]): (text: string) => boolean {
  const literals = ['']
  for (const part of parts) {
    if (part === 'Wildcard') literals.push('')
    else literals.push(`${literals.pop() ?? ''}${part.Literal}`)
  }
  const [head = '', ...rest] = literals
  const tail = rest.pop()
  if (tail === undefined) return (text) => text === head
  const finders = rest.filter((literal) => literal !== '').map(finderOf)
  const shortest = literals.reduce((sum, { length }) => sum + length, 0)
  return (text) => {
    if (text.length < shortest || !text.startsWith(head) || !text.endsWith(tail)) return false
    let at = head.length
    for (const find of finders) {
      at = find(text, at)
      if (at < 0) return false
    }
    return at <= text.length - tail.length
  }
}

/** Finds a literal from a place on and answers where it ends, or -1. */
type Finder = (text: string, from: number) => number

/** Up to this length a search cannot take long, and the built-in one is the fastest. */
const shortMax = 32

function finderOf(literal: string): Finder {
  if (literal.length > shortMax) return linearFinder(literal)
  return (text, from) => {
    const found = text.indexOf(literal, from)
    return found < 0 ? -1 : found + literal.length
  }
}

/** Knuth, Morris and Pratt: how much of the literal still fits after a mismatch is known before. */
function linearFinder(literal: string): Finder {
  const borders = new Int32Array(literal.length + 1)
  const shorter = (matched: number) => borders[matched] ?? 0
  let border = 0
  for (let i = 1; i < literal.length; i++) {
    while (border > 0 && literal[i] !== literal[border]) border = shorter(border)
    if (literal[i] === literal[border]) border += 1
    borders[i + 1] = border
  }
  return (text, from) => {
    let matched = 0
    for (let at = from; at < text.length; at++) {
      while (matched > 0 && text[at] !== literal[matched]) matched = shorter(matched)
      if (text[at] === literal[matched]) matched += 1
      if (matched === literal.length) return at + 1
    }
    return -1
  }
}
