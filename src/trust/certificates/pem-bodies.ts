// Certificates, keys and requests as clients send them: PEM, read strictly, each fault told as
// `INVALID_CERTIFICATE` or by the field.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { invalidField } from '../../platform/http/validation.ts'
import { errors } from '../errors.ts'
import { type CertificateRequest, parseRequest } from '../x509/csr.ts'
import { X509Error } from '../x509/error.ts'
import { type PemBlock, parsePem } from '../x509/pem.ts'
import { type CertificateFacts, factsOf } from './facts.ts'

const chainMax = 10

/** The first certificate of `certificate`; what follows it, and `chain`, are the chain. */
export function readCertificates(sent: { certificate: string; chain?: string | undefined }): {
  facts: CertificateFacts
  chain: CertificateFacts[]
} {
  const [facts, ...following] = inField('certificate', () => certificatesIn(sent.certificate))
  const { chain: more } = sent
  const chain = more === undefined ? [] : inField('chain', () => certificatesIn(more))
  if (facts === undefined) throw invalidCertificate('certificate', 'holds no certificate')
  const all = [...following, ...chain].filter((each) => each.der.compare(facts.der) !== 0)
  if (all.length > chainMax) {
    throw invalidCertificate('chain', `holds more than ${chainMax} certificates`)
  }
  return { facts, chain: all }
}

function certificatesIn(text: string): CertificateFacts[] {
  const blocks = parsePem(text).filter(isCertificate)
  if (blocks.length === 0) throw new X509Error('malformed', 'holds no block BEGIN CERTIFICATE')
  if (blocks.length > chainMax + 1) {
    throw new X509Error('too_large', `holds more than ${chainMax + 1} certificates`)
  }
  return blocks.map(({ bytes }) => factsOf(bytes))
}

function isCertificate({ label }: PemBlock): boolean {
  return ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'].includes(label)
}

function inField<Result>(field: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof X509Error) throw invalidCertificate(field, error.message)
    throw error
  }
}

export function invalidCertificate(field: string, message: string) {
  return errors.problem('invalid_certificate', {
    message: `${field}: ${message}`,
    details: { fields: [{ field, message }] },
  })
}

/** Throws where the request does not prove that its maker has the key. */
export function readRequest(text: string): CertificateRequest {
  try {
    const [block, ...others] = parsePem(text).filter(({ label }) =>
      ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'].includes(label),
    )
    if (block === undefined || others.length > 0) {
      throw invalidField('csr', 'must hold exactly one block BEGIN CERTIFICATE REQUEST')
    }
    const request = parseRequest(block.bytes)
    if (!request.proven) throw invalidField('csr', 'its signature does not fit its key')
    return request
  } catch (error) {
    if (error instanceof X509Error) throw invalidField('csr', error.message)
    throw error
  }
}

/** Unencrypted, and of the certificate. */
export function readPrivateKey(text: string, publicKeyInfo: Uint8Array): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(text)
  } catch {
    throw invalidField('privateKey', 'must be PEM of an unencrypted private key')
  }
  const own = createPublicKey(key).export({ type: 'spki', format: 'der' })
  if (own.equals(publicKeyInfo)) return key
  throw invalidField('privateKey', 'is the key of another certificate')
}
