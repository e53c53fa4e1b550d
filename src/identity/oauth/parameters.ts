// Reads the parameters of a request to the token service: a form as RFC 6749 has it, or JSON as the
// reference has it. Whatever the type, a name comes once and its value is text.
import type { IncomingHttpHeaders } from 'node:http'
import { invalidField, invalidRequest } from '../../platform/http/validation.ts'

export type Parameters = ReadonlyMap<string, string>

/** Decides by the content type alone how errors look; `other` gets them as a form does. */
export type Dialect = 'json' | 'form' | 'other'

export const bodyTypes = ['application/json', 'application/x-www-form-urlencoded']
export const bodyBytesMax = 65_536
const parametersMax = 50

export function dialectOf(headers: IncomingHttpHeaders): Dialect {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') return 'json'
  return type === 'application/x-www-form-urlencoded' ? 'form' : 'other'
}

/** Throws `invalid_request`. A parameter without a value counts as left out. */
export function readParameters(headers: IncomingHttpHeaders, body: unknown): Parameters {
  const dialect = dialectOf(headers)
  if (dialect === 'other') {
    throw invalidField('Content-Type', `must be ${bodyTypes.join(' or ')}`)
  }
  const text = typeof body === 'string' ? body : ''
  const pairs = dialect === 'json' ? fromJson(text) : [...new URLSearchParams(text)]
  if (pairs.length > parametersMax) {
    throw invalidField('body', `has more than ${parametersMax} parameters`)
  }
  const parameters = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (parameters.has(name)) throw invalidField(shown(name), 'must not come more than once')
    if (value.includes('\0')) {
      throw invalidField(shown(name), 'must not contain the character U+0000')
    }
    parameters.set(name, value)
  }
  return new Map([...parameters].filter(([, value]) => value !== ''))
}

/** Throws where it is missing. */
export function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name)
  if (value === undefined) throw invalidField(name, 'is required')
  return value
}

function fromJson(text: string): [string, string][] {
  const object = parsed(text)
  const names = namesIn(text)
  const wrong = Object.entries(object).flatMap(([name, value]) =>
    typeof value === 'string' ? [] : [{ field: shown(name), message: 'must be a string' }],
  )
  if (wrong.length > 0) throw invalidRequest(wrong)
  const values = object as Record<string, string>
  return names.map((name) => [name, values[name] ?? ''])
}

function parsed(text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidField('body', 'is not valid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidField('body', 'must be a JSON object')
  }
  return value
}

/**
 * Every name as often as it stands there: the parser keeps the last of two alike. Of use only where
 * all values are strings, since it does not tell one object from another.
 */
function namesIn(json: string): string[] {
  const names: string[] = []
  for (const match of json.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)/g)) {
    if (match[2] === ':') names.push(JSON.parse(match[1] ?? '""') as string)
  }
  return names
}

function shown(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?').slice(0, 50)
}
