// How words of the agent's protocol are signed and how a private key is sealed: the one code of
// both sides.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import type { z } from 'zod'
import type { SealedKey } from './agent-protocol.ts'

type Sealed = z.infer<typeof SealedKey>

export const jobType = 'panthera-agent-job+jws'
export const proofType = 'panthera-agent-proof+jws'

const wordsMax = 2_000_000
const tagBytes = 16

/** A compact JWS (RFC 7515), EdDSA (RFC 8037). */
export function signWords(
  privateKey: KeyObject,
  header: { typ: string; kid: string },
  claims: object,
): string {
  const signed = `${encoded({ alg: 'EdDSA', ...header })}.${encoded(claims)}`
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
}

/** Who says to have signed it, before that is checked; null where it is no such text. */
export function signerOf(jws: string, typ: string): string | null {
  const header = decoded(jws.split('.', 1)[0] ?? '')
  if (header?.alg !== 'EdDSA' || header.typ !== typ || 'crit' in header) return null
  return typeof header.kid === 'string' ? header.kid : null
}

/** The claims, not yet checked for their form; null where the signature does not hold. */
export function readWords(jws: string, publicKey: KeyObject, typ: string): unknown {
  if (jws.length > wordsMax || signerOf(jws, typ) === null) return null
  const [header = '', claims = '', signature = '', ...more] = jws.split('.')
  if (more.length > 0) return null
  const bytes = Buffer.from(signature, 'base64url')
  const holds = verify(null, Buffer.from(`${header}.${claims}`), publicKey, bytes)
  return holds ? decoded(claims) : null
}

/** Of 32 raw bytes (RFC 8032, RFC 7748). */
export function rawPublicKey(kind: 'Ed25519' | 'X25519', raw: Uint8Array): KeyObject {
  const x = Buffer.from(raw).toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: kind, x }, format: 'jwk' })
}

export function rawBytes(key: KeyObject): Buffer {
  const { x = '' } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' })
  return Buffer.from(x, 'base64url')
}

/** @param pkcs8 PKCS #8 DER */
export function sealFor(sealingKey: KeyObject, jobId: string, pkcs8: Uint8Array): Sealed {
  const fresh = generateKeyPairSync('x25519')
  const ephemeral = rawBytes(fresh.publicKey)
  const key = sharedKey(fresh.privateKey, sealingKey, ephemeral, rawBytes(sealingKey))
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(jobId))
  const body = [cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]
  return {
    ephemeral: ephemeral.toString('base64'),
    nonce: nonce.toString('base64'),
    ciphertext: Buffer.concat(body).toString('base64'),
  }
}

/** PKCS #8 DER. Throws where it was sealed to another key or for another job, or was changed. */
export function openSealed(privateKey: KeyObject, jobId: string, sealed: Sealed): Buffer {
  const ephemeral = Buffer.from(sealed.ephemeral, 'base64')
  const sender = rawPublicKey('X25519', ephemeral)
  const key = sharedKey(privateKey, sender, ephemeral, rawBytes(privateKey))
  const bytes = Buffer.from(sealed.ciphertext, 'base64')
  const nonce = Buffer.from(sealed.nonce, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(jobId))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()])
}

export function bodyHash(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

/** Bound to both public keys: a shared secret alone may be the same for several of them. */
function sharedKey(own: KeyObject, other: KeyObject, ephemeral: Buffer, recipient: Buffer): Buffer {
  const secret = diffieHellman({ privateKey: own, publicKey: other })
  const salt = Buffer.concat([ephemeral, recipient])
  return Buffer.from(hkdfSync('sha256', secret, salt, 'panthera-agent-key/1', 32))
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decoded(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
