// Lints on names: of the subject (RFC 5280, appendix A) and of hosts.
import { tags } from '../der/reader.ts'
import { valuesIn } from '../name.ts'
import { oids } from '../oids.ts'
import type { Lint, Specimen } from './lint.ts'

const rfc2459 = '1999-01-01'
const rfc5280 = '2008-05-01'
const practice = '2012-07-01'

const lengths: readonly [name: string, oid: string, max: number, what: string][] = [
  ['e_subject_common_name_max_length', oids.commonName, 64, 'common name'],
  ['e_subject_organization_name_max_length', oids.organization, 64, 'organization'],
  ['e_subject_organizational_unit_name_max_length', oids.organizationalUnit, 64, 'unit'],
  ['e_subject_locality_name_max_length', oids.locality, 128, 'locality'],
  ['e_subject_state_name_max_length', oids.stateOrProvince, 128, 'state'],
  ['e_subject_dn_serial_number_max_length', oids.serialNumber, 64, 'serial number of the subject'],
]

const lengthLints: readonly Lint[] = lengths.map(([name, oid, max, what]) => ({
  name,
  source: 'RFC5280',
  from: rfc2459,
  says: `The ${what} has more than ${max} characters.`,
  finds: ({ certificate }) => valuesIn(certificate.subject, oid).some((v) => [...v].length > max),
}))

const hasHosts = ({ isSubscriber, hosts, commonName }: Specimen) =>
  isSubscriber && (hosts.length > 0 || commonName !== '')
const hasAlternatives = ({ has }: Specimen) => has(oids.subjectAltName)
const subjectValues = ({ certificate }: Specimen) =>
  certificate.subject.rdns.flatMap((rdn) => rdn.map(({ value }) => value))
const labels = ({ hosts }: Specimen) => hosts.flatMap((host) => host.split('.'))
const tooLong = (specimen: Specimen) => labels(specimen).some((label) => label.length > 63)
const empty = (specimen: Specimen) => labels(specimen).includes('')
const isHost = (name: string) => /^(\*\.)?(\?\.)*([A-Za-z0-9*_-]+\.)*[A-Za-z0-9*_-]*$/.test(name)

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/

/** A name in the place of the other: these hold for the subject's common name as well. */
const withCommonName = ({ hosts, commonName }: Specimen) =>
  commonName === '' || /^[\d.]+$|:/.test(commonName) ? hosts : [commonName, ...hosts]

