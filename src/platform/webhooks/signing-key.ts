// Keys of Standard Webhooks 1.0.0 in the forms that people paste: `whsec_`, `whsk_` and `whpk_`.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'

/** HMAC-SHA256 with a shared secret. */
export interface SharedKey {
  scheme: 'v1'
  secret: Uint8Array
}

export type SigningKey = SharedKey | { scheme: 'v1a'; privateKey: KeyObject }
export type VerifyingKey = SharedKey | { scheme: 'v1a'; publicKey: KeyObject }

/** Its message says what is accepted, and holds no part of the key. */
export class InvalidWebhookKey extends Error {
  readonly code = 'invalid_webhook_key'

  constructor(accepted: string) {
    super(`The webhook key is not valid: give ${accepted}`)
    this.name = 'InvalidWebhookKey'
  }
}

/** A shared secret of 32 random bytes, as `whsec_` and base64. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** An Ed25519 key pair: `whsk_` with seed and public key, `whpk_` with the public key. */
export function newKeyPair(): { signing: string; verifying: string } {
  const { privateKey } = generateKeyPairSync('ed25519')
  const seed = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32)
  const verifying = rawPublicKey(privateKey)
  return {
    signing: `whsk_${Buffer.concat([seed, verifying]).toString('base64')}`,
    verifying: `whpk_${verifying.toString('base64')}`,
  }
}

/** Reads `whsec_` with 24 to 64 bytes, or `whsk_` with 32 or 64; throws InvalidWebhookKey. */
export function parseSigningKey(text: string): SigningKey {
  if (text.startsWith('whsk_')) return { scheme: 'v1a', privateKey: privateKeyOf(text) }
  return parseSecret(text)
}

/** Reads `whsec_` with 24 to 64 bytes, or `whpk_` with 32; throws InvalidWebhookKey. */
export function parseVerifyingKey(text: string): VerifyingKey {
  if (text.startsWith('whpk_')) return { scheme: 'v1a', publicKey: publicKeyOf(text) }
  return parseSecret(text)
}

function parseSecret(text: string): SharedKey {
  const secret = decode(text, 'whsec_')
  if (secret === null || secret.length < 24 || secret.length > 64) {
    throw new InvalidWebhookKey('"whsec_" and base64 of 24 to 64 bytes')
  }
  return { scheme: 'v1', secret }
}

/** What precedes the 32 bytes of an Ed25519 key in PKCS #8 and in SPKI (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

function privateKeyOf(text: string): KeyObject {
  const bytes = decode(text, 'whsk_')
  if (bytes === null || (bytes.length !== 32 && bytes.length !== 64)) {
    throw new InvalidWebhookKey('"whsk_" and base64 of 32 or 64 bytes')
  }
  const der = Buffer.concat([pkcs8Prefix, bytes.subarray(0, 32)])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  if (bytes.length === 64 && !rawPublicKey(key).equals(bytes.subarray(32))) {
    throw new InvalidWebhookKey('a "whsk_" whose second half is the public key of its first')
  }
  return key
}

function publicKeyOf(text: string): KeyObject {
  const bytes = decode(text, 'whpk_')
  if (bytes === null || bytes.length !== 32) {
    throw new InvalidWebhookKey('"whpk_" and base64 of 32 bytes')
  }
  return createPublicKey({ key: Buffer.concat([spkiPrefix, bytes]), format: 'der', type: 'spki' })
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32)
}

/** Strict base64 behind a prefix; null for everything else. */
function decode(text: string, prefix: string): Buffer | null {
  if (!text.startsWith(prefix) || text.length > 128) return null
  const bytes = Buffer.from(text.slice(prefix.length), 'base64')
  return bytes.toString('base64') === text.slice(prefix.length) ? bytes : null
}
