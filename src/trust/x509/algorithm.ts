// Signature algorithms: which there are, how they are written, and whether a signature holds.
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { type DerReader, DerReader as Reader, tags, wholeOf } from './der/reader.ts'
import { numberOf, oidOf } from './der/values.ts'
import { oids } from './oids.ts'

export interface SignatureAlgorithm {
  oid: string
  /** As its standard calls it, such as `ecdsa-with-SHA256`; the identifier where not known. */
  name: string
  /** As node:crypto calls it; null where the algorithm brings its own or is not known. */
  hash: string | null
  /** The kind of key that makes it; null where not known. */
  key: 'RSA' | 'RSA-PSS' | 'EC' | 'DSA' | 'Ed25519' | 'Ed448' | 'ML-DSA' | 'SLH-DSA' | null
  /** Of RSA-PSS alone, in bytes. */
  saltLength: number | null
  /** The whole AlgorithmIdentifier. */
  der: Uint8Array
}

type Row = readonly [name: string, hash: string | null, key: SignatureAlgorithm['key']]

const rsa = '1.2.840.113549.1.1'
const nist = '2.16.840.1.101.3.4.3'

const known: Record<string, Row> = {
  [`${rsa}.2`]: ['md2WithRSAEncryption', null, 'RSA'],
  [`${rsa}.4`]: ['md5WithRSAEncryption', 'md5', 'RSA'],
  [`${rsa}.5`]: ['sha1WithRSAEncryption', 'sha1', 'RSA'],
  [`${rsa}.11`]: ['sha256WithRSAEncryption', 'sha256', 'RSA'],
  [`${rsa}.12`]: ['sha384WithRSAEncryption', 'sha384', 'RSA'],
  [`${rsa}.13`]: ['sha512WithRSAEncryption', 'sha512', 'RSA'],
  [`${rsa}.14`]: ['sha224WithRSAEncryption', 'sha224', 'RSA'],
  [oids.rsassaPss]: ['rsassaPss', null, 'RSA-PSS'],
  '1.2.840.10045.4.1': ['ecdsa-with-SHA1', 'sha1', 'EC'],
  '1.2.840.10045.4.3.1': ['ecdsa-with-SHA224', 'sha224', 'EC'],
  '1.2.840.10045.4.3.2': ['ecdsa-with-SHA256', 'sha256', 'EC'],
  '1.2.840.10045.4.3.3': ['ecdsa-with-SHA384', 'sha384', 'EC'],
  '1.2.840.10045.4.3.4': ['ecdsa-with-SHA512', 'sha512', 'EC'],
  '1.2.840.10040.4.3': ['dsa-with-SHA1', 'sha1', 'DSA'],
  [`${nist}.1`]: ['dsa-with-SHA224', 'sha224', 'DSA'],
  [`${nist}.2`]: ['dsa-with-SHA256', 'sha256', 'DSA'],
  [oids.ed25519]: ['Ed25519', null, 'Ed25519'],
  [oids.ed448]: ['Ed448', null, 'Ed448'],
  [`${nist}.17`]: ['ML-DSA-44', null, 'ML-DSA'],
  [`${nist}.18`]: ['ML-DSA-65', null, 'ML-DSA'],
  [`${nist}.19`]: ['ML-DSA-87', null, 'ML-DSA'],
}

const hashes: Record<string, string> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** Null for a hash that is not known. */
export function hashOfOid(oid: string): string | null {
  return hashes[oid] ?? null
}

/** The identifier of a hash by node:crypto's name. */
export function oidOfHash(hash: string): string | null {
  return Object.keys(hashes).find((oid) => hashes[oid] === hash) ?? null
}

export function readAlgorithm(reader: DerReader, what: string): SignatureAlgorithm {
  const element = reader.next(tags.sequence, what)
  const inner = reader.within(element)
  const oid = oidOf(inner.next(tags.oid, what))
  const parameters = inner.done ? undefined : inner.next(undefined, what)
  inner.finish(what)
  const [name, hash, key] = known[oid] ?? (oid.startsWith(`${nist}.`) ? slhDsa(oid) : unknown(oid))
  const algorithm = { oid, name, hash, key, saltLength: null, der: wholeOf(element) }
  if (oid !== oids.rsassaPss || parameters?.tag !== tags.sequence) return algorithm
  return { ...algorithm, ...readPss(Reader.single(wholeOf(parameters), tags.sequence, what)) }
}

function unknown(oid: string): Row {
  return [oid, null, null]
}

/** FIPS 205 numbers them 20 to 31. */
function slhDsa(oid: string): Row {
  const number = Number(oid.slice(nist.length + 1))
  return number >= 20 && number <= 31 ? ['SLH-DSA', null, 'SLH-DSA'] : unknown(oid)
}

/** RFC 4055 §3.1: what is left out is SHA-1 and 20 bytes of salt. */
function readPss(list: DerReader): { name: string; hash: string | null; saltLength: number } {
  const what = 'RSA-PSS parameters'
  const outer = list.enterOptional(0xa0, what)
  const hash = outer
    ? hashOfOid(oidOf(outer.enter(tags.sequence, what).next(tags.oid, what)))
    : 'sha1'
  list.optional(0xa1, what)
  const salt = list.enterOptional(0xa2, what)
  const saltLength = salt ? numberOf(salt.next(tags.integer, what), 1024) : 20
  list.optional(0xa3, what)
  list.finish(what)
  return { name: `rsassaPss with ${(hash ?? 'unknown hash').toUpperCase()}`, hash, saltLength }
}

/** Null for a key that OpenSSL does not know or refuses, such as a point off its curve. */
export function importPublicKey(publicKeyInfo: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(publicKeyInfo), format: 'der', type: 'spki' })
  } catch {
    return null
  }
}

/** Whether a key made a signature. False for algorithms and keys that are not known or not fit. */
export function signatureHolds(
  algorithm: SignatureAlgorithm,
  key: KeyObject | null,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key === null || algorithm.key === null || !fits(algorithm, key)) return false
  const { hash, saltLength } = algorithm
  const pss = algorithm.key === 'RSA-PSS'
  if (pss && (hash === null || saltLength === null)) return false
  try {
    const options = pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } : {}
    return verify(hash, data, { key, ...(options as { padding?: number }) }, signature)
  } catch {
    return false
  }
}

function fits({ key: wanted, hash }: SignatureAlgorithm, { asymmetricKeyType: has }: KeyObject) {
  switch (wanted) {
    case 'RSA':
      return has === 'rsa' && hash !== null
    case 'RSA-PSS':
      return has === 'rsa' || has === 'rsa-pss'
    case 'EC':
      return has === 'ec'
    case 'DSA':
      return has === 'dsa'
    case 'Ed25519':
      return has === 'ed25519'
    case 'Ed448':
      return has === 'ed448'
    default:
      return (has ?? '').startsWith((wanted ?? '').toLowerCase())
  }
}
