// Secrets at rest: every value under a key of its own, and that key wrapped by the master key.
import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

export interface Secrets {
  /**
   * Encrypts a value for one place. The context names that place, for example
   * `organization/<id>/connection/<id>/token`; the value opens under the same context only, so a
   * row that was copied to another tenant or column does not open there.
   */
  seal(plaintext: Uint8Array | string, context: string): Buffer
  /** Throws SecretUnreadable. */
  open(sealed: Uint8Array, context: string): Buffer
  /** Whether the value is still wrapped by the previous master key. Throws SecretUnreadable. */
  needsRewrap(sealed: Uint8Array): boolean
  /** Wraps the value's key with the current master key; what it protects stays as it is. */
  rewrap(sealed: Uint8Array): Buffer
  /** Bytes to store beside the data, which tell later whether a master key is theirs. */
  checkValue(): Buffer
  /** Which master key made a check value: null means that neither fits the data. */
  fits(checkValue: Uint8Array): 'current' | 'previous' | null
  /**
   * A 32-byte key for one purpose, such as an HMAC. It changes with the master key: what must
   * outlive a rotation is a random key that was sealed.
   */
  subkey(label: string): Buffer
  /** The same key under the previous master key, to accept what was made before a rotation. */
  previousSubkey(label: string): Buffer | null
}

export type UnreadableReason =
  /** Not one of our values, or cut short. */
  | 'malformed'
  /** Wrapped by a master key that is neither the current nor the previous one. */
  | 'unknown_key'
  /** Changed since it was sealed, or opened under another context. */
  | 'not_authentic'

export class SecretUnreadable extends Error {
  readonly code = 'secret_unreadable'
  readonly reason: UnreadableReason

  constructor(reason: UnreadableReason, message: string) {
    super(message)
    this.name = 'SecretUnreadable'
    this.reason = reason
  }
}

/**
 * A sealed value, all of fixed length but the last:
 * version 1 | fingerprint 8 | nonce 12, tag 16, wrapped key 32 | nonce 12, tag 16, ciphertext.
 * Both encryptions are AES-256-GCM (NIST SP 800-38D); keys are derived by HKDF (RFC 5869).
 *
 * @param keys master keys of 32 bytes each; the previous one only while values are re-wrapped
 */
export function createSecrets(keys: {
  masterKey: Uint8Array
  previousMasterKey?: Uint8Array | null
}): Secrets {
  const current = keyRing(keys.masterKey)
  const previous = keys.previousMasterKey ? keyRing(keys.previousMasterKey) : null

  function ringOf(sealed: Uint8Array): KeyRing {
    if (sealed.length < payloadAt + nonceBytes + tagBytes || sealed[0] !== version) {
      throw new SecretUnreadable('malformed', 'This is not a sealed value of a known version')
    }
    const fingerprint = sealed.subarray(1, wrapAt)
    for (const ring of [current, previous]) {
      if (ring !== null && timingSafeEqual(ring.fingerprint, fingerprint)) return ring
    }
    const id = Buffer.from(fingerprint).toString('hex')
    throw new SecretUnreadable('unknown_key', `The value belongs to another master key (${id})`)
  }

  return {
    seal(plaintext, context) {
      const dataKey = randomBytes(32)
      const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext
      return Buffer.concat([
        current.header,
        encrypt(current.wrappingKey, dataKey, current.header),
        encrypt(dataKey, bytes, payloadData(context)),
      ])
    },
    open(sealed, context) {
      const dataKey = unwrap(ringOf(sealed), sealed)
      return decrypt(dataKey, sealed.subarray(payloadAt), payloadData(context))
    },
    needsRewrap: (sealed) => ringOf(sealed) !== current,
    rewrap(sealed) {
      const ring = ringOf(sealed)
      if (ring === current) return Buffer.from(sealed)
      const wrapped = encrypt(current.wrappingKey, unwrap(ring, sealed), current.header)
      return Buffer.concat([current.header, wrapped, sealed.subarray(payloadAt)])
    },
    checkValue: () => Buffer.from(current.checkValue),
    fits(checkValue) {
      if (equal(checkValue, current.checkValue)) return 'current'
      if (previous !== null && equal(checkValue, previous.checkValue)) return 'previous'
      return null
    },
    subkey: (label) => derive(current.masterKey, `subkey/${label}`, 32),
    previousSubkey: (label) =>
      previous === null ? null : derive(previous.masterKey, `subkey/${label}`, 32),
  }
}

const version = 1
const nonceBytes = 12
const tagBytes = 16
const wrapAt = 9
const payloadAt = wrapAt + nonceBytes + tagBytes + 32

interface KeyRing {
  masterKey: Uint8Array
  wrappingKey: Buffer
  fingerprint: Buffer
  /** Version and fingerprint: the first bytes of every value, authenticated with the wrapping. */
  header: Buffer
  checkValue: Buffer
}

function keyRing(masterKey: Uint8Array): KeyRing {
  if (masterKey.length !== 32) {
    throw new RangeError(`A master key has 32 bytes, not ${masterKey.length}`)
  }
  const fingerprint = derive(masterKey, 'fingerprint', 8)
  return {
    masterKey: Buffer.from(masterKey),
    wrappingKey: derive(masterKey, 'wrap', 32),
    fingerprint,
    header: Buffer.concat([Buffer.of(version), fingerprint]),
    checkValue: Buffer.concat([Buffer.of(version), derive(masterKey, 'check', 32)]),
  }
}

function derive(masterKey: Uint8Array, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `panthera/secrets/1/${purpose}`, bytes))
}

function payloadData(context: string): Buffer {
  if (context === '') throw new RangeError('A sealed value needs a context that names its place')
  return Buffer.from(`panthera/secret/${version}/${context}`)
}

/** Nonce, tag, ciphertext. */
function encrypt(key: Uint8Array, plaintext: Uint8Array, data: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(data)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
}

function decrypt(key: Uint8Array, encrypted: Uint8Array, data: Uint8Array): Buffer {
  const nonce = encrypted.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(data)
  decipher.setAuthTag(encrypted.subarray(nonceBytes, nonceBytes + tagBytes))
  const ciphertext = encrypted.subarray(nonceBytes + tagBytes)
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch {
    const message = 'The value was changed, or it was sealed for another place'
    throw new SecretUnreadable('not_authentic', message)
  }
}

function unwrap(ring: KeyRing, sealed: Uint8Array): Buffer {
  return decrypt(ring.wrappingKey, sealed.subarray(wrapAt, payloadAt), ring.header)
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
