// Fills in references to properties (`${name}`, `$(name)`), whose values refer to others in turn.
// A few lines of them could be written to grow without end: what is too much is not known.

/**
 * `reference` has the name in its first group, or is a sign and the name. null where a property is
 * not known, or where there is too much to fill in.
 */
export function fillIn(
  text: string,
  reference: RegExp,
  lookUp: (name: string) => string | null,
  state = { left: referencesMax, depth: 0 },
): string | null {
  if (text.length > valueCharsMax || state.depth > depthMax) return null
  let isKnown = true
  const filled = text.replace(reference, (whole: string, name: string | undefined) => {
    if (!isKnown || --state.left < 0) isKnown = false
    const value = isKnown ? lookUp((name ?? whole.slice(1)).trim()) : null
    state.depth++
    const inner = value === null ? null : fillIn(value, reference, lookUp, state)
    state.depth--
    if (inner === null) isKnown = false
    return inner ?? ''
  })
  return isKnown && filled.length <= valueCharsMax ? filled : null
}

const referencesMax = 100
const depthMax = 10
const valueCharsMax = 300
