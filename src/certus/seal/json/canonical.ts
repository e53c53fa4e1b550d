// JSON in the one form that has one hash: the JSON Canonicalization Scheme, RFC 8785.
import type { Json } from './read.ts'

/** Deeper values come from no reader of ours, and would exhaust the stack. */
const depthMax = 200

/**
 * Strings and numbers are written as ECMAScript writes them (RFC 8785 §3.2.2); names are sorted by
 * UTF-16 code units (§3.2.3). Throws RangeError for what I-JSON cannot hold.
 */
export function canonicalJson(value: Json, depth = 0): string {
  if (depth > depthMax) throw new RangeError(`nested deeper than ${depthMax} levels`)
  if (typeof value === 'string') return textOf(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('a number that is not finite')
    return JSON.stringify(value)
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`
  }
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  const texts = members.map(([name, item]) => `${textOf(name)}:${canonicalJson(item, depth + 1)}`)
  return `{${texts.join(',')}}`
}

function textOf(text: string): string {
  // JSON.stringify would write an escape for it, which another reader need not accept.
  if (!text.isWellFormed()) throw new RangeError('half of a surrogate pair')
  return JSON.stringify(text)
}
