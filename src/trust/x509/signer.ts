// What signs: a key in this process, or one that never leaves its module. Builders know no more.
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import * as write from './der/writer.ts'
import { X509Error } from './error.ts'
import { oids } from './oids.ts'

export interface Signer {
  /** The AlgorithmIdentifier that its signatures carry. */
  readonly algorithm: Uint8Array
  /** The SubjectPublicKeyInfo of its key. */
  readonly publicKeyInfo: Uint8Array
  /** The bits of the signature; ECDSA as DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

interface Scheme {
  algorithm: Uint8Array
  hash: string | null
}

const rsaSha256 = write.sequence(write.oid('1.2.840.113549.1.1.11'), write.nullValue)
const ecdsa = {
  prime256v1: ['1.2.840.10045.4.3.2', 'sha256'],
  secp384r1: ['1.2.840.10045.4.3.3', 'sha384'],
  secp521r1: ['1.2.840.10045.4.3.4', 'sha512'],
} as const

/**
 * A signer with a private key of RSA (2048 to 8192 bits, signs with SHA-256), P-256, P-384, P-521
 * (the hash of their size) or Ed25519.
 * @throws {X509Error} `unsupported` for any other key.
 */
export function createSoftwareSigner(privateKey: KeyObject): Signer {
  if (privateKey.type !== 'private') {
    throw new X509Error('unsupported', `a ${privateKey.type} key cannot sign`)
  }
  const { algorithm, hash } = schemeOf(privateKey)
  const publicKeyInfo = exportPublicKey(privateKey)
  if (privateKey.asymmetricKeyType !== 'rsa') {
    // Faster than the way to another thread and back.
    return { algorithm, publicKeyInfo, sign: async (bytes) => sign(hash, bytes, privateKey) }
  }
  return { algorithm, publicKeyInfo, sign: (bytes) => signElsewhere(hash, bytes, privateKey) }
}

const signElsewhere = promisify(
  (
    hash: string | null,
    bytes: Uint8Array,
    key: KeyObject,
    done: (error: Error | null, signature: Buffer) => void,
  ) => sign(hash, bytes, key, done),
)

/** The SubjectPublicKeyInfo of a private or public key. */
export function exportPublicKey(key: KeyObject): Uint8Array {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return publicKey.export({ type: 'spki', format: 'der' })
}

/** Whether a signature of a key's own scheme holds. */
export function verifies(
  publicKey: KeyObject,
  hash: string | null,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verify(hash, bytes, publicKey, signature)
}

/**
 * How a key signs, by its private or its public part.
 * @throws {X509Error} `unsupported`
 */
export function schemeOf(key: KeyObject): Scheme {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'rsa') {
    const bits = details?.modulusLength ?? 0
    if (bits < 2048 || bits > 8192) {
      throw new X509Error('unsupported', `RSA keys of ${bits} bits do not sign; 2048 to 8192 do`)
    }
    return { algorithm: rsaSha256, hash: 'sha256' }
  }
  if (type === 'ed25519') {
    return { algorithm: write.sequence(write.oid(oids.ed25519)), hash: null }
  }
  const curve = type === 'ec' ? details?.namedCurve : undefined
  if (curve !== undefined && curve in ecdsa) {
    const [oid, hash] = ecdsa[curve as keyof typeof ecdsa]
    return { algorithm: write.sequence(write.oid(oid)), hash }
  }
  const accepted = 'RSA, P-256, P-384, P-521 and Ed25519 private keys'
  throw new X509Error(
    'unsupported',
    `a ${curve ?? type ?? key.type} key cannot sign; ${accepted} can`,
  )
}
