// Lints of what browsers ask of certificates that they trust (CA/Browser Forum Baseline
// Requirements, section 7), and Apple beside them.
import type { GeneralName } from '../general-name.ts'
import { oids } from '../oids.ts'
import type { Lint, Specimen } from './lint.ts'

const practice = '2012-07-01'
const br2 = '2023-09-15'
const dayMs = 86_400_000

const isCa = (specimen: Specimen) => specimen.isCa
const isLeaf = (specimen: Specimen) => !specimen.isCa
const isSubscriber = (specimen: Specimen) => specimen.isSubscriber
const isSubCa = (specimen: Specimen) => specimen.isSubCa
const isRoot = (specimen: Specimen) => specimen.isRoot

const usage = (specimen: Specimen) => specimen.says.keyUsage ?? []
const purposes = (specimen: Specimen) => specimen.says.extendedKeyUsage ?? []

function lasts(days: number): Lint['finds'] {
  // Both its first and its last second belong to it.
  return ({ certificate: { validFrom, validTo } }) =>
    validTo.getTime() + 1000 - validFrom.getTime() > days * dayMs
}

const validity: readonly Lint[] = [
  {
    name: 'e_sub_cert_valid_time_longer_than_39_months',
    source: 'CABF_BR',
    from: '2016-07-02',
    says: 'It is valid for more than 39 months.',
    applies: isSubscriber,
    finds: ({ certificate: { validFrom, validTo } }) => {
      const end = new Date(validFrom)
      end.setUTCMonth(end.getUTCMonth() + 39)
      return end < validTo
    },
  },
  {
    name: 'e_sub_cert_valid_time_longer_than_825_days',
    source: 'CABF_BR',
    from: '2018-03-02',
    says: 'It is valid for more than 825 days.',
    applies: isSubscriber,
    finds: ({ certificate: { validFrom, validTo } }) =>
      validTo.getTime() - validFrom.getTime() > 825 * dayMs,
  },
  {
    name: 'e_tls_server_cert_valid_time_longer_than_398_days',
    source: 'Apple',
    from: '2020-09-01',
    says: 'It is valid for more than 398 days.',
    applies: (specimen) => specimen.isServer && !specimen.isCa,
    finds: lasts(398),
  },
  ...(
    [
      [200, '2026-03-15', '2027-03-15'],
      [100, '2027-03-15', '2029-03-15'],
      [47, '2029-03-15', undefined],
    ] as const
  ).map(
    ([days, from, until]): Lint => ({
      name: `e_server_cert_valid_time_longer_than_${days}_days`,
      source: 'CABF_BR',
      from,
      ...(until === undefined ? {} : { until }),
      says: `It is valid for more than ${days} days.`,
      applies: (specimen) => specimen.isServer && !specimen.isCa,
      finds: lasts(days),
    }),
  ),
]

type Row = readonly [name: string, from: string, says: string, Lint['applies'], Lint['finds']]

