// Makes and reads the answers of OCSP responders (RFC 6960 §4.2).
import { createHash } from 'node:crypto'
import {
  importPublicKey,
  readAlgorithm,
  type SignatureAlgorithm,
  signatureHolds,
} from '../algorithm.ts'
import { type Certificate, parseCertificate } from '../certificate.ts'
import { contentOf, DerReader, tags, wholeOf } from '../der/reader.ts'
import { encodeGeneralizedTime, timeOf } from '../der/time.ts'
import { bitStringBytesOf, numberOf, oidOf } from '../der/values.ts'
import * as write from '../der/writer.ts'
import { X509Error } from '../error.ts'
import { readExtensions } from '../extension/read.ts'
import { sameName } from '../name.ts'
import { oids } from '../oids.ts'
import type { Authority } from '../profile.ts'
import { type Revocation, reasonCodes, reasonOfCode } from '../revocation.ts'
import { type CertificateId, nonceExtension, nonceIn, readCertificateId } from './request.ts'

export type CertificateStatus = 'good' | 'unknown' | Revocation

export interface OcspAnswer {
  id: CertificateId
  status: CertificateStatus
  /** When the status was known to be so. */
  thisUpdate: Date
  /** Until when the answer may be believed. */
  nextUpdate: Date
}

const failures = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const

/** An answer that answers nothing; it is not signed. */
export function ocspFailure(failure: keyof typeof failures): Uint8Array {
  return write.sequence(write.enumerated(failures[failure]))
}

export interface OcspContents {
  answers: readonly OcspAnswer[]
  /** The request's. */
  nonce: Uint8Array | null
  producedAt: Date
}

/**
 * The DER of an answer, signed by the issuer of the certificates or by a responder that it
 * certified, whose certificate is then sent along.
 */
export async function buildOcspResponse(
  { answers, nonce, producedAt }: OcspContents,
  { certificate, signer }: Authority,
): Promise<Uint8Array> {
  const delegated = certificate.says.extendedKeyUsage?.includes(oids.ocspSigning) ?? false
  const data = write.sequence(
    write.explicit(2, write.octetString(responderKeyHash(certificate))),
    encodeGeneralizedTime(producedAt),
    write.sequence(...answers.map(encodeAnswer)),
    ...(nonce === null ? [] : [write.explicit(1, write.sequence(nonceExtension(nonce)))]),
  )
  const basic = write.sequence(
    data,
    signer.algorithm,
    write.bitString(await signer.sign(data)),
    ...(delegated ? [write.explicit(0, write.sequence(certificate.der))] : []),
  )
  const bytes = write.sequence(write.oid(oids.ocspBasic), write.octetString(basic))
  return write.sequence(write.enumerated(0), write.explicit(0, bytes))
}

/** RFC 6960 names a responder by the SHA-1 of its key: a name, nothing rests on its strength. */
function responderKeyHash({ publicKey }: Certificate): Uint8Array {
  return createHash('sha1').update(publicKey.bits).digest()
}

const good = write.implicit(0, new Uint8Array())
const unknown = write.implicit(2, new Uint8Array())

function encodeAnswer({ id, status, thisUpdate, nextUpdate }: OcspAnswer): Uint8Array {
  return write.sequence(
    id.der,
    status === 'good' ? good : status === 'unknown' ? unknown : encodeRevoked(status),
    encodeGeneralizedTime(thisUpdate),
    write.explicit(0, encodeGeneralizedTime(nextUpdate)),
  )
}

function encodeRevoked({ at, reason }: Revocation): Uint8Array {
  const told = reason !== null && reason !== 'unspecified'
  const code = told ? [write.explicit(0, write.enumerated(reasonCodes[reason]))] : []
  return write.explicit(1, encodeGeneralizedTime(at), ...code)
}

export interface OcspResponse {
  /** `successful`, or why there is no answer. */
  outcome: 'successful' | keyof typeof failures
  producedAt: Date | null
  answers: (Omit<OcspAnswer, 'nextUpdate'> & { nextUpdate: Date | null })[]
  nonce: Uint8Array | null
  /** Sent along. */
  certificates: Certificate[]
  signed: { tbs: Uint8Array; algorithm: SignatureAlgorithm; signature: Uint8Array } | null
}

const limits = { bytesMax: 256 * 1024, elementsMax: 20_000 }
const certificatesMax = 10
const what = 'OCSP response'

