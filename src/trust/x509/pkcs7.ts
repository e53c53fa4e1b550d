// Reads the certificates out of PKCS #7 (RFC 2315, .p7b): a signed message without a message, in
// which authorities hand out chains.
import { parseCertificate } from './certificate.ts'
import { DerReader, tags, wholeOf } from './der/reader.ts'
import { oidOf } from './der/values.ts'
import { X509Error } from './error.ts'
import { toDefinite } from './pkcs12/definite.ts'

const signedData = '1.2.840.113549.1.7.2'
const limits = { bytesMax: 16 * 1024 * 1024, elementsMax: 200_000 }
const certificatesMax = 10_000
const what = 'PKCS #7'

/** Whether it begins as one does; cheap. */
export function isPkcs7(bytes: Uint8Array): boolean {
  const beginning = Buffer.from(bytes.subarray(0, 20)).toString('hex')
  return bytes[0] === 0x30 && beginning.includes('06092a864886f70d010702')
}

/**
 * DER of each certificate, in their order, which tells nothing.
 * @throws {X509Error}
 */
export function readPkcs7(bytes: Uint8Array): Uint8Array[] {
  const content = DerReader.single(toDefinite(bytes, limits.bytesMax), tags.sequence, what, limits)
  if (oidOf(content.next(tags.oid, what)) !== signedData) {
    throw new X509Error('unsupported', `${what}: of a kind that holds no certificates`)
  }
  const message = content.enter(0xa0, what).enter(tags.sequence, what)
  message.next(tags.integer, 'version')
  message.next(tags.set, 'digests')
  message.next(tags.sequence, 'contents')
  const list = message.enterOptional(0xa0, 'certificates')
  const found: Uint8Array[] = []
  while (list !== undefined && !list.done) {
    if (found.length >= certificatesMax) {
      throw new X509Error('too_large', `${what}: over ${certificatesMax} certificates`)
    }
    const element = list.next(undefined, 'certificate')
    // The other kinds are attribute certificates and long obsolete ones.
    if (element.tag === tags.sequence) found.push(parseCertificate(wholeOf(element)).der)
  }
  return found
}
