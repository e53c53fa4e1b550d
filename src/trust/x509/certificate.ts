// Reads certificates (RFC 5280 §4.1): everything that people ask of one.
import { createHash } from 'node:crypto'
import type { SignatureAlgorithm } from './algorithm.ts'
import { type DerReader, tags, wholeOf } from './der/reader.ts'
import { timeOf } from './der/time.ts'
import { integerBytesOf, numberOf } from './der/values.ts'
import { X509Error } from './error.ts'
import type { Extension } from './extension/extension.ts'
import { type ReadExtensions, readExtensions, understandExtensions } from './extension/read.ts'
import { type Name, readName } from './name.ts'
import { type PublicKeyInfo, readPublicKeyInfo } from './public-key.ts'
import { serialText } from './serial-number.ts'
import { readSameAlgorithm, readSigned } from './signed.ts'

export interface Certificate {
  der: Uint8Array
  /** `SHA256:` and lower-case hex over the whole encoding. */
  fingerprint: string
  version: 1 | 2 | 3
  /** Lower-case hex pairs with colons, `-` before a negative one. */
  serialNumber: string
  /** As encoded, a leading zero included. */
  serialBytes: Uint8Array
  issuer: Name
  subject: Name
  validFrom: Date
  validTo: Date
  publicKey: PublicKeyInfo
  /** In their order, known or not. */
  extensions: Extension[]
  /** What the known ones say. */
  says: ReadExtensions
  signatureAlgorithm: SignatureAlgorithm
  signature: Uint8Array
  /** What is signed. */
  tbs: Uint8Array
}

export const certificateBytesMax = 1024 * 1024
const limits = { bytesMax: certificateBytesMax, elementsMax: 100_000 }

/** @throws {X509Error} with the offset of what is wrong. */
export function parseCertificate(der: Uint8Array): Certificate {
  const signed = readSigned(der, 'certificate', limits)
  const { content: tbsElement, body: tbs, signatureAlgorithm, signature } = signed
  const version = readVersion(tbs)
  const serialBytes = integerBytesOf(tbs.next(tags.integer, 'serial number'))
  readSameAlgorithm(tbs, signatureAlgorithm)
  const issuer = readName(tbs, 'issuer')
  const validity = tbs.enter(tags.sequence, 'validity')
  const validFrom = timeOf(validity.next(undefined, 'start of validity'))
  const validTo = timeOf(validity.next(undefined, 'end of validity'))
  validity.finish('validity')
  const subject = readName(tbs, 'subject')
  const publicKey = readPublicKeyInfo(tbs)
  const extensions = readTail(tbs, version)
  return {
    der,
    fingerprint: fingerprintOf(der),
    version,
    serialNumber: serialText(serialBytes),
    serialBytes,
    issuer,
    subject,
    validFrom,
    validTo,
    publicKey,
    extensions,
    says: understandExtensions(extensions),
    signatureAlgorithm,
    signature,
    tbs: wholeOf(tbsElement),
  }
}

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  const holder = tbs.enterOptional(0xa0, 'version')
  if (holder === undefined) return 1
  const element = holder.next(tags.integer, 'version')
  const number = numberOf(element)
  holder.finish('version')
  if (number > 2) throw new X509Error('unsupported', 'a version above 3', element.start)
  return number === 2 ? 3 : number === 1 ? 2 : 1
}

/** Unique identifiers, which nobody uses, and extensions. */
function readTail(tbs: DerReader, version: number): Extension[] {
  if (version === 1) {
    tbs.finish('certificate of version 1')
    return []
  }
  tbs.optional(0x81, 'issuer unique identifier')
  tbs.optional(0x82, 'subject unique identifier')
  const holder = version === 3 ? tbs.enterOptional(0xa3, 'extensions') : undefined
  const extensions = holder === undefined ? [] : readExtensions(holder, 'extensions')
  holder?.finish('extensions')
  tbs.finish('certificate')
  return extensions
}

export function fingerprintOf(der: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(der).digest('hex')}`
}

/** By its own names: the subject is the issuer. The signature is another question. */
export function isSelfIssued({ subject, issuer }: Certificate): boolean {
  return Buffer.compare(subject.der, issuer.der) === 0
}

export function isAuthority({ says, version }: Certificate): boolean {
  return version === 3 && says.basicConstraints?.ca === true
}
