// Reads what is asked of an OCSP responder (RFC 6960 §4.1), and makes such questions.
import { createHash } from 'node:crypto'
import { hashOfOid, oidOfHash } from '../algorithm.ts'
import type { Certificate } from '../certificate.ts'
import { contentOf, DerReader, tags, wholeOf } from '../der/reader.ts'
import { integerBytesOf, numberOf, oidOf } from '../der/values.ts'
import * as write from '../der/writer.ts'
import { X509Error } from '../error.ts'
import type { Extension } from '../extension/extension.ts'
import { only, readExtensions } from '../extension/read.ts'
import { encodeExtension } from '../extension/write.ts'
import type { Name } from '../name.ts'
import { oids } from '../oids.ts'
import type { PublicKeyInfo } from '../public-key.ts'
import { serialText } from '../serial-number.ts'

export interface CertificateId {
  /** Its whole encoding: the answer repeats it. */
  der: Uint8Array
  /** As node:crypto calls it; null for one that is not known. */
  hash: string | null
  issuerNameHash: Uint8Array
  issuerKeyHash: Uint8Array
  /** In the form of a certificate's `serialNumber`. */
  serialNumber: string
}

export interface OcspRequest {
  ids: CertificateId[]
  /** To be repeated, so that the answer cannot be an old one; null where none was sent. */
  nonce: Uint8Array | null
}

const limits = { bytesMax: 64 * 1024, elementsMax: 5000 }
const idsMax = 100
/** RFC 9654 §2.1 */
const nonceBytesMax = 128
const what = 'OCSP request'

/** A signature is not looked at: everybody may ask. @throws {X509Error} → `malformedRequest`. */
export function parseOcspRequest(der: Uint8Array): OcspRequest {
  const reader = DerReader.single(der, tags.sequence, what, limits)
  const request = reader.enter(tags.sequence, what)
  reader.optional(0xa0, 'signature')
  reader.finish(what)
  const version = request.enterOptional(0xa0, 'version')?.next(tags.integer, 'version')
  if (version !== undefined && numberOf(version) !== 0) {
    throw new X509Error('unsupported', 'another version', version.start)
  }
  request.optional(0xa1, 'name of who asks')
  const list = request.enter(tags.sequence, 'list of certificates')
  const ids: CertificateId[] = []
  while (!list.done) {
    if (ids.length >= idsMax) throw new X509Error('too_large', `over ${idsMax} certificates`)
    const one = list.enter(tags.sequence, 'question')
    ids.push(readCertificateId(one))
    one.optional(0xa0, 'extensions of a question')
    one.finish('question')
  }
  if (ids.length === 0) throw new X509Error('malformed', 'it asks about no certificate')
  const holder = request.enterOptional(0xa2, 'extensions')
  const extensions = holder === undefined ? [] : readExtensions(holder, 'extensions')
  request.finish(what)
  return { ids, nonce: nonceIn(extensions) }
}

export function readCertificateId(reader: DerReader): CertificateId {
  const element = reader.next(tags.sequence, 'certificate ID')
  const id = reader.within(element)
  const algorithm = id.enter(tags.sequence, 'hash algorithm')
  const hash = hashOfOid(oidOf(algorithm.next(tags.oid, 'hash algorithm')))
  const issuerNameHash = contentOf(id.next(tags.octetString, 'hash of the issuer'))
  const issuerKeyHash = contentOf(id.next(tags.octetString, "hash of the issuer's key"))
  const serialNumber = serialText(integerBytesOf(id.next(tags.integer, 'serial number')))
  id.finish('certificate ID')
  return { der: wholeOf(element), hash, issuerNameHash, issuerKeyHash, serialNumber }
}

export function nonceIn(extensions: readonly Extension[]): Uint8Array | null {
  const found = extensions.find(({ oid }) => oid === oids.ocspNonce)
  if (found === undefined) return null
  const nonce = contentOf(only(found.value, tags.octetString, 'nonce'))
  if (nonce.length === 0 || nonce.length > nonceBytesMax) {
    throw new X509Error('malformed', `a nonce of ${nonce.length} bytes; 1 to ${nonceBytesMax}`)
  }
  return nonce
}

export function nonceExtension(nonce: Uint8Array): Uint8Array {
  return encodeExtension({
    oid: oids.ocspNonce,
    critical: false,
    value: write.octetString(nonce),
  })
}

/** Whether a question is about a certificate of this issuer. */
export function isAbout(id: CertificateId, issuer: Issuer): boolean {
  const { hash } = id
  if (hash === null) return false
  const hashes = issuerHashes(issuer, hash)
  return equal(hashes.name, id.issuerNameHash) && equal(hashes.key, id.issuerKeyHash)
}

interface Issuer {
  subject: Name
  publicKey: PublicKeyInfo
}

const computed = new WeakMap<Issuer, Map<string, { name: Uint8Array; key: Uint8Array }>>()

function issuerHashes(issuer: Issuer, hash: string): { name: Uint8Array; key: Uint8Array } {
  const known = computed.get(issuer) ?? new Map()
  computed.set(issuer, known)
  const before = known.get(hash)
  if (before !== undefined) return before
  const name = createHash(hash).update(issuer.subject.der).digest()
  const key = createHash(hash).update(issuer.publicKey.bits).digest()
  known.set(hash, { name, key })
  return { name, key }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** A question about certificates of one issuer; SHA-1 is what every responder understands. */
export function buildOcspRequest(
  issuer: Certificate,
  serials: readonly Uint8Array[],
  { nonce, hash = 'sha1' }: { nonce?: Uint8Array; hash?: 'sha1' | 'sha256' } = {},
): Uint8Array {
  const { name, key } = issuerHashes(issuer, hash)
  const algorithm = write.sequence(write.oid(oidOfHash(hash) ?? ''), write.nullValue)
  const questions = serials.map((serial) =>
    write.sequence(
      write.sequence(
        algorithm,
        write.octetString(name),
        write.octetString(key),
        write.unsignedInteger(serial),
      ),
    ),
  )
  const extensions =
    nonce === undefined ? [] : [write.explicit(2, write.sequence(nonceExtension(nonce)))]
  return write.sequence(write.sequence(write.sequence(...questions), ...extensions))
}
