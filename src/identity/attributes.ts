// What users may say of a principal or a resource: as much as policies can evaluate, and no more
// than a decision can carry.
import { invalidField } from '../platform/http/validation.ts'
import { attributeDepthMax, toCedarRecord, UnfitAttribute } from './policy/names.ts'

export type Attributes = Readonly<Record<string, unknown>>

const bytesMax = 32_768
const valuesMax = 1_000
const nameLengthMax = 200

/** Throws 400 that names the path. Nulls are left out. */
export function checkAttributes(attributes: Attributes, field = 'attributes'): Attributes {
  const kept = withoutNulls(attributes)
  checkMetadata(kept, field)
  try {
    toCedarRecord(kept, field)
  } catch (error) {
    if (!(error instanceof UnfitAttribute)) throw error
    throw invalidField(error.path, error.message.slice(error.path.length + 2))
  }
  return kept
}

/** For what no policy reads: any JSON, in the same bounds. Throws 400. */
export function checkMetadata(values: Attributes, field = 'metadata'): Attributes {
  const rest: [path: string, value: unknown, depth: number][] = [[field, values, 0]]
  let count = 0
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const [path, value, depth] = next
    count += 1
    if (count > valuesMax) throw invalidField(field, `has more than ${valuesMax} values`)
    if (typeof value !== 'object' || value === null) continue
    if (depth > attributeDepthMax) {
      throw invalidField(path, `is nested deeper than ${attributeDepthMax} levels`)
    }
    if (Array.isArray(value)) {
      rest.push(...value.map((inner, at) => [`${path}[${at}]`, inner, depth + 1] as Entry))
      continue
    }
    for (const [name, inner] of Object.entries(value)) {
      if (name === '' || name.length > nameLengthMax) {
        const message = `has a name that is not of 1 to ${nameLengthMax} characters`
        throw invalidField(path, message)
      }
      rest.push([`${path}.${name}`, inner, depth + 1])
    }
  }
  const bytes = Buffer.byteLength(JSON.stringify(values))
  if (bytes > bytesMax) throw invalidField(field, `has ${bytes} bytes of JSON, over ${bytesMax}`)
  return values
}

type Entry = [path: string, value: unknown, depth: number]

/** RFC 7396, for the first level: what is named changes, null takes it away. */
export function merge(stored: Attributes, change: Attributes | undefined): Attributes {
  return change === undefined ? stored : withoutNulls({ ...stored, ...change })
}

function withoutNulls(values: Attributes): Attributes {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}
