// Cedar's text as tokens: enough to find policies, integers and nesting in it without parsing.

export interface Token {
  readonly kind: 'name' | 'integer' | 'text' | 'sign'
  /** Places in the text, as JavaScript counts. */
  readonly start: number
  readonly end: number
}

// A text that is never closed is one token to the end: looking for its end from each of many
// quotes would take a square of the time.
const pattern = new RegExp(
  [
    /(?<skip>\s+|\/\/[^\n\r]*)/,
    /(?<name>\??[_a-zA-Z][_a-zA-Z0-9]*)/,
    /(?<integer>[0-9]+)/,
    /(?<text>"[^"\\]*(?:\\[\s\S][^"\\]*)*"?)/,
    /(?<sign>&&|\|\||==|!=|<=|>=|::|[\s\S])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
)

/**
 * The tokens, without white space and comments. What is no token of Cedar's is a sign of its own,
 * which the parser refuses.
 */
export function* tokensOf(text: string): Generator<Token> {
  pattern.lastIndex = 0
  let at = 0
  while (at < text.length) {
    pattern.lastIndex = at
    const groups = pattern.exec(text)?.groups
    const end = pattern.lastIndex
    if (groups === undefined) return
    const kind = kindOf(groups)
    if (kind !== undefined) yield { kind, start: at, end }
    at = end
  }
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): Token['kind'] | undefined {
  if (groups.skip !== undefined) return undefined
  if (groups.name !== undefined) return 'name'
  if (groups.integer !== undefined) return 'integer'
  return groups.text === undefined ? 'sign' : 'text'
}
