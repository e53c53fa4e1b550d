// Turns what zod, Fastify and the parser object to into one `invalid_request` that names each
// field, what was wrong and what is accepted.
import type { FastifyError } from 'fastify'
import type { z } from 'zod'
import { common, type Problem } from '../errors.ts'
import { issueWords } from './issue-words.ts'

interface FieldError {
  field: string
  message: string
}

const fieldsShownMax = 20

/** Answers the parsed value. `isPlain`: as `isPlainJson` says. Throws `invalid_request`. */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: 'path' | 'query' | 'body',
  { isPlain = false }: { isPlain?: boolean } = {},
): z.output<Schema> {
  const parsed = parse(schema, value, place)
  if (parsed.success) return isPlain ? parsed.data : withoutNul(parsed.data, place)
  const fields = parsed.error.issues.flatMap((issue) => fieldErrors(issue, place))
  throw invalidRequest(fields)
}

/** A schema that follows nested values exhausts the stack where they are nested by thousands. */
function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string) {
  try {
    return schema.safeParse(value, { reportInput: true, error: issueWords })
  } catch (error) {
    if (error instanceof RangeError) throw invalidField(place, 'is nested too deep')
    throw error
  }
}

/** PostgreSQL stores every character but this one, and no halves of characters. */
function withoutNul<Value>(value: Value, place: string): Value {
  if (isText(value)) return value
  const rest: [field: string, value: unknown][] = [[place, value]]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const [field, part] = next
    if (typeof part === 'string' && part.includes('\0')) {
      throw invalidField(field, 'must not contain the character U+0000')
    }
    if (typeof part === 'string' && !part.isWellFormed()) {
      throw invalidField(field, 'must be well-formed Unicode')
    }
    if (typeof part !== 'object' || part === null) continue
    for (const [name, inner] of Object.entries(part)) {
      const inside = field === place ? name : field
      rest.push([inside, name], [inside, inner])
    }
  }
  return value
}

/**
 * Whether no text in it can be one that PostgreSQL does not store: JSON has those characters only
 * as escapes, since what is decoded from UTF-8 is well-formed.
 */
export function isPlainJson(json: string): boolean {
  return !/\\u(?:0000|d[89a-f])/i.test(json)
}

/** The same for all of it at once, without a note of where it is. */
function isText(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  const rest: object[] = [value]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    for (const name in next) {
      const part: unknown = (next as Record<string, unknown>)[name]
      if (!Array.isArray(next) && !isText(name)) return false
      if (typeof part === 'string' && !isText(part)) return false
      if (typeof part === 'object' && part !== null) rest.push(part)
    }
  }
  return true
}

export function invalidRequest(fields: readonly FieldError[]): Problem {
  const [first] = fields
  const message = first === undefined ? undefined : `${first.field}: ${first.message}`
  return common.problem('invalid_request', {
    ...(message === undefined ? {} : { message }),
    details: { fields: fields.slice(0, fieldsShownMax) },
  })
}

/** One field in one line, for services that check what a schema cannot. */
export function invalidField(field: string, message: string): Problem {
  return invalidRequest([{ field, message }])
}

function fieldErrors(issue: z.core.$ZodIssue, place: string): FieldError[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: path === '' ? key : `${path}.${key}`,
      message: `is not a known field of the ${place}`,
    }))
  }
  const field = path === '' ? place : path
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return [{ field, message: `is required (${issue.expected})` }]
  }
  if (issue.code === 'invalid_value' && issue.input === undefined) {
    return [{ field, message: `is required (one of ${issue.values.map(String).join(', ')})` }]
  }
  return [{ field, message: lowerFirst(issue.message) }]
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** What Fastify itself refuses before a handler runs. */
export function fromFastify(
  error: FastifyError,
  { accepted, bytesMax }: { accepted: readonly string[]; bytesMax: number },
): Problem | null {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return invalidField('body', 'is not valid JSON')
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return invalidField('Content-Length', 'does not match the body')
    case 'FST_ERR_BAD_URL':
      return invalidField('path', 'is not valid percent-encoding')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return invalidField('path', `has a part of more than ${paramLengthMax} characters`)
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return common.problem('too_large', { details: { bytes_max: bytesMax } })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return common.problem('unsupported_media_type', {
        details: { accepted },
      })
    default:
      if (error.statusCode !== undefined && error.statusCode < 500) {
        return common.problem('invalid_request', { message: error.message, cause: error })
      }
      return null
  }
}

export const bodyBytesMax = 1_048_576
/** Of one part of a path that is a parameter. */
export const paramLengthMax = 200
