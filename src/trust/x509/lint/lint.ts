// What a lint is. Their names are zlint's, by which the field knows them: `e_` is an error, `w_` a
// warning and `n_` a notice.
import { type Certificate, isAuthority } from '../certificate.ts'
import { isSelfSigned } from '../chain/link.ts'
import { commonName, valuesIn } from '../name.ts'
import { oids } from '../oids.ts'

export type LintSource = 'RFC5280' | 'Community' | 'CABF_BR' | 'Apple'
export type LintSeverity = 'error' | 'warning' | 'notice'

/** One certificate, with what most lints ask about it. */
export interface Specimen {
  certificate: Certificate
  says: Certificate['says']
  isCa: boolean
  isRoot: boolean
  /** An authority that another certified. */
  isSubCa: boolean
  /** Neither an authority nor signed by itself. */
  isSubscriber: boolean
  /** Could serve TLS: it is for that, for anything, or does not say. */
  isServer: boolean
  hosts: string[]
  commonName: string
  commonNames: string[]
  has(oid: string): boolean
  isCritical(oid: string): boolean
}

export interface Lint {
  name: string
  source: LintSource
  /** Of certificates that begin from this day on, or before that one. */
  from?: string
  until?: string
  /** What a certificate does wrong. */
  says: string
  applies?: (specimen: Specimen) => boolean
  finds: (specimen: Specimen) => boolean
}

export function specimenOf(certificate: Certificate): Specimen {
  const { says, extensions, subject } = certificate
  const isCa = isAuthority(certificate)
  const selfSigned = isSelfSigned(certificate)
  const hosts = says.subjectAltName.flatMap((name) => (name.kind === 'dns' ? [name.value] : []))
  const critical = new Map(extensions.map((each) => [each.oid, each.critical]))
  return {
    certificate,
    says,
    isCa,
    isRoot: isCa && selfSigned,
    isSubCa: isCa && !selfSigned,
    isSubscriber: !isCa && !selfSigned,
    isServer: servesTls(says),
    hosts,
    commonName: commonName(subject) ?? '',
    commonNames: valuesIn(subject, oids.commonName),
    has: (oid) => critical.has(oid),
    isCritical: (oid) => critical.get(oid) === true,
  }
}

const validated = ['2.23.140.1.2.1', '2.23.140.1.2.2', '2.23.140.1.2.3', '2.23.140.1.1']

function servesTls({ extendedKeyUsage, policies }: Certificate['says']): boolean {
  const purposes = extendedKeyUsage ?? []
  if (purposes.length === 0) return true
  if (purposes.includes(oids.serverAuth) || purposes.includes(oids.anyExtendedKeyUsage)) return true
  return policies.some(({ oid }) => validated.includes(oid))
}

const severities = { e: 'error', w: 'warning', n: 'notice' } as const

export function severityOf(name: string): LintSeverity {
  return severities[name.slice(0, 1) as keyof typeof severities] ?? 'error'
}
