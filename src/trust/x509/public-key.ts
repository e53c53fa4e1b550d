// Public keys as certificates and requests carry them: kind, strength, and the bits themselves.
import { createHash } from 'node:crypto'
import { DerReader, type Element, tags, wholeOf } from './der/reader.ts'
import { bitStringBytesOf, integerBytesOf, oidOf } from './der/values.ts'
import { nameOfOid, oids } from './oids.ts'

export type KeyType =
  | 'RSA'
  | 'RSA-PSS'
  | 'EC'
  | 'Ed25519'
  | 'Ed448'
  | 'DSA'
  | 'ML-DSA'
  | 'SLH-DSA'
  | 'unknown'

export interface PublicKeyInfo {
  /** The whole SubjectPublicKeyInfo. */
  der: Uint8Array
  type: KeyType
  algorithm: string
  /** Bits of an RSA modulus or of a curve's field; null where it says nothing. */
  size: number | null
  /** `P-256`, `P-384`, `P-521`, another curve's identifier, or `ML-DSA-65`. */
  parameterSet: string | null
  /** Of RSA alone. */
  rsa: { modulus: Uint8Array; exponent: Uint8Array } | null
  /** The contents of the bit string, which key identifiers are made of. */
  bits: Uint8Array
}

const curves: Record<string, readonly [name: string, size: number]> = {
  '1.2.840.10045.3.1.7': ['P-256', 256],
  '1.3.132.0.34': ['P-384', 384],
  '1.3.132.0.35': ['P-521', 521],
  '1.3.132.0.33': ['P-224', 224],
  '1.3.132.0.10': ['secp256k1', 256],
  '1.3.36.3.3.2.8.1.1.7': ['brainpoolP256r1', 256],
  '1.3.36.3.3.2.8.1.1.11': ['brainpoolP384r1', 384],
  '1.3.36.3.3.2.8.1.1.13': ['brainpoolP512r1', 512],
}

const postQuantum = '2.16.840.1.101.3.4.3.'
const mlDsa: Record<string, string> = { 17: 'ML-DSA-44', 18: 'ML-DSA-65', 19: 'ML-DSA-87' }

export function parsePublicKeyInfo(der: Uint8Array): PublicKeyInfo {
  const reader = DerReader.of(der)
  const info = readPublicKeyInfo(reader)
  reader.finish('public key')
  return info
}

export function readPublicKeyInfo(reader: DerReader): PublicKeyInfo {
  const what = 'public key'
  const element = reader.next(tags.sequence, what)
  const inner = reader.within(element)
  const identifier = inner.enter(tags.sequence, what)
  const algorithm = oidOf(identifier.next(tags.oid, what))
  const parameters = identifier.done ? undefined : identifier.next(undefined, what)
  identifier.finish(what)
  const bits = bitStringBytesOf(inner.next(tags.bitString, what))
  inner.finish(what)
  return {
    der: wholeOf(element),
    algorithm,
    size: null,
    parameterSet: null,
    rsa: null,
    bits,
    ...detail(algorithm, parameters, bits),
  }
}

function detail(
  algorithm: string,
  parameters: Element | undefined,
  bits: Uint8Array,
): Pick<PublicKeyInfo, 'type'> & Partial<PublicKeyInfo> {
  switch (algorithm) {
    case oids.rsaEncryption:
    case oids.rsassaPss:
      return { type: algorithm === oids.rsassaPss ? 'RSA-PSS' : 'RSA', ...readRsa(bits) }
    case oids.ecPublicKey: {
      const curve = parameters?.tag === tags.oid ? oidOf(parameters) : null
      const [name = curve ?? 'explicit parameters', size = null] = curves[curve ?? ''] ?? []
      return { type: 'EC', parameterSet: name, size }
    }
    case oids.ed25519:
      return { type: 'Ed25519', size: 256 }
    case oids.ed448:
      return { type: 'Ed448', size: 456 }
    case oids.dsa:
      return { type: 'DSA' }
    default:
      return detailPostQuantum(algorithm)
  }
}

function detailPostQuantum(algorithm: string): { type: KeyType; parameterSet?: string } {
  if (!algorithm.startsWith(postQuantum)) return { type: 'unknown' }
  const number = algorithm.slice(postQuantum.length)
  const set = mlDsa[number]
  if (set !== undefined) return { type: 'ML-DSA', parameterSet: set }
  const isSlh = Number(number) >= 20 && Number(number) <= 31
  return isSlh ? { type: 'SLH-DSA' } : { type: 'unknown' }
}

function readRsa(bits: Uint8Array): Pick<PublicKeyInfo, 'rsa' | 'size'> {
  const key = DerReader.single(bits, tags.sequence, 'RSA key')
  const modulus = magnitude(integerBytesOf(key.next(tags.integer, 'RSA modulus')))
  const exponent = magnitude(integerBytesOf(key.next(tags.integer, 'RSA exponent')))
  key.finish('RSA key')
  return { size: bitLength(modulus), rsa: { modulus, exponent } }
}

function magnitude(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0 ? bytes.subarray(1) : bytes
}

function bitLength(bytes: Uint8Array): number {
  return bytes.length === 0 ? 0 : bytes.length * 8 - (Math.clz32(bytes[0] ?? 0) - 24)
}

/**
 * The key identifier that new certificates get: the leftmost 160 bits of SHA-256 over the key's
 * bits (RFC 7093 §2, method 1), of the usual length and without SHA-1.
 */
export function keyIdOf({ bits }: PublicKeyInfo): Uint8Array {
  return createHash('sha256').update(bits).digest().subarray(0, 20)
}

/** `RSA 2048`, `EC P-256`, `ML-DSA-65`. */
export function readableKey({ type, size, parameterSet, algorithm }: PublicKeyInfo): string {
  if (type === 'unknown') return nameOfOid(algorithm)
  if (type === 'ML-DSA') return parameterSet ?? type
  if (type === 'EC') return `EC ${parameterSet}`
  return type.startsWith('RSA') ? `${type} ${size}` : type
}
