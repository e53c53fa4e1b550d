// What certificates, requests and revocation lists share: a sequence of what is signed, the
// algorithm and the signature (RFC 5280 §4.1, §5.1; RFC 2986 §4.2).
import { readAlgorithm, type SignatureAlgorithm } from './algorithm.ts'
import { DerReader, type Element, tags } from './der/reader.ts'
import { bitStringBytesOf } from './der/values.ts'
import { X509Error } from './error.ts'

export interface Signed {
  /** What is signed. */
  content: Element
  /** Reads the content. */
  body: DerReader
  signatureAlgorithm: SignatureAlgorithm
  signature: Uint8Array
}

/** @throws {X509Error} */
export function readSigned(
  der: Uint8Array,
  what: string,
  limits: { bytesMax: number; elementsMax: number },
): Signed {
  const reader = DerReader.single(der, tags.sequence, what, limits)
  const content = reader.next(tags.sequence, what)
  const signatureAlgorithm = readAlgorithm(reader, 'signature algorithm')
  const signature = bitStringBytesOf(reader.next(tags.bitString, 'signature'))
  reader.finish(what)
  return { content, body: reader.within(content), signatureAlgorithm, signature }
}

/**
 * The algorithm once more, where the signature covers it: it must be the same, or somebody could
 * have the signature taken for one of another kind (RFC 5280 §4.1.1.2, §5.1.1.2).
 */
export function readSameAlgorithm(body: DerReader, outer: SignatureAlgorithm): void {
  const inner = readAlgorithm(body, 'signature algorithm')
  if (Buffer.compare(inner.der, outer.der) === 0) return
  throw new X509Error('malformed', 'the signature algorithm is told twice, differently')
}
