// `format`: text with verbs like `%s`, `%05d` and `%[2]q`.
import type { Place, Value } from '../../resource.ts'
import { Pieces } from '../evaluate/pieces.ts'
import { numberOf, textOf } from '../evaluate/value.ts'
import { limits, type Work } from '../evaluate/work.ts'

/** Null for verbs that are not known, and where an argument is missing. */
export function formatted(
  pattern: string,
  args: readonly Value[],
  place: Place,
  work: Work,
): Value | null {
  const text = new Pieces(place)
  let at = 0
  let next = 0
  for (const match of pattern.matchAll(verb)) {
    text.add(pattern.slice(at, match.index))
    at = match.index + match[0].length
    const [, flags = '', position, width = '0', precision, kind = ''] = match
    if (kind === '%') {
      text.add('%')
      continue
    }
    if (position !== undefined) next = Number(position) - 1
    const value = args[next++]
    if (value === undefined || Number(width) > 1000) return null
    if (!addVerb(text, value, { flags, width: Number(width), precision, kind })) return null
    if (text.length > limits.text) break
  }
  text.add(pattern.slice(at))
  return work.allows(text.length, 'text') ? text.value() : null
}

const verb = /%([-+ 0#]*)(?:\[(\d{1,3})\])?(\d{1,4})?(?:\.(\d{1,2}))?([a-zA-Z%])/g

interface Verb {
  flags: string
  width: number
  precision: string | undefined
  kind: string
}

function addVerb(text: Pieces, value: Value, { flags, width, precision, kind }: Verb): boolean {
  const plain = textOf(value)
  if (plain === null) {
    if (!'sdvqt'.includes(kind)) return false
    text.addValue(value)
    return true
  }
  const written = write(kind, value, plain, precision)
  if (written === null) return false
  const filler = flags.includes('0') && !flags.includes('-') ? '0' : ' '
  text.add(flags.includes('-') ? written.padEnd(width) : written.padStart(width, filler))
  return true
}

function write(
  kind: string,
  value: Value,
  plain: string,
  precision: string | undefined,
): string | null {
  if (kind === 's' || kind === 'v' || kind === 't') return plain
  if (kind === 'q') return JSON.stringify(plain)
  const number = numberOf(value)
  if (number === null) return null
  if (kind === 'd') return Math.trunc(number).toFixed(0)
  if (kind === 'f') return number.toFixed(precision === undefined ? 6 : Number(precision))
  if (kind === 'x') return Math.trunc(number).toString(16)
  if (kind === 'b') return Math.trunc(number).toString(2)
  return null
}
