// Holds certificates against the lints, before they are issued or when they are met.
import type { Certificate } from '../certificate.ts'
import { browserLints } from './browsers.ts'
import { keyLints } from './keys.ts'
import { type Lint, type LintSeverity, type LintSource, severityOf, specimenOf } from './lint.ts'
import { namingLints } from './naming.ts'
import { structureLints } from './structure.ts'

export const lints: readonly Lint[] = [
  ...structureLints,
  ...namingLints,
  ...keyLints,
  ...browserLints,
]

/**
 * `internal` for certificates that an organization issues to itself: the standard, and keys that
 * hold. `public` adds what browsers ask of the authorities that they bring along.
 */
export const lintProfiles = ['internal', 'public'] as const
export type LintProfile = (typeof lintProfiles)[number]

/** Of the Baseline Requirements those that are about strength, not about public trust. */
const alwaysHeld = new Set([
  'e_rsa_mod_less_than_2048_bits',
  'w_rsa_mod_not_odd',
  'w_rsa_mod_factors_smaller_than_752',
  'e_rsa_public_exponent_not_odd',
  'e_rsa_public_exponent_too_small',
  'w_rsa_public_exponent_not_in_range',
  'e_sub_cert_or_sub_ca_using_sha1',
  'e_ext_san_missing',
  'e_subject_common_name_not_exactly_from_san',
  'e_dnsname_left_label_wildcard_correct',
  'e_dnsname_wildcard_only_in_left_label',
  'e_ca_key_usage_missing',
  'e_ca_key_cert_sign_not_set',
  'e_sub_cert_not_is_ca',
])

const publicSources = new Set<LintSource>(['CABF_BR', 'Apple'])

export interface LintResult {
  name: string
  severity: LintSeverity
  source: LintSource
  says: string
}

export function lintCertificate(certificate: Certificate, profile: LintProfile): LintResult[] {
  const specimen = specimenOf(certificate)
  return lints
    .filter((lint) => profile === 'public' || isInternal(lint))
    .filter((lint) => isDue(lint, certificate.validFrom))
    .filter((lint) => !publicSources.has(lint.source) || specimen.isServer)
    .filter(({ applies, finds }) => (applies?.(specimen) ?? true) && finds(specimen))
    .map(({ name, source, says }) => ({ name, severity: severityOf(name), source, says }))
}

function isInternal({ name, source }: Lint): boolean {
  return !publicSources.has(source) || alwaysHeld.has(name)
}

function isDue({ from, until }: Lint, begins: Date): boolean {
  if (from !== undefined && begins < new Date(from)) return false
  return until === undefined || begins < new Date(until)
}
