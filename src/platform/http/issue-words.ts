// What zod objects to, in this project's words. What a schema says itself is left as it is.
import type { z } from 'zod'

/** For `safeParse(value, { error: issueWords })`; undefined leaves zod's own sentence. */
export function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'too_small':
      return bound(
        issue.origin,
        issue.minimum,
        issue.inclusive === false ? 'more than' : 'at least',
      )
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive === false ? 'less than' : 'at most')
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`
    case 'invalid_format':
      return forms[issue.format]
    default:
      return undefined
  }
}

function bound(origin: string, limit: number | bigint, how: string): string {
  if (origin === 'string') {
    if (how === 'at least' && Number(limit) === 1) return 'must not be empty'
    return `must have ${how} ${limit} character${Number(limit) === 1 ? '' : 's'}`
  }
  if (origin === 'array' || origin === 'set') return `must hold ${how} ${limit}`
  if (origin === 'number' || origin === 'int' || origin === 'bigint') {
    return `must be ${how} ${limit}`
  }
  return `must be ${how} ${limit} in size`
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}

const forms: Readonly<Record<string, string>> = {
  datetime: 'must be a time such as 2026-03-02T10:00:00Z',
  date: 'must be a day such as 2026-03-02',
  uuid: 'must be a UUID',
  email: 'must be an e-mail address',
  url: 'must be a URL',
}