const authorities: readonly Row[] = [
  [
    'e_ca_key_usage_missing',
    practice,
    'It is an authority and does not tell the use of its key.',
    isCa,
    (specimen) => usage(specimen).length === 0,
  ],
  [
    'e_ca_key_usage_not_critical',
    practice,
    'It is an authority, and its key usage is not critical.',
    (specimen) => specimen.isCa && specimen.has(oids.keyUsage),
    ({ isCritical }) => !isCritical(oids.keyUsage),
  ],
  [
    'e_ca_key_cert_sign_not_set',
    practice,
    'It is an authority, and its key may not sign certificates.',
    (specimen) => specimen.isCa && specimen.has(oids.keyUsage),
    (specimen) => !usage(specimen).includes('keyCertSign'),
  ],
  [
    'e_ca_crl_sign_not_set',
    practice,
    'It is an authority, and its key may not sign revocation lists.',
    (specimen) => specimen.isCa && specimen.has(oids.keyUsage),
    (specimen) => !usage(specimen).includes('cRLSign'),
  ],
  [
    'n_ca_digital_signature_not_set',
    practice,
    'It is an authority, and its key may not sign OCSP answers itself.',
    (specimen) => specimen.isCa && specimen.has(oids.keyUsage),
    (specimen) => !usage(specimen).includes('digitalSignature'),
  ],
  [
    'e_root_ca_extended_key_usage_present',
    practice,
    'It is a root and restricts its purpose.',
    isRoot,
    ({ has }) => has(oids.extendedKeyUsage),
  ],
  [
    'w_root_ca_contains_cert_policy',
    practice,
    'It is a root and tells policies.',
    isRoot,
    ({ has }) => has(oids.certificatePolicies),
  ],
  [
    'w_root_ca_basic_constraints_path_len_constraint_field_present',
    practice,
    'It is a root and limits the length of paths.',
    (specimen) => specimen.isRoot && specimen.has(oids.basicConstraints),
    ({ says }) => (says.basicConstraints?.pathLength ?? null) !== null,
  ],
  [
    'e_sub_ca_crl_distribution_points_missing',
    practice,
    'It is an authority below another and does not tell where it would be revoked.',
    isSubCa,
    ({ has }) => !has(oids.crlDistributionPoints),
  ],
  [
    'e_sub_ca_certificate_policies_missing',
    practice,
    'It is an authority below another and tells no policy.',
    isSubCa,
    ({ has }) => !has(oids.certificatePolicies),
  ],
  [
    'n_sub_ca_eku_missing',
    practice,
    'It is an authority below another and is for any purpose.',
    isSubCa,
    ({ has }) => !has(oids.extendedKeyUsage),
  ],
]

