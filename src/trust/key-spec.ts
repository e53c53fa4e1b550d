// Which keys certificates may have, in the words of the reference.
import { invalidField } from '../platform/http/validation.ts'

export const keyTypes = ['RSA', 'ECDSA', 'Ed25519'] as const
export type KeyType = (typeof keyTypes)[number]

export interface KeySpec {
  type: KeyType
  /** Bits: of the modulus, or of the curve. */
  size: number
}

const sizes: Record<KeyType, readonly number[]> = {
  RSA: [2048, 3072, 4096],
  ECDSA: [256, 384],
  Ed25519: [256],
}

/** The usual size where none is asked for. Throws `invalid_request` with what is accepted. */
export function keySpecOf(
  wanted: { keyType?: KeyType | undefined; keySize?: number | undefined },
  fields = { type: 'keyType', size: 'keySize' },
): KeySpec {
  // Nobody means a curve of 2048 bits.
  const type = wanted.keyType ?? ((wanted.keySize ?? 0) >= 2048 ? 'RSA' : 'ECDSA')
  const accepted = sizes[type] ?? []
  const size = wanted.keySize ?? accepted[0] ?? 0
  if (accepted.includes(size)) return { type, size }
  throw invalidField(fields.size, `must be one of ${accepted.join(', ')} for ${type}`)
}
