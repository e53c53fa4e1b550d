// Orders and authorizations as a server answers them (RFC 8555, section 7.1).
import { z } from 'zod'
import { Unreachable } from '../../contract.ts'
import type { AcmeAnswer } from '../server.ts'

const Url = z.url({ protocol: /^https?$/ }).max(2_000)
const Identifier = z.object({ type: z.string().max(50), value: z.string().max(500) })
export type Identifier = z.infer<typeof Identifier>

export const Order = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  identifiers: z.array(Identifier).max(1_000),
  authorizations: z.array(Url).max(1_000),
  finalize: Url,
  certificate: Url.optional(),
  error: z.unknown().optional(),
})
export type Order = z.infer<typeof Order>

export const Authorization = z.object({
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier: Identifier,
  wildcard: z.boolean().optional(),
  challenges: z
    .array(
      z.object({
        type: z.string().max(50),
        url: Url,
        status: z.string().max(50).optional(),
        token: z.string().max(500).optional(),
        error: z.unknown().optional(),
      }),
    )
    .max(50),
})
export type Authorization = z.infer<typeof Authorization>

/** A server that does not speak as it should is asked again: it may be a page of its proxy. */
export function readAs<Value>(schema: z.ZodType<Value>, { json }: AcmeAnswer, what: string): Value {
  const read = schema.safeParse(json)
  if (read.success) return read.data
  const at = read.error.issues[0]?.path.join('.') ?? ''
  throw new Unreachable(`the authority answered no ${what} as RFC 8555 has it${at && ` (${at})`}`)
}
