import { createPublicKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newHierarchy, newLeaf, period } from '../authority.fixture.ts'
import { signCertificate } from '../build.ts'
import { parseCertificate } from '../certificate.ts'
import * as der from '../der/writer.ts'
import type { Extension } from '../extension/extension.ts'
import * as write from '../extension/write.ts'
import type { GeneralName } from '../general-name.ts'
import { encodeName, type NameParts } from '../name.ts'
import { oids } from '../oids.ts'
import { exportPublicKey } from '../signer.ts'
import { lintCertificate, lints } from './run.ts'

const { root, intermediate } = await newHierarchy()
const names = (
  certificate: Parameters<typeof lintCertificate>[0],
  profile: 'internal' | 'public',
) => lintCertificate(certificate, profile).map(({ name }) => name)

describe('what is issued here', () => {
  it('has nothing against it inside', async () => {
    const leaf = await newLeaf(intermediate, ['a.example', '10.0.0.1'])
    const service = await newLeaf(intermediate, ['spiffe://a.example/web'])
    for (const certificate of [leaf, service, intermediate.certificate, root.certificate]) {
      expect(names(certificate, 'internal')).toEqual([])
    }
  })

  it('is told what browsers would miss', async () => {
    const found = names(await newLeaf(intermediate, ['a.example'], period(0, 300)), 'public')
    expect(found).toEqual(
      expect.arrayContaining([
        'e_server_cert_valid_time_longer_than_200_days',
        'e_sub_cert_aia_missing',
        'e_sub_cert_certificate_policies_missing',
        'w_subject_common_name_included',
      ]),
    )
  })
})

const host = (value: string): GeneralName => ({ kind: 'dns', value })

interface Odd {
  serialNumber?: Uint8Array
  subject?: NameParts
  key?: Uint8Array
  names?: GeneralName[]
  more?: Extension[]
  from?: string
  to?: string
}

async function odd({ subject = {}, key, names = [host('a.example')], more = [], ...rest }: Odd) {
  const contents = {
    serialNumber: randomBytes(16),
    issuer: intermediate.certificate.subject.der,
    subject: encodeName(subject),
    validFrom: new Date(rest.from ?? '2026-06-01'),
    validTo: new Date(rest.to ?? '2026-07-01'),
    publicKeyInfo: key ?? intermediate.signer.publicKeyInfo,
    extensions: [
      write.subjectAltNameExtension(names, Object.keys(subject).length === 0),
      write.extendedKeyUsageExtension([oids.serverAuth]),
      write.subjectKeyIdExtension(randomBytes(20)),
      write.authorityKeyIdExtension(randomBytes(20)),
      ...more,
    ],
  }
  return parseCertificate(await signCertificate(contents, intermediate.signer))
}

/** Factors that lie close together; that they are no primes does not matter here. */
const weakModulus = (3n ** 640n + 2n) * (3n ** 640n + 4n)

function rsaKey(modulus: bigint, exponent: string): Uint8Array {
  const digits = modulus.toString(16)
  const n = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex').toString('base64url')
  const jwk = { kty: 'RSA', n, e: Buffer.from(exponent, 'hex').toString('base64url') }
  return exportPublicKey(createPublicKey({ key: jwk, format: 'jwk' }))
}

const constraints = write.nameConstraintsExtension({ permitted: [], excluded: [] })

