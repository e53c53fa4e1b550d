// The directives of go.mod, alone on a line or in a block.

export interface GoDirective {
  verb: string
  words: string[]
  comment: string
  /** Where the first word stands. */
  start: number
}

export function goDirectives(text: string): GoDirective[] {
  const found: GoDirective[] = []
  let block: string | null = null
  for (const { 0: line, index } of text.matchAll(/^[^\n]*\S[^\n]*/gm)) {
    const slashes = line.indexOf('//')
    const content = slashes === -1 ? line : line.slice(0, slashes)
    const comment = slashes === -1 ? '' : line.slice(slashes + 2)
    const words = content.match(/"[^"]*"|`[^`]*`|[^\s"`]+/g) ?? []
    const [first = ''] = words
    if (first === '') continue
    if (block !== null && first === ')') block = null
    else if (block !== null) found.push(directiveOf(block, words, comment, index, line))
    else if (words[1] === '(') block = first
    else found.push(directiveOf(first, words.slice(1), comment, index, line))
  }
  return found
}

function directiveOf(
  verb: string,
  words: readonly string[],
  comment: string,
  index: number,
  line: string,
): GoDirective {
  const [first = ''] = words
  const from = line.indexOf(verb) === line.search(/\S/) ? line.search(/\S/) + verb.length : 0
  const start = index + Math.max(line.indexOf(first, from), 0) + (/^["`]/.test(first) ? 1 : 0)
  return { verb, words: words.map((word) => word.replace(/^["`]|["`]$/g, '')), comment, start }
}
