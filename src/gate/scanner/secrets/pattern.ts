// Keeps the patterns of rules linear: every repetition has an upper bound, so that one search
// in a window of bounded length takes a bounded number of steps.
import { RuleError } from './fields.ts'

/** Throws `RuleError` unless `source` is a regular expression whose repetitions are bounded. */
export function checkPattern(source: string, where: string): void {
  try {
    new RegExp(source)
  } catch (error) {
    throw new RuleError(`${where}: ${(error as Error).message}`)
  }
  const unbounded = findUnbounded(source)
  if (unbounded !== null) {
    throw new RuleError(
      `${where}: ${unbounded} repeats without an upper bound; write {1,64} or the like`,
    )
  }
}

/** The first `*`, `+` or `{n,}` that is a quantifier, with what stands before it. */
function findUnbounded(source: string): string | null {
  let inClass = false
  for (let at = 0; at < source.length; at++) {
    const char = source[at]
    if (char === '\\') at++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (!inClass && (char === '*' || char === '+' || /^\{\d+,\}/.test(source.slice(at)))) {
      return JSON.stringify(source.slice(Math.max(0, at - 12), at + 4))
    }
  }
  return null
}