it.each<[string, Odd]>([
  ['e_san_wildcard_not_first', { names: [host('a*.example')] }],
  ['e_dnsname_left_label_wildcard_correct', { names: [host('a*.example')] }],
  ['e_dnsname_wildcard_only_in_left_label', { names: [host('a.*.example')] }],
  ['e_san_bare_wildcard', { names: [host('*')] }],
  ['e_underscore_not_permissible_in_dnsname', { names: [host('a_b.example')] }],
  ['e_dnsname_bad_character_in_label', { names: [host('a b.example')] }],
  ['e_rfc_dnsname_empty_label', { names: [host('a..example')] }],
  ['e_rfc_dnsname_label_too_long', { names: [host(`${'a'.repeat(64)}.example`)] }],
  ['e_san_dns_name_includes_null_char', { names: [host('a.example\0.b')] }],
  ['e_san_dns_name_starts_with_period', { names: [host('.a.example')] }],
  ['n_san_dns_name_duplicate', { names: [host('a.example'), host('A.example')] }],
  ['e_dnsname_contains_prohibited_reserved_label', { names: [host('ab--c.example')] }],
  ['e_ext_san_no_entries', { names: [] }],
  ['e_ext_san_empty_name', { names: [host('')] }],
  ['e_ext_san_rfc822_name_present', { names: [{ kind: 'email', value: 'a@example' }] }],
  ['e_subject_common_name_not_exactly_from_san', { subject: { CN: 'b.example' } }],
  ['e_organizational_unit_name_prohibited', { subject: { OU: 'Some' } }],
  ['w_subject_dn_leading_whitespace', { subject: { O: ' Some' } }],
  ['w_subject_dn_trailing_whitespace', { subject: { O: 'Some ' } }],
  ['e_rsa_fermat_factorization', { key: rsaKey(weakModulus, '010001') }],
  ['e_rsa_mod_less_than_2048_bits', { key: rsaKey(weakModulus >> 1200n, '010001') }],
  ['w_rsa_mod_not_odd', { key: rsaKey(weakModulus << 1n, '010001') }],
  ['w_rsa_mod_factors_smaller_than_752', { key: rsaKey(weakModulus * 743n, '010001') }],
  ['w_rsa_public_exponent_not_in_range', { key: rsaKey(weakModulus, '03') }],
  ['e_rsa_public_exponent_not_odd', { key: rsaKey(weakModulus, '010002') }],
  ['e_ext_name_constraints_not_in_ca', { more: [constraints] }],
  ['e_name_constraint_empty', { more: [constraints] }],
  ['e_ext_duplicate_extension', { more: [constraints, constraints] }],
  ['e_ext_key_usage_without_bits', { more: [write.keyUsageExtension([])] }],
  ['e_ext_key_usage_cert_sign_without_ca', { more: [write.keyUsageExtension(['keyCertSign'])] }],
  ['e_ext_aia_marked_critical', { more: [critical(oids.authorityInfoAccess)] }],
  ['w_ext_crl_distribution_marked_critical', { more: [critical(oids.crlDistributionPoints)] }],
  ['e_server_cert_valid_time_longer_than_200_days', { from: '2026-03-15', to: '2026-10-02' }],
  ['e_server_cert_valid_time_longer_than_100_days', { from: '2027-03-15', to: '2027-07-02' }],
  ['e_server_cert_valid_time_longer_than_47_days', { from: '2029-03-15', to: '2029-05-02' }],
  ['e_tls_server_cert_valid_time_longer_than_398_days', { from: '2025-01-01', to: '2026-03-01' }],
])('%s is found, and not in a right one', async (name, wish) => {
  expect(lints.map((lint) => lint.name)).toContain(name)
  expect(names(await odd(wish), 'public')).toContain(name)
  expect(names(await odd({}), 'public')).not.toContain(name)
})

function critical(oid: string): Extension {
  return { oid, critical: true, value: Buffer.from([0x30, 0]) }
}

it('names each lint once', () => {
  expect(new Set(lints.map(({ name }) => name)).size).toBe(lints.length)
})

it('takes no time for a key or a name that is made to take some', async () => {
  const modulus = (1n << 2_000_000n) + 1n
  const digits = modulus.toString(16).padStart(500_002, '0')
  const integers = [der.unsignedInteger(Buffer.from(digits, 'hex')), der.integer(65_537)]
  const algorithm = der.sequence(der.oid(oids.rsaEncryption), der.nullValue)
  const key = der.sequence(algorithm, der.bitString(der.sequence(...integers)))
  const certificate = await odd({ key, names: [host('.'.repeat(300_000))] })
  expect(names(certificate, 'public')).toContain('e_rfc_dnsname_empty_label')
})
