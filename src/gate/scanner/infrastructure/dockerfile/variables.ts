// Puts the values of ARG and ENV into texts of a Dockerfile.

/** What variables stand for; null for one that is set from outside. */
export type Variables = ReadonlyMap<string, string | null>

const valueMax = 4096

/** Null where a variable is not known. */
export function substitute(text: string, variables: Variables): string | null {
  let isKnown = true
  const result = text.replace(variable, (whole, escaped, plain, braced, operator, word) => {
    if (escaped !== undefined) return whole.slice(1)
    const value = variables.get(plain ?? braced)
    if (operator === ':-' || operator === '-') return value ?? word
    if (operator === ':+' || operator === '+') return value === undefined ? '' : word
    if (value === undefined || value === null) isKnown = false
    return value ?? ''
  })
  return isKnown && result.length <= valueMax ? result : null
}

const variable =
  /(\\\$)|\$(?:([A-Za-z_]\w{0,100})|\{([A-Za-z_]\w{0,100})(?:(:?[-+?])([^{}]{0,500}))?\})/g

export interface Pair {
  name: string
  /** Null where none is given. */
  value: string | null
  /** Where it stands in the text. */
  at: number
  end: number
}

/** `a=b "c d"=e`; values come without quotes. */
export function readPairs(text: string): Pair[] {
  return [...text.matchAll(pair)].slice(0, pairsMax).map((found) => {
    const [whole, name = '', value] = found
    const plain = value?.replace(/\\(.)|["']/gs, '$1') ?? null
    return { name, value: plain, at: found.index, end: found.index + whole.length }
  })
}

const pairsMax = 500
const pair = /([\w.-]{1,200})(?:=((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])*))?/gs

/** Of ENV, which also has an old form with one name and the rest of the line. */
export function readEnvironment(text: string): Pair[] {
  const old = /^([\w.-]{1,200})\s+(.*)$/s.exec(text)
  if (old === null) return readPairs(text)
  return [{ name: old[1] ?? '', value: (old[2] ?? '').trim(), at: 0, end: text.length }]
}
