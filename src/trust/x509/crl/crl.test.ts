import { expect, it } from 'vitest'
import { describeWith, requireComponent } from '../../../../test/require.ts'
import { newHierarchy, newLeaf, now, pemOf, period, runOn } from '../authority.fixture.ts'
import { encodePem } from '../pem.ts'
import { type RevocationReason, reasonCodes } from '../revocation.ts'
import { serialMagnitude } from '../serial-number.ts'
import { buildCrl, encodeEntry } from './build.ts'
import { crlHolds, parseCrl } from './parse.ts'

const { root, intermediate } = await newHierarchy()
const times = { thisUpdate: period(0, 7).validFrom, nextUpdate: period(0, 7).validTo }

it('keeps what was revoked, when and why', async () => {
  const reasons = Object.keys(reasonCodes) as RevocationReason[]
  const entries = reasons.map((reason, index) =>
    encodeEntry(Buffer.from([0x80, index + 1]), { at: now, reason }),
  )
  const list = parseCrl(await buildCrl({ number: 300, ...times, entries }, intermediate))
  expect(list).toMatchObject({ ...times, number: '01:2c', partial: false })
  expect([...list.revoked.keys()]).toEqual(
    reasons.map((_, n) => `80:${`0${(n + 1).toString(16)}`}`),
  )
  expect([...list.revoked.values()].map(({ reason }) => reason)).toEqual(
    reasons.map((reason) => (reason === 'unspecified' ? null : reason)),
  )
  expect(crlHolds(list, intermediate.certificate)).toBe(true)
  expect(crlHolds(list, root.certificate)).toBe(false)
})

it('tells a changed list', async () => {
  const der = Buffer.from(await buildCrl({ number: 1, ...times, entries: [] }, intermediate))
  expect(crlHolds(parseCrl(der), intermediate.certificate)).toBe(true)
  der[der.indexOf(Buffer.from('Issuing'))] = 0x4a
  expect(crlHolds(parseCrl(der), intermediate.certificate)).toBe(false)
})

it('is refused where it tells its signature algorithm twice, differently', async () => {
  const der = Buffer.from(await buildCrl({ number: 1, ...times, entries: [] }, intermediate))
  // ecdsa-with-SHA256, RFC 5758: inside of what is signed, then beside the signature.
  const algorithm = Buffer.from('06082a8648ce3d040302', 'hex')
  const inner = der.indexOf(algorithm)
  expect(der.indexOf(algorithm, inner + 1)).toBeGreaterThan(inner)
  der[inner + algorithm.length - 1] = 3
  expect(() => parseCrl(der)).toThrow(/told twice, differently/)
})

it('is refused to those who may not sign one', async () => {
  const certificate = await newLeaf(intermediate, ['a.example'])
  const nobody = { certificate, signer: intermediate.signer }
  await expect(buildCrl({ number: 1, ...times, entries: [] }, nobody)).rejects.toThrow(/may not/)
  const backwards = { number: 1, thisUpdate: now, nextUpdate: now, entries: [] }
  await expect(buildCrl(backwards, intermediate)).rejects.toThrow(/before this one/)
})

describeWith(await requireComponent('openssl'), 'openssl and lists', (openssl) => {
  it('holds a certificate revoked that is in the list', async () => {
    const leaf = await newLeaf(intermediate, ['a.example'])
    const other = await newLeaf(intermediate, ['b.example'])
    const serial = serialMagnitude(leaf.serialNumber)
    const entries = [encodeEntry(serial, { at: now, reason: 'keyCompromise' })]
    const crl = encodePem(
      'X509 CRL',
      await buildCrl({ number: 7, ...times, entries }, intermediate),
    )
    const files = {
      root: pemOf(root.certificate),
      chain: pemOf(intermediate.certificate),
      crl,
      leaf: pemOf(leaf),
      other: pemOf(other),
    }
    const show = runOn(openssl, ['crl', '-in', '@crl', '-noout', '-text'], files)
    expect(show.output).toMatch(/Key Compromise/)
    expect(show.output).toMatch(/X509v3 CRL Number:\s+7/)
    const signed = ['crl', '-in', '@crl', '-noout', '-CAfile', '@chain']
    expect(runOn(openssl, signed, files).output).toContain('verify OK')
    const check = ['verify', '-x509_strict', '-crl_check', '-CAfile', '@root', '-CRLfile', '@crl']
    expect(runOn(openssl, [...check, '-untrusted', '@chain', '@leaf'], files).output).toContain(
      'certificate revoked',
    )
    expect(runOn(openssl, [...check, '-untrusted', '@chain', '@other'], files).status).toBe(0)
  })

  it('reads a partition and an empty list', async () => {
    const partition = { url: 'http://pki.example/1.crl' }
    const der = await buildCrl({ number: 1, ...times, entries: [], partition }, intermediate)
    const { output } = runOn(openssl, ['crl', '-inform', 'DER', '-in', '@crl', '-noout', '-text'], {
      crl: der,
    })
    expect(output).toContain('X509v3 Issuing Distribution Point: critical')
    expect(output).toContain('URI:http://pki.example/1.crl')
    expect(output).toContain('No Revoked Certificates')
  })
})
