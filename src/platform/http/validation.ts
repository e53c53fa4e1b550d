// Turns what zod, Fastify and the parser object to into one `invalid_request` that names each
// field, what was wrong and what is accepted.
import type { FastifyError } from 'fastify'
import type { z } from 'zod'
import { common, type Problem } from '../errors.ts'

interface FieldError {
  field: string
  message: string
}

const fieldsShownMax = 20

/** Answers the parsed value. Throws `invalid_request`. */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: 'path' | 'query' | 'body',
): z.output<Schema> {
  const parsed = parse(schema, value, place)
  if (parsed.success) return withoutNul(parsed.data, place)
  const fields = parsed.error.issues.flatMap((issue) => fieldErrors(issue, place))
  throw invalidRequest(fields)
}

/** A schema that follows nested values exhausts the stack where they are nested by thousands. */
function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string) {
  try {
    return schema.safeParse(value, { reportInput: true })
  } catch (error) {
    if (error instanceof RangeError) throw invalidField(place, 'is nested too deep')
    throw error
  }
}

/** PostgreSQL stores every character but this one, and no halves of characters. */
function withoutNul<Value>(value: Value, place: string): Value {
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
