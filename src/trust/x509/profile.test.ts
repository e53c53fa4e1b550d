import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { describeWith, requireComponent } from '../../../test/require.ts'
import { parseAlternativeNames } from './alternative-name.ts'
import {
  keyKinds,
  leafWish,
  newHierarchy,
  newKey,
  newLeaf,
  pemOf,
  period,
  runOn,
  withoutConstraints,
} from './authority.fixture.ts'
import { parseNameConstraint } from './name-constraint.ts'
import { issueIntermediate, issueLeaf, issueOcspResponder, issueRoot } from './profile.ts'
import { createSoftwareSigner, exportPublicKey } from './signer.ts'

const pointers = {
  crlUrls: ['http://pki.example/ca.crl'],
  ocspUrls: ['http://pki.example/ocsp'],
  issuerUrls: ['http://pki.example/ca.cer'],
}

describeWith(await requireComponent('openssl'), 'openssl and what is issued', (openssl) => {
  it.each(keyKinds)('verifies a chain of %s strictly', async (kind) => {
    const { root, intermediate } = await newHierarchy(kind)
    const publicKeyInfo = exportPublicKey(newKey(kind))
    const names = ['www.example.com', '*.example.com', '192.0.2.1', '2001:db8::1']
    const leaf = await newLeaf(intermediate, names, { publicKeyInfo, ...pointers })
    const files = {
      root: pemOf(root.certificate),
      chain: pemOf(intermediate.certificate),
      leaf: pemOf(leaf),
    }
    const checks = ['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'www.example.com']
    const args = ['verify', ...checks, '-CAfile', '@root', '-untrusted', '@chain', '@leaf']
    expect(runOn(openssl, args, files).output).toMatch(/leaf: OK\n$/)
    const ip = ['verify', '-verify_ip', '2001:db8::1', '-CAfile', '@root', '-untrusted', '@chain']
    expect(runOn(openssl, [...ip, '@leaf'], files).status).toBe(0)
  })

  it('reads every field as it was meant', async () => {
    const { intermediate } = await newHierarchy()
    const names = ['bücher.example', 'a@example.com', 'spiffe://example.com/web', '10.0.0.1']
    const leaf = await newLeaf(intermediate, names, {
      ...pointers,
      clientAuth: true,
      subject: { C: 'CH', O: 'Müller & Söhne', CN: 'bücher.example' },
      policies: ['2.23.140.1.2.1'],
    })
    const args = ['x509', '-in', '@leaf', '-noout', '-text', '-nameopt', 'RFC2253,-esc_msb,utf8']
    const { output, status } = runOn(openssl, args, { leaf: pemOf(leaf) })
    expect(status).toBe(0)
    for (const line of [
      'Version: 3 (0x2)',
      leaf.serialNumber,
      'Subject: CN=bücher.example,O=Müller & Söhne,C=CH',
      'Digital Signature',
      'CA:FALSE',
      'TLS Web Server Authentication, TLS Web Client Authentication',
      'DNS:xn--bcher-kva.example, email:a@example.com, URI:spiffe://example.com/web, IP Address:',
      'Policy: 2.23.140.1.2.1',
      'OCSP - URI:http://pki.example/ocsp',
      'CA Issuers - URI:http://pki.example/ca.cer',
      'URI:http://pki.example/ca.crl',
    ]) {
      expect(output).toContain(line)
    }
  })

  it('holds authorities to their name constraints', async () => {
    const signer = createSoftwareSigner(newKey('P-256'))
    const wish = { serialNumber: randomBytes(16), ...period(-1, 100), pathLength: 0 }
    const permitted = ['example.com', '10.0.0.0/8'].map(parseNameConstraint)
    const excluded = [parseNameConstraint('dns:bad.example.com')]
    const constrained = { subject: { CN: 'Small' }, nameConstraints: { permitted, excluded } }
    const certificate = await issueRoot({ ...wish, ...constrained }, signer)
    const careless = { signer, certificate: withoutConstraints(certificate) }
    const verdict = async (name: string) => {
      const subject = name === '10.1.2.3' ? {} : { CN: name }
      const leaf = await newLeaf(careless, [name], { subject })
      const issue = newLeaf({ certificate, signer }, [name])
      const files = { root: pemOf(certificate), leaf: pemOf(leaf) }
      const refused = await issue.then(
        () => false,
        ({ message }) => /by the name constraints of the issuer/.test(message),
      )
      return `${runOn(openssl, ['verify', '-CAfile', '@root', '@leaf'], files).output} ${refused}`
    }
    expect(await verdict('www.example.com')).toMatch(/OK\s+false$/)
    expect(await verdict('10.1.2.3')).toMatch(/OK\s+false$/)
    // OpenSSL would hold a common name of this form to what is permitted for hosts.
    const address = await newLeaf({ certificate, signer }, ['10.1.2.3'])
    expect(address.subject.rdns).toEqual([])
    for (const name of ['www.example.org', 'a.bad.example.com', '192.0.2.1']) {
      expect(await verdict(name)).toMatch(/(permitted|excluded) subtree violation.* true$/s)
    }
  })

  it('verifies a name that is too long for a common name', async () => {
    const { root, intermediate } = await newHierarchy()
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.com`
    const leaf = await newLeaf(intermediate, [long])
    expect(leaf.subject.rdns).toEqual([])
    const files = {
      root: pemOf(root.certificate),
      chain: pemOf(intermediate.certificate),
      leaf: pemOf(leaf),
    }
    const args = ['verify', '-x509_strict', '-verify_hostname', long, '-CAfile', '@root']
    expect(runOn(openssl, [...args, '-untrusted', '@chain', '@leaf'], files).output).toMatch(/OK/)
  })
})

describe('what is refused', () => {
  it.each([
    ['to outlive the issuer', period(-1, 4000), /outlive its issuer/],
    ['to end before it begins', period(10, 5), /end before it begins/],
    ['a short serial number', { serialNumber: randomBytes(8) }, /9 to 20 random bytes/],
    ['no name', { names: [] }, /needs a name/],
    ['no purpose', { serverAuth: false }, /for servers, for clients/],
    ['control characters', { subject: { CN: 'a\u0000b' } }, /control characters/],
    ['a long country', { subject: { C: 'CHE' } }, /C has more than 2 characters/],
    ['an empty organization', { subject: { O: ' ' } }, /O is empty/],
  ])('%s', async (_, more, message) => {
    const { intermediate } = await newHierarchy()
    await expect(issueLeaf(leafWish(['a.example'], more), intermediate)).rejects.toThrow(message)
  })

  it('keys that are weak, of another kind or broken', async () => {
    const { intermediate } = await newHierarchy()
    const spki = Buffer.from(exportPublicKey(newKey('P-256')))
    spki[40] = (spki[40] ?? 0) ^ 1
    const { generateKeyPairSync } = await import('node:crypto')
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const odd = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    const small = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })
    for (const [key, message] of [
      [spki, /not a valid key/],
      [exportPublicKey(weak.publicKey), /has 1024 bits/],
      [exportPublicKey(odd.publicKey), /is on secp256k1/],
      [exportPublicKey(small.publicKey), /exponent/],
    ] as const) {
      const wish = leafWish(['a.example'], { publicKeyInfo: key })
      await expect(issueLeaf(wish, intermediate)).rejects.toThrow(message)
    }
  })

  it('an issuer that is none, and authorities below the last', async () => {
    const { intermediate } = await newHierarchy()
    const certificate = await newLeaf(intermediate, ['a.example'])
    const noIssuer = { certificate, signer: intermediate.signer }
    await expect(newLeaf(noIssuer, ['b.example'])).rejects.toThrow(/no certificate authority/)
    const wish = { ...leafWish([]), subject: { CN: 'Deeper' }, pathLength: 0 }
    await expect(issueIntermediate(wish, intermediate)).rejects.toThrow(/none may stand below/)
  })
})

describe('an OCSP responder', () => {
  it('is trusted to answer and not asked about', async () => {
    const { intermediate } = await newHierarchy()
    const wish = { ...leafWish([]), subject: { CN: 'Responder' } }
    const { says } = await issueOcspResponder(wish, intermediate)
    expect(says.extendedKeyUsage).toEqual(['1.3.6.1.5.5.7.3.9'])
    expect(says.ocspNoCheck).toBe(true)
    expect(says.keyUsage).toEqual(['digitalSignature'])
  })
})

it('keeps serial numbers positive, whatever is drawn', async () => {
  const { intermediate } = await newHierarchy()
  for (const serialNumber of [Buffer.alloc(20, 0xff), Buffer.alloc(9)]) {
    const leaf = await newLeaf(intermediate, ['a.example'], { serialNumber })
    expect(leaf.serialBytes.length).toBe(serialNumber.length)
    expect(leaf.serialNumber).toMatch(/^[4-7]/)
  }
})

it('takes each name once', () => {
  const names = parseAlternativeNames(['A.example', 'a.example', '*.a.example'])
  expect(names.map(({ value }) => value)).toEqual(['a.example', '*.a.example'])
})
