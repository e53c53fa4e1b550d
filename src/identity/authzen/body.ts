// Reads a request as AuthZEN's binding has it: whatever is wrong with the body or its type is 400.
import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import { ambiguity } from '../../platform/http/ambiguity.ts'
import { invalidField, validate } from '../../platform/http/validation.ts'

export const bodyBytesMax = 1_048_576
export const bodyTypes = ['application/json']

/** Throws `invalid_request`. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  { headers, body }: { headers: IncomingHttpHeaders; body: unknown },
): z.output<Schema> {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw invalidField('Content-Type', 'must be application/json')
  return validate(schema, parse(typeof body === 'string' ? body : ''), 'body')
}

function parse(text: string): unknown {
  const value = parseJson(text)
  // What one program checked would not be what is decided here.
  const problem = ambiguity(text)
  if (problem !== null) throw problem
  return value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidField('body', text === '' ? 'is required (a JSON object)' : 'is not valid JSON')
  }
}