const leaves: readonly Row[] = [
  [
    'e_ext_san_missing',
    practice,
    'It has no subject alternative name.',
    isLeaf,
    ({ has }) => !has(oids.subjectAltName),
  ],
  [
    'e_subject_common_name_not_exactly_from_san',
    '2021-08-25',
    'Its common name is not among its alternative names.',
    (specimen) => !specimen.isCa && specimen.commonNames.length > 0,
    ({ commonNames, says }) => {
      const names = new Set(says.subjectAltName.map(({ value }) => value))
      return commonNames.some((name) => !names.has(name))
    },
  ],
  [
    'w_subject_common_name_included',
    br2,
    'It has a common name, which nobody needs beside alternative names.',
    isSubscriber,
    ({ commonName }) => commonName !== '',
  ],
  [
    'w_extra_subject_common_names',
    practice,
    'It has several common names.',
    isSubscriber,
    ({ commonNames }) => commonNames.length > 1,
  ],
  [
    'e_sub_cert_eku_missing',
    practice,
    'It does not tell its purpose.',
    isLeaf,
    ({ has }) => !has(oids.extendedKeyUsage),
  ],
  [
    'e_sub_cert_eku_check',
    br2,
    'It is not for servers, or also for what may not stand beside that.',
    (specimen) => specimen.isSubscriber && specimen.has(oids.extendedKeyUsage),
    (specimen) => {
      const all = purposes(specimen)
      return !all.includes(oids.serverAuth) || forbidden.some((oid) => all.includes(oid))
    },
  ],
  [
    'e_eku_critical',
    br2,
    'Its extended key usage is critical.',
    (specimen) => specimen.isSubscriber && specimen.has(oids.extendedKeyUsage),
    ({ isCritical }) => isCritical(oids.extendedKeyUsage),
  ],
  [
    'e_sub_cert_not_is_ca',
    practice,
    'It may sign certificates and says that it is an authority.',
    (specimen) =>
      specimen.has(oids.keyUsage) &&
      !usage(specimen).includes('keyCertSign') &&
      specimen.has(oids.basicConstraints),
    ({ says }) => says.basicConstraints?.ca === true,
  ],
  [
    'e_sub_cert_key_usage_cert_sign_bit_set',
    practice,
    'Its key may sign certificates.',
    (specimen) => specimen.isSubscriber && specimen.has(oids.keyUsage),
    (specimen) => usage(specimen).includes('keyCertSign'),
  ],
  [
    'e_sub_cert_key_usage_crl_sign_bit_set',
    practice,
    'Its key may sign revocation lists.',
    (specimen) => specimen.isSubscriber && specimen.has(oids.keyUsage),
    (specimen) => usage(specimen).includes('cRLSign'),
  ],
  [
    'e_sub_cert_aia_missing',
    practice,
    'It does not tell where its issuer is.',
    isLeaf,
    ({ has }) => !has(oids.authorityInfoAccess),
  ],
  [
    'w_sub_cert_aia_does_not_contain_issuing_ca_url',
    practice,
    "It does not tell where its issuer's certificate is.",
    isSubscriber,
    ({ says }) =>
      !says.authorityInfoAccess.some(
        ({ method, location: { kind, value } }) =>
          method === oids.caIssuers && kind === 'uri' && value.startsWith('http://'),
      ),
  ],
  [
    'e_sub_cert_certificate_policies_missing',
    practice,
    'It tells no policy.',
    isLeaf,
    ({ has }) => !has(oids.certificatePolicies),
  ],
  [
    'w_sub_cert_certificate_policies_marked_critical',
    practice,
    'Its policies are critical.',
    ({ has }) => has(oids.certificatePolicies),
    ({ isCritical }) => isCritical(oids.certificatePolicies),
  ],
  [
    'e_organizational_unit_name_prohibited',
    '2022-09-01',
    'Its subject names an organizational unit, which nobody can verify.',
    isLeaf,
    ({ certificate }) =>
      certificate.subject.rdns.some((rdn) =>
        rdn.some(({ oid }) => oid === oids.organizationalUnit),
      ),
  ],
  [
    'w_ext_subject_key_identifier_not_recommended_subscriber',
    br2,
    'It has a subject key identifier, which only costs bytes there.',
    isSubscriber,
    ({ has }) => has(oids.subjectKeyIdentifier),
  ],
  [
    'w_ext_san_critical_with_subject_dn',
    '2012-07-01',
    'Its alternative name is critical although there is a subject.',
    ({ isServer, has }) => isServer && has(oids.subjectAltName),
    ({ isCritical, certificate }) =>
      isCritical(oids.subjectAltName) && certificate.subject.rdns.length > 0,
  ],
]

const forbidden = [
  oids.anyExtendedKeyUsage,
  oids.codeSigning,
  oids.timeStamping,
  oids.ocspSigning,
  oids.emailProtection,
  '1.3.6.1.4.1.11129.2.4.4',
]

const foreignKinds: readonly [name: string, kind: GeneralName['kind'], what: string][] = [
  ['e_ext_san_directory_name_present', 'directory', 'a directory name'],
  ['e_ext_san_edi_party_name_present', 'edi-party', 'an EDI party name'],
  ['e_ext_san_other_name_present', 'other', 'a name of another kind'],
  ['e_ext_san_registered_id_present', 'registered-id', 'a registered ID'],
  ['e_ext_san_rfc822_name_present', 'email', 'a mail address'],
  ['e_ext_san_uniform_resource_identifier_present', 'uri', 'a URI'],
]

const kinds: readonly Row[] = foreignKinds.map(([name, kind, what]) => [
  name,
  practice,
  `Its alternative names hold ${what}; only hosts and addresses may stand there.`,
  ({ has }) => has(oids.subjectAltName),
  ({ says }) => says.subjectAltName.some((each) => each.kind === kind),
])

const rows = [...authorities, ...leaves, ...kinds].map(
  ([name, from, says, applies, finds]): Lint => ({
    name,
    source: 'CABF_BR',
    from,
    says,
    finds,
    ...(applies ? { applies } : {}),
  }),
)

export const browserLints: readonly Lint[] = [...validity, ...rows]
