// Texts in JSON, read into values and written from them. A text of which pieces are unknown is
// read with the unknown standing where it stood.
import type { Entry, Place, Unknown, Value } from '../../resource.ts'
import {
  type Encoded,
  entryOf,
  isAddressed,
  isEncoded,
  isPartialText,
  list,
  map,
  type PartialText,
  scalar,
  sortedKeys,
  unknown,
} from './value.ts'

const lengthMax = 300_000
const depthMax = 40
/** Values of one text. */
const valuesMax = 20_000

/** Null where something in it is unknown or it is too large. */
export function encodeJson(value: Value): string | null {
  return encode(value, { left: valuesMax }, 0)
}

function encode(value: Value, budget: { left: number }, depth: number): string | null {
  if (--budget.left < 0 || depth > depthMax || value.kind === 'unknown') return null
  if (value.kind === 'scalar') return JSON.stringify(value.value)
  if (isAddressed(value) || (value.kind === 'map' && value.open)) return null
  const text =
    value.kind === 'list'
      ? joined(value.items, (item) => encodeNested(item, budget, depth + 1))
      : joined(sortedKeys(value), (key) => {
          const inner = encodeNested((value.entries.get(key) as Entry).value, budget, depth + 1)
          return inner === null ? null : `${JSON.stringify(key)}:${inner}`
        })
  if (text === null) return null
  return value.kind === 'list' ? `[${text}]` : `{${text}}`
}

/** What is a text to Terraform is one inside another text, too. */
function encodeNested(value: Value, budget: { left: number }, depth: number): string | null {
  const text = encode(value, budget, depth)
  return text !== null && isEncoded(value) ? JSON.stringify(text) : text
}

function joined<Item>(
  items: readonly Item[],
  encodeItem: (item: Item) => string | null,
): string | null {
  const parts: string[] = []
  for (const item of items) {
    const part = encodeItem(item)
    if (part === null) return null
    parts.push(part)
  }
  return parts.join(',')
}

/** What the text holds, all of it at the place of the text; null where it is no JSON. */
export function decodeJson(text: string, place: Place): Value | null {
  if (text.length > lengthMax) return null
  try {
    return fromJson(parsed(text), { place, unknowns: [], left: valuesMax }, 0)
  } catch {
    return null
  }
}

/** A comma too many is read over: what was meant is clear. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(text.replace(textOrLastComma, (found) => (found === ',' ? '' : found)))
  }
}

const textOrLastComma = /"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g

/** The same of a text with gaps; null where the gaps do not stand in or for values. */
export function decodePartialJson({ pieces, place }: PartialText): Value | null {
  const unknowns: Unknown[] = []
  const parts: string[] = []
  let length = 0
  let inside = false
  for (const piece of pieces) {
    let part: string
    if (typeof piece === 'string') {
      part = piece.replaceAll(mark, '')
      inside = endsInsideString(part, inside)
    } else {
      const stand = `${mark}${unknowns.push(piece) - 1}${mark}`
      part = inside ? stand : `"${stand}"`
    }
    parts.push(part)
    length += part.length
    if (length > lengthMax) return null
  }
  try {
    return fromJson(parsed(parts.join('')), { place, unknowns, left: valuesMax }, 0)
  } catch {
    return null
  }
}

/** Of the private use area: no configuration holds one. */
const mark = '\ue0fe'

/** Whether a piece of JSON ends within a string, when it `began` in one or not. */
function endsInsideString(piece: string, began: boolean): boolean {
  let inside = began
  for (let at = 0; at < piece.length; at++) {
    const unit = piece.charCodeAt(at)
    if (unit === quote) inside = !inside
    else if (unit === backslash) at++
  }
  return inside
}

const quote = 0x22
const backslash = 0x5c

interface Reading {
  place: Place
  unknowns: readonly Unknown[]
  left: number
}

function fromJson(json: unknown, reading: Reading, depth: number): Value {
  const { place } = reading
  if (depth > depthMax || --reading.left < 0) return unknown(place)
  if (typeof json === 'string') return textFromJson(json, reading)
  if (Array.isArray(json)) {
    return list(
      json.map((item) => fromJson(item, reading, depth + 1)),
      place,
    )
  }
  if (typeof json !== 'object' || json === null) return scalar(json as number | null, place)
  const entries: [string, Entry][] = []
  let open = false
  for (const [key, item] of Object.entries(json)) {
    if (key.includes(mark)) open = true
    else entries.push([key, entryOf(fromJson(item, reading, depth + 1))])
  }
  return map(entries, place, open)
}

function textFromJson(text: string, { place, unknowns }: Reading): Value {
  if (!text.includes(mark)) return scalar(text, place)
  const pieces = text
    .split(mark)
    .map((piece, index) => (index % 2 === 0 ? piece : unknowns[Number(piece)]))
    .filter((piece): piece is string | Unknown => piece !== undefined && piece !== '')
  const causes = pieces.filter((piece) => typeof piece !== 'string')
  return { ...unknown(place, ...causes), pieces } as PartialText
}

/**
 * A structure, where the value is a text in JSON that holds one; otherwise the value itself. So
 * checks look into policies, however they were written.
 */
export function structured(value: Value): Value {
  if (isEncoded(value)) return value
  const start = startOf(value)
  if (start === null || !/^\s*[{[]/.test(start)) return value
  const decoded = isPartialText(value)
    ? decodePartialJson(value)
    : decodeJson(value.kind === 'scalar' ? String(value.value) : '', value.place)
  const { kind = 'scalar' } = decoded ?? {}
  return kind === 'list' || kind === 'map' ? ({ ...decoded, encoded: true } as Encoded) : value
}

function startOf(value: Value): string | null {
  if (value.kind === 'scalar') return typeof value.value === 'string' ? value.value : null
  if (!isPartialText(value)) return null
  const [first] = value.pieces
  return typeof first === 'string' ? first : null
}