/** @throws {X509Error} */
export function parseOcspResponse(der: Uint8Array): OcspResponse {
  const reader = DerReader.single(der, tags.sequence, what, limits)
  const code = numberOf(reader.next(tags.enumerated, 'status'))
  const holder = reader.enterOptional(0xa0, 'answer')
  reader.finish(what)
  if (code !== 0) {
    const found = Object.entries(failures).find(([, each]) => each === code)
    if (found === undefined) throw new X509Error('malformed', `${what}: status ${code}`)
    const outcome = found[0] as keyof typeof failures
    return { outcome, producedAt: null, answers: [], nonce: null, certificates: [], signed: null }
  }
  if (holder === undefined) throw new X509Error('malformed', `${what}: it holds no answer`)
  const bytes = holder.enter(tags.sequence, 'answer')
  if (oidOf(bytes.next(tags.oid, 'kind of answer')) !== oids.ocspBasic) {
    throw new X509Error('unsupported', `${what}: an answer of another kind`)
  }
  const basic = contentOf(bytes.next(tags.octetString, 'answer'))
  bytes.finish('answer')
  return readBasic(DerReader.single(basic, tags.sequence, what, limits))
}

function readBasic(basic: DerReader): OcspResponse {
  const element = basic.next(tags.sequence, 'answers')
  const algorithm = readAlgorithm(basic, 'signature algorithm')
  const signature = bitStringBytesOf(basic.next(tags.bitString, 'signature'))
  const sent = basic.enterOptional(0xa0, 'certificates')?.enter(tags.sequence, 'certificates')
  basic.finish(what)
  const certificates: Certificate[] = []
  while (sent !== undefined && !sent.done) {
    if (certificates.length >= certificatesMax) {
      throw new X509Error('too_large', `over ${certificatesMax} certificates`)
    }
    certificates.push(parseCertificate(wholeOf(sent.next(tags.sequence, 'certificate'))))
  }
  const data = basic.within(element)
  data.optional(0xa0, 'version')
  if (data.optional(0xa1, 'responder') === undefined) data.next(0xa2, 'responder')
  const producedAt = timeOf(data.next(tags.generalizedTime, 'time of the answer'))
  const list = data.enter(tags.sequence, 'answers')
  const answers: OcspResponse['answers'] = []
  while (!list.done) answers.push(readAnswer(list.enter(tags.sequence, 'answer')))
  const holder = data.enterOptional(0xa1, 'extensions')
  const extensions = holder === undefined ? [] : readExtensions(holder, 'extensions')
  data.finish('answers')
  const signed = { tbs: wholeOf(element), algorithm, signature }
  const nonce = nonceIn(extensions)
  return { outcome: 'successful', producedAt, answers, nonce, certificates, signed }
}

function readAnswer(answer: DerReader): OcspResponse['answers'][number] {
  const id = readCertificateId(answer)
  const element = answer.next(undefined, 'status')
  const status = element.tag === 0xa1 ? readRevoked(answer.within(element)) : plain(element.tag)
  const thisUpdate = timeOf(answer.next(tags.generalizedTime, 'this update'))
  const next = answer.enterOptional(0xa0, 'next update')?.next(tags.generalizedTime, 'next update')
  answer.optional(0xa1, 'extensions')
  answer.finish('answer')
  return { id, status, thisUpdate, nextUpdate: next === undefined ? null : timeOf(next) }
}

function plain(tag: number): CertificateStatus {
  if (tag === 0x80) return 'good'
  if (tag === 0x82) return 'unknown'
  throw new X509Error('malformed', 'a status of an unknown kind')
}

function readRevoked(info: DerReader): Revocation {
  const at = timeOf(info.next(tags.generalizedTime, 'time of revocation'))
  const code = info.enterOptional(0xa0, 'reason')?.next(tags.enumerated, 'reason')
  info.finish('revocation')
  return { at, reason: code === undefined ? null : reasonOfCode(numberOf(code)) }
}

/**
 * Whether the issuer signed an answer, itself or through a responder with a certificate of its own
 * for that purpose, valid when the answer was made.
 */
export function ocspResponseHolds(response: OcspResponse, issuer: Certificate): boolean {
  const { signed, certificates, producedAt } = response
  if (signed === null || producedAt === null) return false
  const made = (signer: Certificate) => {
    const key = importPublicKey(signer.publicKey.der)
    return signatureHolds(signed.algorithm, key, signed.tbs, signed.signature)
  }
  if (made(issuer)) return true
  const issuerKey = importPublicKey(issuer.publicKey.der)
  return certificates.some(
    (each) =>
      each.says.extendedKeyUsage?.includes(oids.ocspSigning) === true &&
      each.validFrom <= producedAt &&
      producedAt <= each.validTo &&
      sameName(each.issuer, issuer.subject) &&
      signatureHolds(each.signatureAlgorithm, issuerKey, each.tbs, each.signature) &&
      made(each),
  )
}
