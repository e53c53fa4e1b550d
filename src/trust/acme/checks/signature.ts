// That who sent the request has the key.
import type { PublicKey } from '../jose.ts'
import { signatureHolds } from '../jose.ts'
import type { Envelope } from './envelope.ts'
import { malformed } from './envelope.ts'

export function checkSignature({ protected: header, input, signature }: Envelope, key: PublicKey) {
  if (signatureHolds(header.alg, key, { input, signature })) return
  throw malformed('The signature is not one of this key by this algorithm')
}
