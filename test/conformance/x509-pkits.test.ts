// NIST's Public Key Interoperability Test Suite: which paths hold, and which do not.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Certificate, parseCertificate } from '../../src/trust/x509/certificate.ts'
import { findPath } from '../../src/trust/x509/chain/path.ts'
import { parseCrl } from '../../src/trust/x509/crl/parse.ts'
import { X509Error } from '../../src/trust/x509/error.ts'

const packed = readFileSync(new URL('../fixtures/x509/pkits.json.gz', import.meta.url))
const files: Record<string, string> = JSON.parse(gunzipSync(packed).toString())

/** A flipped bit of a signature that is no whole number of bytes then: refused when it is read. */
const unreadable = [
  'certs/BadSignedCACert.crt',
  'certs/InvalidDSASignatureTest6EE.crt',
  'crls/BadCRLSignatureCACRL.crl',
]

const certificates = new Map<string, Certificate>()
const refused: string[] = []
for (const [name, base64] of Object.entries(files)) {
  const bytes = Buffer.from(base64, 'base64')
  try {
    if (name.endsWith('.crl')) parseCrl(bytes)
    else certificates.set(name.slice('certs/'.length, -'.crt'.length), parseCertificate(bytes))
  } catch (error) {
    if (!(error instanceof X509Error)) throw error
    refused.push(name)
  }
}

/** Only revocation decides these: their paths hold. */
const revocation = new RegExp(
  [
    'CRL(?!SigningKeyTest8)|cRLSign|cRLIssuer|deltaCRL|Revoked|CertificateandCRL|IDPwith',
    'BasicSelfIssued(New|Old)With|SerialNumberTest1[58]|istributionPointTest|only(Contains|Some)',
  ].join('|'),
)
/** Of the suite's sections on policies those whose outcome is told for any policy of the user. */
const told = /^(Valid|Invalid)/

const cases = [...certificates.keys()].filter(
  (name) => name.endsWith('EE') && told.test(name) && !/DSA/.test(name),
)
const root = certificates.get('TrustAnchorRootCertificate')
const authorities = [...certificates].filter(([name]) => !name.endsWith('EE')).map(([, c]) => c)

describe('PKITS', () => {
  it('is read, but for signatures that are none', () => {
    expect(Object.keys(files)).toHaveLength(578)
    expect(refused).toEqual(unreadable)
    expect(cases.length).toBeGreaterThan(190)
  })

  it.each(cases)('%s', (name) => {
    const certificate = certificates.get(name)
    if (certificate === undefined || root === undefined) throw new Error('it is missing')
    const options = { at: new Date('2020-01-01T00:00:00Z') }
    const { problems } = findPath(certificate, authorities, [root], options)
    const holds = name.startsWith('Valid') || revocation.test(name)
    expect(problems.length === 0, JSON.stringify(problems)).toBe(holds)
  })

  it('finds nobody to trust without its root', () => {
    const leaf = certificates.get('ValidCertificatePathTest1EE')
    if (leaf === undefined) throw new Error('it is missing')
    const { problems } = findPath(leaf, authorities, [], { at: new Date('2020-01-01') })
    expect(problems.map(({ fault }) => fault)).toEqual(['no_path'])
  })
})
