// Errors of the token service as RFC 6749, section 5.2, has them, for all who did not send JSON.
import { Problem } from '../../platform/errors.ts'
import type { ErrorForm } from '../../platform/http/route.ts'
import { type Dialect, dialectOf } from './parameters.ts'

const registered = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
]

export const oauthErrors: ErrorForm = (problem, headers) => {
  if (dialectOf(headers) === 'json') return null
  // A content type that nobody parses is met before any handler.
  const status = problem.status === 415 ? 400 : problem.status
  const error_description = printable(description(problem))
  return { status, body: { error: codeOf(problem), error_description } }
}

/** The reference has one code for credentials that are not good. */
export function inDialect(problem: Problem, dialect: Dialect): Problem {
  if (problem.code !== 'invalid_client' || dialect !== 'json') return problem
  const { status, message, fix, headers } = problem
  const details = { ...problem.details, reason: problem.code }
  return new Problem('unauthorized', { status, title: message, fix }, { details, headers })
}

function codeOf({ code, status }: Problem): string {
  if (registered.includes(code)) return code
  if (status === 401) return 'invalid_token'
  if (status === 403) return 'insufficient_scope'
  if (status === 429 || status === 503) return 'temporarily_unavailable'
  return status >= 500 ? 'server_error' : 'invalid_request'
}

/** There is no place for details here, so they stand in the text. */
function description({ message, fix, details }: Problem): string {
  const { fields, ...rest } = details as { fields?: { field: string; message: string }[] }
  if (fields !== undefined) {
    return `${fields.map(({ field, message }) => `${field}: ${message}`).join('; ')}.`
  }
  const named = Object.entries(rest).map(([name, value]) => `${name}: ${[value].flat().join(' ')}`)
  const advice = fix.replace(/ (named|stands) in details/, ' $1 here')
  return [`${message}. ${advice}.`, ...named].join(' ')
}

/** Section 5.2: neither quotation marks nor backslashes nor what is not ASCII. */
function printable(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')
}
