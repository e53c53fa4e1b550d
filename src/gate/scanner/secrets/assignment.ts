// Reads `name = value` as people write it in any language, by hand rather than by one huge
// expression: from a word such as "token" outwards to the name, over the operator, to the value.
import { readOperator } from './operator.ts'
import type { Syntax } from './place.ts'
import { readBare, readQuoted } from './value.ts'

export interface Assignment {
  name: string
  nameStart: number
  /** The value, without quotes, is `text.slice(start, end)`. */
  start: number
  end: number
  value: string
}

/** Words around which a name is looked for. */
export const triggers = ['pass', 'pwd', 'secret', 'token', 'key', 'auth', 'cred', 'bearer', 'jwt']

/**
 * The assignment whose name holds `text.slice(from, to)`, or null. `text` has one character per
 * byte. Covers `=`, `:`, `:=`, `=>`, `==`, `||`, setters and calls (`define('NAME', 'value')`),
 * typed declarations, XML attributes and elements, property lists, `name:`/`value:` pairs,
 * query strings, connection strings, environment files and command-line options.
 */
export function readAssignment(
  text: string,
  from: number,
  to: number,
  syntax: Syntax,
): Assignment | null {
  const nameStart = nameBefore(text, from)
  const nameEnd = nameAfter(text, to)
  if (nameEnd - nameStart > nameCharsMax) return null
  const operator = readOperator(text, nameStart, nameEnd)
  if (operator === null) return null
  const found = readQuoted(text, operator.end) ?? readBare(text, operator, syntax)
  if (found === null) return null
  const { start, end } = found
  const name = text.slice(nameStart, nameEnd)
  return { name, nameStart, start, end, value: text.slice(start, end) }
}

/** Where the name's last character is followed by something else. */
export function nameAfter(text: string, to: number): number {
  let end = to
  while (end - to <= nameCharsMax && nameCodes[text.charCodeAt(end)] === 1) end++
  return end
}

function nameBefore(text: string, from: number): number {
  let start = from
  while (from - start <= nameCharsMax && nameCodes[text.charCodeAt(start - 1)] === 1) start--
  return start
}

const nameCharsMax = 80

/** Letters, digits, `_`, `-`, `.` and `$`. */
const nameCodes = new Uint8Array(256)
for (let code = 0; code < 256; code++) {
  if (/[\w.$-]/.test(String.fromCharCode(code))) nameCodes[code] = 1
}
