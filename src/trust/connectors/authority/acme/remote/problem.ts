// What an ACME server answers where it refuses (RFC 8555, section 6.7), in words.
import { z } from 'zod'

const text = z.string().max(10_000)
const Identifier = z.object({ type: text, value: text })
const Document = z.object({
  type: text.optional(),
  detail: text.optional(),
  title: text.optional(),
  subproblems: z
    .array(
      z.object({
        type: text.optional(),
        detail: text.optional(),
        identifier: Identifier.optional(),
      }),
    )
    .max(1_000)
    .optional(),
})
export type ProblemDocument = z.infer<typeof Document>

const prefix = 'urn:ietf:params:acme:error:'
const subproblemsTold = 5
const detailMax = 500

export class AcmeProblem extends Error {
  readonly status: number
  /** Without its prefix, as in `badNonce`; empty where the answer was no such document. */
  readonly kind: string
  readonly retryAfterMs: number

  constructor(status: number, document: ProblemDocument, retryAfterMs: number) {
    super(wordsOf(document, status))
    this.name = 'AcmeProblem'
    this.status = status
    this.kind = kindOf(document)
    this.retryAfterMs = retryAfterMs
  }
}

export function readProblem(body: unknown): ProblemDocument {
  return Document.safeParse(body).data ?? {}
}

function kindOf({ type = '' }: ProblemDocument): string {
  return type.startsWith(prefix) ? type.slice(prefix.length) : ''
}

/** One line: what it says itself, then of each name. */
export function wordsOf(document: ProblemDocument, status?: number): string {
  const { detail, title, subproblems = [] } = document
  const kind = kindOf(document)
  const said =
    clean(detail ?? title ?? '') || (status === undefined ? 'no reason' : `HTTP ${status}`)
  const parts = subproblems.slice(0, subproblemsTold).map((each) => {
    const about = each.identifier === undefined ? '' : `${clean(each.identifier.value)}: `
    return `${about}${clean(each.detail ?? '')}`
  })
  const more = subproblems.length - parts.length
  if (more > 0) parts.push(`and ${more} more`)
  const tail = parts.length === 0 ? '' : ` [${parts.join('; ')}]`
  return `${said}${kind === '' ? '' : ` (${kind})`}${tail}`
}

function clean(said: string): string {
  return said
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, detailMax)
}
