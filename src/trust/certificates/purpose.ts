// What a certificate from elsewhere is for: whether it can be renewed as such, and whether it may
// take the place of one that is managed.
import { invalidField } from '../../platform/http/validation.ts'
import { type Certificate, isAuthority, isSelfIssued } from '../x509/certificate.ts'
import { lintCertificate } from '../x509/lint/run.ts'
import { oids } from '../x509/oids.ts'
import type { CertificateFacts } from './facts.ts'

export type Usage = 'serverAuth' | 'clientAuth'

/** Empty for what no authority here issues: authorities themselves, and other purposes. */
export function usagesOf({ parsed }: Pick<CertificateFacts, 'parsed'>): Usage[] {
  if (isAuthority(parsed) && !isOwnServer(parsed)) return []
  const purposes = parsed.says.extendedKeyUsage ?? []
  const isForAny = purposes.length === 0 || purposes.includes(oids.anyExtendedKeyUsage)
  if (isForAny) return ['serverAuth', 'clientAuth']
  const known: Usage[] = ['serverAuth', 'clientAuth']
  const isKnown = purposes.every((oid) => known.some((usage) => oids[usage] === oid))
  return isKnown ? known.filter((usage) => purposes.includes(oids[usage])) : []
}

/**
 * Whether somebody made it for one server by `openssl req -x509`, which calls each an authority:
 * it signed itself, names hosts, and does not say that its key signs others.
 */
function isOwnServer(certificate: Certificate): boolean {
  const { keyUsage, subjectAltName } = certificate.says
  return (
    isSelfIssued(certificate) &&
    subjectAltName.some(({ kind }) => kind === 'dns' || kind === 'ip') &&
    keyUsage?.includes('keyCertSign') !== true
  )
}

/** Why it cannot follow a certificate of these usages; null where it can. */
export function unfitness(
  { parsed }: Pick<CertificateFacts, 'parsed'>,
  usages: readonly Usage[],
): string | null {
  const { basicConstraints, extendedKeyUsage } = parsed.says
  if (basicConstraints?.ca === true) return 'it is the certificate of an authority'
  // Public authorities give servers no clientAuth any more.
  const needed = usages.includes('serverAuth') ? 'serverAuth' : usages[0]
  const given = extendedKeyUsage ?? []
  const isForAny = given.length === 0 || given.includes(oids.anyExtendedKeyUsage)
  if (needed !== undefined && !isForAny && !given.includes(oids[needed])) {
    return `it is not for ${needed}`
  }
  const fault = lintCertificate(parsed, 'internal').find(({ severity }) => severity === 'error')
  return fault === undefined ? null : `${fault.name}: ${fault.says}`
}

/** Throws where something is asked for that would renew what no authority here issues. */
export function requireRenewable(
  usages: readonly Usage[],
  wanted: {
    certificateAuthorityId?: number | null | undefined
    fallbackCertificateAuthorityId?: number | null | undefined
    autoRenew?: boolean | undefined
  },
): void {
  if (usages.length > 0) return
  const { certificateAuthorityId, fallbackCertificateAuthorityId, autoRenew } = wanted
  const [field] = Object.entries({
    certificateAuthorityId,
    fallbackCertificateAuthorityId,
    autoRenew,
  }).find(([, value]) => typeof value === 'number' || value === true) ?? [undefined]
  if (field === undefined) return
  throw invalidField(
    field,
    'must be left out: only certificates of servers and clients are renewed here, and this one is' +
      ' an authority’s or has another purpose',
  )
}
