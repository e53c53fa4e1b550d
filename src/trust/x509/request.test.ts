import { createPrivateKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { describeWith, requireComponent } from '../../../test/require.ts'
import { parseAlternativeNames } from './alternative-name.ts'
import { keyKinds, newKey, runOn } from './authority.fixture.ts'
import { buildRequest, parseRequest } from './csr.ts'
import { rfc4514 } from './name.ts'
import { encodePem, onlyPem, parsePem } from './pem.ts'
import { readableKey } from './public-key.ts'
import { createSoftwareSigner } from './signer.ts'

const names = parseAlternativeNames(['a.example', '192.0.2.7'])
const wish = { subject: { O: 'A, B', CN: 'a.example' }, names }

describe('a request', () => {
  it.each(keyKinds)('of ours for %s is proven', async (kind) => {
    const request = parseRequest(await buildRequest(wish, createSoftwareSigner(newKey(kind))))
    expect(request.proven).toBe(true)
    expect(rfc4514(request.subject)).toBe('CN=a.example,O=A\\, B')
    expect(request.says.subjectAltName).toEqual(names)
    expect(readableKey(request.publicKey)).toBe(kind.replace('RSA-', 'RSA ').replace(/^P/, 'EC P'))
  })

  it('with another key in it is not', async () => {
    const [own, other] = [createSoftwareSigner(newKey('P-256')), newKey('P-256')]
    const { publicKeyInfo } = createSoftwareSigner(other)
    const request = parseRequest(await buildRequest(wish, { ...own, publicKeyInfo }))
    expect(request.proven).toBe(false)
  })

  it('without names asks for no extension', async () => {
    const signer = createSoftwareSigner(newKey('Ed25519'))
    const request = parseRequest(await buildRequest({ ...wish, names: [] }, signer))
    expect(request.extensions).toEqual([])
    expect(request.proven).toBe(true)
  })
})

describeWith(await requireComponent('openssl'), 'openssl and requests', (openssl) => {
  it('accepts ours', async () => {
    const der = await buildRequest(wish, createSoftwareSigner(newKey('P-384')))
    const csr = encodePem('CERTIFICATE REQUEST', der)
    const { output } = runOn(openssl, ['req', '-in', '@csr', '-verify', '-noout', '-text'], { csr })
    expect(output).toContain('verify OK')
    expect(output).toContain('DNS:a.example, IP Address:192.0.2.7')
  })

  it.each([
    ['rsa:2048', []],
    ['rsa:2048', ['-sigopt', 'rsa_padding_mode:pss']],
    ['ec', ['-pkeyopt', 'ec_paramgen_curve:P-521']],
    ['ed448', []],
  ])('makes ones that are read: %s %j', (kind, more) => {
    const args = ['req', '-new', '-newkey', kind, '-noenc', '-keyout', '@key', '-subj', '/CN=b']
    const extension = ['-addext', 'subjectAltName=DNS:b.example', '-out', '@out']
    const { read, output } = runOn(openssl, [...args, ...more, ...extension])
    expect(read.length, output).toBeGreaterThan(0)
    const request = parseRequest(onlyPem(read.toString(), 'CERTIFICATE REQUEST'))
    expect(request.proven).toBe(true)
    expect(request.says.subjectAltName).toEqual([{ kind: 'dns', value: 'b.example' }])
  })
})

describe('PEM', () => {
  const block = encodePem(
    'THING',
    Buffer.from('some bytes that are longer than one line of Base64'),
  )

  it('is found among other text, with any line ends', () => {
    const text = `Bag Attributes\n  x: -----\n${block}junk\r\n${block.replaceAll('\n', '\r\n')}`
    expect(parsePem(text).map(({ label, line }) => [label, line])).toEqual([
      ['THING', 3],
      ['THING', 8],
    ])
    expect(parsePem('nothing here')).toEqual([])
  })

  it.each([
    ['an open end', block.slice(0, 60)],
    ['another end', block.replace('END THING', 'END OTHER')],
    ['what is not Base64', block.replace('c29t', 'c2*t')],
    ['no content', '-----BEGIN A-----\n-----END A-----\n'],
    ['too many', block.repeat(10_001)],
  ])('with %s is refused', (_, text) => {
    expect(() => parsePem(text)).toThrow(/THING|PEM|A in line/)
  })

  it('keeps the headers of old keys out of the bytes', () => {
    const { privateKey } = { privateKey: newKey('RSA-2048') }
    const der = privateKey.export({ type: 'pkcs1', format: 'der' })
    const text = encodePem('RSA PRIVATE KEY', der).replace('\n', '\nProc-Type: 4\n\n')
    const bytes = onlyPem(text, 'RSA PRIVATE KEY')
    const key = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs1' })
    expect(key.asymmetricKeyType).toBe('rsa')
  })

  it('must be the only one where one is wanted', () => {
    expect(() => onlyPem(block + block, 'THING')).toThrow(/there is 2/)
    expect(() => onlyPem(block, 'OTHER')).toThrow(/there is no/)
  })
})
