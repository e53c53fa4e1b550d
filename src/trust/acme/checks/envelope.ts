// The form of a signed request: a JWS in flattened JSON, with everything in its protected header
// (RFC 8555 §6.2). Nothing is believed yet; it is only taken apart.
import { z } from 'zod'
import type { Problem } from '../../../platform/errors.ts'
import { repeatedName } from '../../../platform/http/repeated-name.ts'
import { acmeErrors } from '../errors.ts'
import { fromBase64url } from '../jose.ts'

export interface Envelope {
  protected: ProtectedHeader
  /** Empty where a resource is only read. */
  payload: Buffer
  signature: Buffer
  /** What is signed. */
  input: string
}

const text = z.string()
const Flattened = z.object({ protected: text, payload: text, signature: text.min(1) })
const ProtectedHeader = z.object({
  alg: z.string().max(20),
  nonce: z.string().optional(),
  url: z.string().max(2_000),
  jwk: z.record(z.string(), z.unknown()).optional(),
  kid: z.string().max(2_000).optional(),
})
export type ProtectedHeader = z.infer<typeof ProtectedHeader>

/** Throws malformed. */
export function openEnvelope(body: unknown): Envelope {
  const outer = typeof body === 'string' ? jsonOf(body, 'The body') : body
  const shaped = Flattened.safeParse(outer)
  if (!shaped.success) throw malformed('The body is not a JWS in flattened JSON')
  if (['header', 'signatures'].some((name) => Object.hasOwn(outer as object, name))) {
    throw malformed('There must be one signature, and no header that it does not protect')
  }
  const { data } = shaped
  const header = decoded('protected', data.protected).toString('utf8')
  const read = ProtectedHeader.safeParse(jsonOf(header, 'The protected header'))
  if (!read.success) {
    const [field] = read.error.issues[0]?.path ?? []
    throw malformed(`The protected header is not complete: ${String(field ?? 'no object')}`)
  }
  const unknown = ['crit', 'b64'].find((name) => Object.hasOwn(JSON.parse(header), name))
  if (unknown !== undefined) throw malformed(`The header ${unknown} is not understood`)
  return {
    protected: read.data,
    payload: decoded('payload', data.payload),
    signature: decoded('signature', data.signature),
    input: `${data.protected}.${data.payload}`,
  }
}

function decoded(name: string, sent: string): Buffer {
  const bytes = fromBase64url(sent)
  if (bytes === null) throw malformed(`${name} is not Base64url without padding`)
  return bytes
}

/** Throws malformed, also for a name that comes twice. */
export function jsonOf(sent: string, what: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(sent)
  } catch {
    throw malformed(`${what} is not JSON`)
  }
  const name = repeatedName(sent)
  if (name !== null) throw malformed(`${what} has "${name.slice(0, 50)}" twice`)
  return value
}

export function malformed(message: string): Problem {
  return acmeErrors.problem('acme_malformed', { message })
}
