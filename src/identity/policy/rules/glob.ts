// Patterns for identifiers and text: `*` is any text, also none. Nothing else has a meaning, so
// that matching takes one pass. `\*` is a star, `\\` a backslash.

/** Literal texts, with any text between one and the next. */
export type Glob = readonly string[]

/** Null where a backslash stands before anything else. */
export function readGlob(pattern: string): Glob | null {
  if (/\\(?![\\*])/.test(pattern.replaceAll('\\\\', ''))) return null
  const literals = ['']
  // A run of stars says what one does.
  for (const [token] of pattern.matchAll(/\\[\\*]|\*+|[^\\*]+/g)) {
    if (token.startsWith('*')) literals.push('')
    else literals.push(literals.pop() + (token.startsWith('\\') ? token.slice(1) : token))
  }
  return literals
}

/** The text that is the only one to match; null where there is a wildcard. */
export function exactText(glob: Glob): string | null {
  return glob.length === 1 ? (glob[0] ?? '') : null
}

export function matchesAll(glob: Glob): boolean {
  return glob.length === 2 && glob.every((literal) => literal === '')
}
