// A certificate in words and plain values, for pages and JSON.
import { type Certificate, isAuthority } from '../certificate.ts'
import { isSelfSigned } from '../chain/link.ts'
import type { RevocationList } from '../crl/parse.ts'
import type { CertificateRequest } from '../csr.ts'
import { readableGeneralName } from '../general-name.ts'
import { colonHex } from '../hex.ts'
import { rfc4514 } from '../name.ts'
import { nameOfOid, oids } from '../oids.ts'
import { readableKey } from '../public-key.ts'

const dayMs = 86_400_000

export interface CertificateDescription {
  subject: string
  issuer: string
  serialNumber: string
  fingerprint: string
  validFrom: string
  validTo: string
  /** Whole days that remain, or negative, since it has ended. */
  daysLeft: number
  key: string
  signatureAlgorithm: string
  authority: boolean
  selfSigned: boolean
  pathLength: number | null
  /** `DNS: example.com` and the like. */
  names: string[]
  keyUsage: string[]
  purposes: string[]
  subjectKeyId: string | null
  authorityKeyId: string | null
  ocspUrls: string[]
  issuerUrls: string[]
  crlUrls: string[]
  policies: string[]
  permittedNames: string[]
  excludedNames: string[]
  timestamps: { logId: string; at: string }[]
  extensions: { oid: string; name: string; critical: boolean }[]
}

export function describeCertificate(certificate: Certificate, at: Date): CertificateDescription {
  const { says, validFrom, validTo } = certificate
  const access = (method: string) =>
    says.authorityInfoAccess
      .filter((each) => each.method === method)
      .map(({ location }) => location.value)
  return {
    subject: rfc4514(certificate.subject),
    issuer: rfc4514(certificate.issuer),
    serialNumber: certificate.serialNumber,
    fingerprint: certificate.fingerprint,
    validFrom: validFrom.toISOString(),
    validTo: validTo.toISOString(),
    daysLeft: Math.trunc((validTo.getTime() - at.getTime()) / dayMs),
    key: readableKey(certificate.publicKey),
    signatureAlgorithm: certificate.signatureAlgorithm.name,
    authority: isAuthority(certificate),
    selfSigned: isSelfSigned(certificate),
    pathLength: says.basicConstraints?.pathLength ?? null,
    names: says.subjectAltName.map(readableGeneralName),
    keyUsage: says.keyUsage ?? [],
    purposes: (says.extendedKeyUsage ?? []).map(nameOfOid),
    subjectKeyId: says.subjectKeyId && colonHex(says.subjectKeyId),
    authorityKeyId: says.authorityKeyId?.keyId ? colonHex(says.authorityKeyId.keyId) : null,
    ocspUrls: access(oids.ocsp),
    issuerUrls: access(oids.caIssuers),
    crlUrls: says.crlDistributionPoints.flatMap(({ names }) => names.map(({ value }) => value)),
    policies: says.policies.map(({ oid }) => nameOfOid(oid)),
    permittedNames: (says.nameConstraints?.permitted ?? []).map(readableGeneralName),
    excludedNames: (says.nameConstraints?.excluded ?? []).map(readableGeneralName),
    timestamps: says.timestamps.map(({ logId, at: time }) => ({ logId, at: time.toISOString() })),
    extensions: certificate.extensions.map(({ oid, critical }) => ({
      oid,
      name: nameOfOid(oid),
      critical,
    })),
  }
}

export interface RequestDescription {
  subject: string
  key: string
  names: string[]
  signatureAlgorithm: string
  /** Whether its signature shows that who made it holds the key. */
  proven: boolean
}

export function describeRequest(request: CertificateRequest): RequestDescription {
  return {
    subject: rfc4514(request.subject),
    key: readableKey(request.publicKey),
    names: request.says.subjectAltName.map(readableGeneralName),
    signatureAlgorithm: request.signatureAlgorithm.name,
    proven: request.proven,
  }
}

export interface ListDescription {
  issuer: string
  number: string | null
  thisUpdate: string
  nextUpdate: string | null
  revoked: number
}

export function describeList(list: RevocationList): ListDescription {
  return {
    issuer: rfc4514(list.issuer),
    number: list.number,
    thisUpdate: list.thisUpdate.toISOString(),
    nextUpdate: list.nextUpdate?.toISOString() ?? null,
    revoked: list.revoked.size,
  }
}
