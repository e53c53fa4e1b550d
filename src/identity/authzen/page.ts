// Pages of a search. A token tells where the page before it ended and for what it was asked: with
// another question it is refused, as the answers would not belong together.
import { createHash } from 'node:crypto'
import { canonicalJson, TooDeep } from '../../platform/audit/canonical.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { type Page, resultsDefault, resultsMax } from './schema.ts'

export interface Place {
  /** The last candidate that was looked at; null at the beginning. */
  after: string | null
  limit: number
  /** Of the question without its page. */
  digest: string
}

/** Throws `invalid_request` for a token that is none of ours or of another question. */
export function placeOf(page: Page, question: object): Place {
  const digest = createHash('sha256').update(textOf(question)).digest('base64url')
  const asked = page?.limit ?? null
  const limit = Math.min(asked ?? resultsDefault, resultsMax)
  const token = page?.token ?? ''
  if (token === '') return { after: null, limit, digest }
  const known = read(token)
  if (known === null) throw invalidField('page.token', 'is not the next_token of an answer')
  // A limit may be left out with a token, but not be another one.
  if (known.digest !== digest || (asked !== null && limit !== known.limit)) {
    throw invalidField('page.token', 'belongs to another question: repeat all but the token')
  }
  return known
}

function textOf(question: object): string {
  try {
    return canonicalJson(question)
  } catch (error) {
    if (error instanceof TooDeep) throw invalidField('body', `is ${error.message}`)
    throw error
  }
}

export function tokenOf({ after, limit, digest }: Place): string {
  return Buffer.from(JSON.stringify([digest, limit, after])).toString('base64url')
}

function read(token: string): Place | null {
  const parts = parse(Buffer.from(token, 'base64url').toString())
  if (!Array.isArray(parts) || parts.length !== 3) return null
  const [digest, limit, after] = parts as unknown[]
  if (typeof digest !== 'string' || !(after === null || isText(after))) return null
  if (!Number.isInteger(limit) || (limit as number) < 0) return null
  return { after, limit: Math.min(limit as number, resultsMax), digest }
}

/** What a database takes as text. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
