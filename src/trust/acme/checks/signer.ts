// RFC 8555 §6.2: a request names its key or its account, never both, and the one that its endpoint
// wants.
import type { ProtectedHeader } from './envelope.ts'
import { malformed } from './envelope.ts'

/** Whom an endpoint lets sign. */
export type SignedBy = 'account' | 'key' | 'either'

export function checkSigner(
  { jwk, kid }: ProtectedHeader,
  wanted: SignedBy,
): { jwk: Record<string, unknown> } | { kid: string } {
  if (jwk !== undefined && kid !== undefined) {
    throw malformed('The protected header has jwk and kid; it must have one of them')
  }
  if (jwk !== undefined && wanted !== 'account') return { jwk }
  if (kid !== undefined && wanted !== 'key') return { kid }
  const names = { account: 'kid', key: 'jwk', either: 'jwk or kid' }
  throw malformed(`The protected header must have ${names[wanted]} here`)
}
