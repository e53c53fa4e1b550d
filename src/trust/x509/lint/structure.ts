// Lints of RFC 5280 on a certificate's fields and extensions.
import { oids } from '../oids.ts'
import type { Lint, Specimen } from './lint.ts'

const rfc2459 = '1999-01-01'
const rfc3280 = '2002-04-01'
const rfc5280 = '2008-05-01'

const isAuthority = ({ isCa }: Specimen) => isCa
const signsCertificates = ({ says }: Specimen) => says.keyUsage?.includes('keyCertSign') === true

type Row = readonly [name: string, from: string, says: string, Lint['finds'], Lint['applies']?]

const rows: readonly Row[] = [
  [
    'e_serial_number_not_positive',
    rfc5280,
    'The serial number is zero or negative.',
    ({ certificate: { serialBytes } }) =>
      (serialBytes[0] ?? 0) >= 0x80 || serialBytes.every((byte) => byte === 0),
  ],
  [
    'e_serial_number_longer_than_20_octets',
    rfc3280,
    'The serial number has more than 20 bytes.',
    ({ certificate: { serialBytes } }) => serialBytes.length > 20,
  ],
  [
    'e_basic_constraints_not_critical',
    rfc5280,
    'It is an authority, and its basic constraints are not critical.',
    ({ isCritical }) => !isCritical(oids.basicConstraints),
    ({ isCa, has }) => isCa && has(oids.basicConstraints),
  ],
  [
    'e_path_len_constraint_improperly_included',
    rfc3280,
    'It limits the length of paths and is no authority that signs certificates.',
    (specimen) => {
      const length = specimen.says.basicConstraints?.pathLength ?? null
      return length !== null && !(specimen.isCa && signsCertificates(specimen))
    },
    ({ has }) => has(oids.basicConstraints),
  ],
  [
    'e_ext_key_usage_cert_sign_without_ca',
    rfc3280,
    'Its key may sign certificates, and it is no authority.',
    (specimen) => signsCertificates(specimen) && !specimen.isCa,
    ({ has }) => has(oids.keyUsage),
  ],
  [
    'w_ext_key_usage_not_critical',
    rfc2459,
    'The key usage is not critical.',
    ({ isCritical }) => !isCritical(oids.keyUsage),
    ({ has }) => has(oids.keyUsage),
  ],
  [
    'e_ext_key_usage_without_bits',
    rfc5280,
    'The key usage allows nothing.',
    ({ says }) => says.keyUsage?.length === 0,
    ({ has }) => has(oids.keyUsage),
  ],
  [
    'e_ext_name_constraints_not_in_ca',
    rfc3280,
    'It constrains names and is no authority.',
    ({ isCa }) => !isCa,
    ({ has }) => has(oids.nameConstraints),
  ],
  [
    'e_ext_name_constraints_not_critical',
    rfc5280,
    'The name constraints are not critical.',
    ({ isCritical }) => !isCritical(oids.nameConstraints),
    ({ has }) => has(oids.nameConstraints),
  ],
  [
    'e_name_constraint_empty',
    rfc5280,
    'The name constraints neither permit nor exclude anything.',
    ({ says: { nameConstraints: names } }) =>
      names !== null && names.permitted.length + names.excluded.length === 0,
    ({ has }) => has(oids.nameConstraints),
  ],
  [
    'e_ext_san_no_entries',
    rfc2459,
    'The subject alternative name holds no name.',
    ({ says }) => says.subjectAltName.length === 0,
    ({ has }) => has(oids.subjectAltName),
  ],
  [
    'e_ext_san_empty_name',
    rfc5280,
    'An alternative name is empty.',
    ({ says }) =>
      says.subjectAltName.some(({ kind, value }) => kind !== 'directory' && value === ''),
    ({ has }) => has(oids.subjectAltName),
  ],
  [
    'e_ext_san_not_critical_without_subject',
    rfc5280,
    'The subject is empty, and the alternative name is not critical.',
    ({ isCritical }) => !isCritical(oids.subjectAltName),
    ({ has, certificate }) => certificate.subject.rdns.length === 0 && has(oids.subjectAltName),
  ],
  [
    'e_subject_empty_without_san',
    rfc2459,
    'It names nobody: the subject is empty and there is no alternative name.',
    ({ has, certificate }) => certificate.subject.rdns.length === 0 && !has(oids.subjectAltName),
  ],
  [
    'e_ext_san_dns_not_ia5_string',
    rfc2459,
    'A host name holds characters beyond ASCII; international ones are written as xn--.',
    ({ hosts }) => hosts.some((host) => [...host].some((each) => each > '\u007f')),
    ({ has }) => has(oids.subjectAltName),
  ],
  [
    'e_ext_san_space_dns_name',
    rfc2459,
    'A host name is a space.',
    ({ hosts }) => hosts.includes(' '),
    ({ has }) => has(oids.subjectAltName),
  ],
  [
    'e_ext_san_uri_relative',
    rfc5280,
    'A URI of the alternative name is relative.',
    ({ says }) =>
      says.subjectAltName.some(
        ({ kind, value }) => kind === 'uri' && !/^[a-z][\w+.-]*:/i.test(value),
      ),
    ({ has }) => has(oids.subjectAltName),
  ],
  [
    'e_ext_authority_key_identifier_critical',
    rfc2459,
    'The authority key identifier is critical.',
    ({ isCritical }) => isCritical(oids.authorityKeyIdentifier),
    ({ has }) => has(oids.authorityKeyIdentifier),
  ],
  [
    'e_ext_authority_key_identifier_no_key_identifier',
    rfc2459,
    "It does not tell its issuer's key.",
    ({ says, isRoot }) => !says.authorityKeyId?.keyId && !isRoot,
  ],
  [
    'e_ext_subject_key_identifier_critical',
    rfc2459,
    'The subject key identifier is critical.',
    ({ isCritical }) => isCritical(oids.subjectKeyIdentifier),
    ({ has }) => has(oids.subjectKeyIdentifier),
  ],
  [
    'e_ext_subject_key_identifier_missing_ca',
    rfc2459,
    'It is an authority without a subject key identifier.',
    ({ has }) => !has(oids.subjectKeyIdentifier),
    isAuthority,
  ],
  [
    'w_ext_subject_key_identifier_missing_sub_cert',
    rfc2459,
    'It has no subject key identifier.',
    ({ has }) => !has(oids.subjectKeyIdentifier),
    ({ isCa }) => !isCa,
  ],
  [
    'e_ext_aia_marked_critical',
    rfc2459,
    'The authority information access is critical.',
    ({ isCritical }) => isCritical(oids.authorityInfoAccess),
    ({ has }) => has(oids.authorityInfoAccess),
  ],
  [
    'w_ext_crl_distribution_marked_critical',
    rfc5280,
    'The CRL distribution points are critical.',
    ({ isCritical }) => isCritical(oids.crlDistributionPoints),
    ({ has }) => has(oids.crlDistributionPoints),
  ],
  [
    'e_distribution_point_incomplete',
    rfc3280,
    'A CRL distribution point tells neither where it is nor who signs it.',
    ({ says }) =>
      says.crlDistributionPoints.some((each) => each.names.length + each.crlIssuer.length === 0),
    ({ has }) => has(oids.crlDistributionPoints),
  ],
  [
    'w_eku_critical_improperly',
    rfc3280,
    'It is for any purpose, and that is critical.',
    ({ isCritical }) => isCritical(oids.extendedKeyUsage),
    ({ says }) => says.extendedKeyUsage?.includes(oids.anyExtendedKeyUsage) === true,
  ],
  [
    'e_ext_cert_policy_duplicate',
    rfc5280,
    'A policy is told twice.',
    ({ says: { policies } }) => new Set(policies.map(({ oid }) => oid)).size < policies.length,
    ({ has }) => has(oids.certificatePolicies),
  ],
  [
    'e_ext_policy_constraints_not_critical',
    rfc5280,
    'The policy constraints are not critical.',
    ({ isCritical }) => !isCritical(oids.policyConstraints),
    ({ has }) => has(oids.policyConstraints),
  ],
  [
    'e_inhibit_any_policy_not_critical',
    rfc3280,
    'The extension that inhibits any policy is not critical.',
    ({ isCritical }) => !isCritical(oids.inhibitAnyPolicy),
    ({ has }) => has(oids.inhibitAnyPolicy),
  ],
  [
    'e_ext_policy_map_any_policy',
    rfc3280,
    'It maps from or to any policy.',
    ({ says }) => says.policyMappings.some((each) => Object.values(each).includes(oids.anyPolicy)),
    ({ has }) => has(oids.policyMappings),
  ],
  [
    'e_ext_freshest_crl_marked_critical',
    rfc3280,
    'The freshest CRL is critical.',
    ({ isCritical }) => isCritical(oids.freshestCrl),
    ({ has }) => has(oids.freshestCrl),
  ],
  [
    'e_ext_duplicate_extension',
    rfc2459,
    'An extension is there twice.',
    ({ certificate: { extensions } }) =>
      new Set(extensions.map(({ oid }) => oid)).size < extensions.length,
    ({ certificate }) => certificate.version === 3,
  ],
  [
    'e_ca_subject_field_empty',
    rfc2459,
    'It is an authority without a name.',
    ({ certificate }) => certificate.subject.rdns.length === 0,
    isAuthority,
  ],
  [
    'e_issuer_field_empty',
    rfc2459,
    'Its issuer has no name.',
    ({ certificate }) => certificate.issuer.rdns.length === 0,
  ],
]

export const structureLints: readonly Lint[] = rows.map(([name, from, says, finds, applies]) => ({
  name,
  source: 'RFC5280',
  from,
  says,
  finds,
  ...(applies ? { applies } : {}),
}))
