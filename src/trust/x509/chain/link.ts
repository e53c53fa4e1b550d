// Whether one certificate issued another: by names, by key identifiers and by the signature.
import type { KeyObject } from 'node:crypto'
import { importPublicKey, signatureHolds } from '../algorithm.ts'
import { type Certificate, isSelfIssued } from '../certificate.ts'
import { sameName } from '../name.ts'

const keys = new WeakMap<Certificate, { key: KeyObject | null }>()

export function keyOf(certificate: Certificate): KeyObject | null {
  const known = keys.get(certificate)
  if (known !== undefined) return known.key
  const key = importPublicKey(certificate.publicKey.der)
  keys.set(certificate, { key })
  return key
}

/** By what both say of themselves; cheap. */
export function namesAsIssuer(certificate: Certificate, issuer: Certificate): boolean {
  if (!sameName(certificate.issuer, issuer.subject)) return false
  const wanted = certificate.says.authorityKeyId
  const { subjectKeyId } = issuer.says
  if (wanted?.keyId && subjectKeyId !== null) {
    if (Buffer.compare(wanted.keyId, subjectKeyId) !== 0) return false
  }
  return true
}

export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const { signatureAlgorithm, tbs, signature } = certificate
  return signatureHolds(signatureAlgorithm, keyOf(issuer), tbs, signature)
}

export function isSelfSigned(certificate: Certificate): boolean {
  return isSelfIssued(certificate) && isSignedBy(certificate, certificate)
}

export function same(a: Certificate, b: Certificate): boolean {
  return a === b || Buffer.compare(a.der, b.der) === 0
}
