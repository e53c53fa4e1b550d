// The little of JOSE that ACME speaks: Base64url without padding, public keys, and signatures of
// asymmetric algorithms. Everything is strict: one text has one spelling.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import { acmeErrors } from './errors.ts'

/** Null for anything but the one spelling of some bytes (RFC 7515 §2). */
export function fromBase64url(text: string): Buffer | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

const bits = z
  .string()
  .max(2_000)
  .regex(/^[A-Za-z0-9_-]+$/)

/** Members of RFC 7638 alone: what else stands in a key is not looked at. */
const Jwk = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('EC'), crv: z.enum(['P-256', 'P-384', 'P-521']), x: bits, y: bits }),
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: bits }),
  z.object({ kty: z.literal('RSA'), e: bits, n: bits }),
])
export type Jwk = z.infer<typeof Jwk>

export interface PublicKey {
  jwk: Jwk
  /** RFC 7638, SHA-256. */
  thumbprint: string
  key: KeyObject
}

interface Algorithm {
  hash: string | null
  fits(jwk: Jwk): boolean
}

const onCurve = (crv: string, hash: string): Algorithm => ({
  hash,
  fits: (jwk) => jwk.kty === 'EC' && jwk.crv === crv,
})

const algorithms: Readonly<Record<string, Algorithm>> = {
  ES256: onCurve('P-256', 'sha256'),
  ES384: onCurve('P-384', 'sha384'),
  ES512: onCurve('P-521', 'sha512'),
  EdDSA: { hash: null, fits: (jwk) => jwk.kty === 'OKP' },
  RS256: { hash: 'sha256', fits: (jwk) => jwk.kty === 'RSA' },
}

export const algorithmNames: readonly string[] = Object.keys(algorithms)

export function isAlgorithm(name: string): boolean {
  return Object.hasOwn(algorithms, name)
}

const rsaBits = { min: 2048, max: 8192 }

/** Throws badPublicKey. */
export function readPublicKey(sent: unknown): PublicKey {
  if (typeof sent === 'object' && sent !== null && 'd' in sent) {
    throw refuse('The key holds its private part, which nobody else must know')
  }
  const parsed = Jwk.safeParse(sent)
  if (!parsed.success) throw refuse('It is no public key of a kind that is accepted')
  const jwk = parsed.data
  for (const [name, value] of Object.entries(jwk)) {
    if (name.length === 1 && fromBase64url(value) === null) {
      throw refuse(`Its member ${name} is not Base64url as it is written`)
    }
  }
  const key = imported(jwk)
  if (jwk.kty === 'RSA') requireStrong(key)
  const canonical = JSON.stringify(Object.fromEntries(Object.entries(jwk).toSorted(byName)))
  const thumbprint = createHash('sha256').update(canonical).digest('base64url')
  return { jwk, thumbprint, key }
}

function imported(jwk: Jwk): KeyObject {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' })
  } catch {
    throw refuse('Its members are no point or number that such a key has')
  }
}

function requireStrong(key: KeyObject): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < rsaBits.min || modulusLength > rsaBits.max) {
    throw refuse(`An RSA key has ${rsaBits.min} to ${rsaBits.max} bits, not ${modulusLength}`)
  }
  if (publicExponent < 65_537n || publicExponent % 2n === 0n || publicExponent > 2n ** 64n) {
    throw refuse('The exponent of an RSA key is odd and at least 65537')
  }
}

function refuse(message: string) {
  return acmeErrors.problem('acme_bad_public_key', { message })
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}

/** Whether the signature is of this key by this algorithm; false for whatever does not fit. */
export function signatureHolds(
  algorithm: string,
  { key, jwk }: PublicKey,
  signed: { input: string; signature: Buffer },
): boolean {
  const known = algorithms[algorithm]
  if (known === undefined || !known.fits(jwk)) return false
  try {
    return verify(
      known.hash,
      Buffer.from(signed.input),
      { key, dsaEncoding: 'ieee-p1363' },
      signed.signature,
    )
  } catch {
    return false
  }
}