const others: readonly Lint[] = [
  {
    name: 'e_rfc_dnsname_empty_label',
    source: 'RFC5280',
    from: rfc5280,
    says: 'A host name has an empty part.',
    applies: hasHosts,
    finds: empty,
  },
  {
    name: 'e_dnsname_empty_label',
    source: 'CABF_BR',
    from: practice,
    says: 'A host name has an empty part.',
    applies: hasHosts,
    finds: empty,
  },
  {
    name: 'e_rfc_dnsname_label_too_long',
    source: 'RFC5280',
    from: rfc5280,
    says: 'A part of a host name has more than 63 characters.',
    applies: hasHosts,
    finds: tooLong,
  },
  {
    name: 'e_dnsname_label_too_long',
    source: 'CABF_BR',
    from: practice,
    says: 'A part of a host name has more than 63 characters.',
    applies: hasHosts,
    finds: tooLong,
  },
  {
    name: 'e_ext_san_dns_name_too_long',
    source: 'RFC5280',
    from: rfc2459,
    says: 'A host name has more than 253 characters.',
    applies: ({ hosts, has }) => has(oids.subjectAltName) && hosts.length > 0,
    finds: ({ hosts }) => hosts.some((host) => host.length > 253),
  },
  {
    name: 'e_dnsname_bad_character_in_label',
    source: 'CABF_BR',
    from: practice,
    says: 'A host name has characters that hosts do not have.',
    applies: hasHosts,
    finds: (specimen) => withCommonName(specimen).some((host) => !isHost(host)),
  },
  {
    name: 'e_dnsname_left_label_wildcard_correct',
    source: 'CABF_BR',
    from: practice,
    says: 'A star is not the whole first part of a host name.',
    finds: ({ hosts, commonName }) =>
      [commonName, ...hosts].some((host) => /^[^.]*\*/.test(host) && !/^\*(\.|$)/.test(host)),
  },
  {
    name: 'e_dnsname_wildcard_only_in_left_label',
    source: 'CABF_BR',
    from: practice,
    says: 'A star stands behind the first part of a host name.',
    finds: ({ hosts, commonName }) =>
      [commonName, ...hosts].some(
        (host) => host.includes('.') && host.lastIndexOf('*') > host.indexOf('.'),
      ),
  },
  {
    name: 'e_dnsname_contains_prohibited_reserved_label',
    source: 'CABF_BR',
    from: '2021-10-01',
    says: 'A part of a host name has -- as its third and fourth character and is not xn--.',
    applies: hasHosts,
    finds: (specimen) =>
      labels(specimen).some((label) => /^..--/.test(label) && !/^xn/i.test(label)),
  },
  {
    name: 'e_underscore_not_permissible_in_dnsname',
    source: 'CABF_BR',
    from: '2019-04-01',
    says: 'A host name holds an underscore.',
    applies: hasHosts,
    finds: ({ hosts }) => hosts.some((host) => host.includes('_')),
  },
  {
    name: 'e_san_bare_wildcard',
    source: 'Community',
    says: 'A host name ends with a star.',
    applies: hasAlternatives,
    finds: ({ hosts }) => hosts.some((host) => host.endsWith('*')),
  },
  {
    name: 'e_san_wildcard_not_first',
    source: 'Community',
    says: 'A star stands behind the first character of a host name.',
    applies: hasAlternatives,
    finds: ({ hosts }) => hosts.some((host) => host.lastIndexOf('*') > 0),
  },
  {
    name: 'e_san_dns_name_includes_null_char',
    source: 'Community',
    says: 'A host name holds a zero byte, at which careless programs stop reading.',
    applies: hasAlternatives,
    finds: ({ hosts }) => hosts.some((host) => host.includes('\0')),
  },
  {
    name: 'e_san_dns_name_starts_with_period',
    source: 'Community',
    says: 'A host name begins with a dot.',
    applies: hasAlternatives,
    finds: ({ hosts }) => hosts.some((host) => host.startsWith('.')),
  },
  {
    name: 'n_san_dns_name_duplicate',
    source: 'Community',
    says: 'A host name is told twice.',
    applies: hasAlternatives,
    finds: ({ hosts }) => new Set(hosts.map((host) => host.toLowerCase())).size < hosts.length,
  },
  {
    name: 'w_subject_dn_leading_whitespace',
    source: 'Community',
    says: 'A part of the subject begins with a space.',
    finds: (specimen) => subjectValues(specimen).some((value) => value.startsWith(' ')),
  },
  {
    name: 'w_subject_dn_trailing_whitespace',
    source: 'Community',
    says: 'A part of the subject ends with a space.',
    finds: (specimen) => subjectValues(specimen).some((value) => value.endsWith(' ')),
  },
  {
    name: 'e_subject_dn_not_printable_characters',
    source: 'RFC5280',
    says: 'A part of the subject holds control characters.',
    finds: (specimen) => subjectValues(specimen).some((value) => control.test(value)),
  },
  {
    name: 'e_subject_dn_country_not_printable_string',
    source: 'RFC5280',
    from: rfc2459,
    says: 'The country is not a PrintableString.',
    applies: ({ certificate }) => valuesIn(certificate.subject, oids.country).length > 0,
    finds: ({ certificate }) =>
      certificate.subject.rdns.some((rdn) =>
        rdn.some(({ oid, tag }) => oid === oids.country && tag !== tags.printableString),
      ),
  },
  {
    name: 'e_validity_time_not_positive',
    source: 'Community',
    says: 'It ends before it begins.',
    finds: ({ certificate: { validFrom, validTo } }) => validTo < validFrom,
  },
]

export const namingLints: readonly Lint[] = [...lengthLints, ...others]
