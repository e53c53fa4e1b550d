import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { dayMs, newHierarchy, newKey, newLeaf, now, pemOf, period } from '../authority.fixture.ts'
import { buildCrl, encodeEntry } from '../crl/build.ts'
import { buildRequest } from '../csr.ts'
import { encodePem } from '../pem.ts'
import { writePkcs12 } from '../pkcs12/write.ts'
import { createSoftwareSigner, exportPublicKey } from '../signer.ts'
import { inspectFile } from './inspect.ts'

const { root, intermediate } = await newHierarchy()
const [top, middle] = [root.certificate, intermediate.certificate]
const privateKey = newKey('P-256')
const publicKeyInfo = exportPublicKey(privateKey)
const pointers = { issuerUrls: ['http://pki.example/ca.cer'] }
const leaf = await newLeaf(intermediate, ['a.example'], { publicKeyInfo, ...pointers })
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
const key = encodePem('PRIVATE KEY', pkcs8)
const otherKey = newKey('P-256').export({ type: 'sec1', format: 'pem' }).toString()
const pkcs12 = await writePkcs12(
  { certificates: [leaf.der, middle.der], privateKey, alias: 'web' },
  { password: 'word', random: randomBytes, iterations: 1 },
)

function look(content: string | Uint8Array, more: { password?: string; at?: Date } = {}) {
  return inspectFile(Buffer.from(content), { at: now, password: null, ...more })
}

const codes = (...args: Parameters<typeof look>) =>
  look(...args).problems.map(({ severity, code, subject }) => [severity, code, subject])

describe('what is wrong', async () => {
  const crl = await buildCrl(
    {
      number: 1,
      thisUpdate: period(-1, 0).validFrom,
      nextUpdate: period(0, 1).validTo,
      entries: [encodeEntry(leaf.serialBytes, { at: now, reason: 'keyCompromise' })],
    },
    intermediate,
  )
  const list = encodePem('X509 CRL', crl)
  const short = await newLeaf(intermediate, ['s.example'], period(-40, 10))
  const weak = await newLeaf(intermediate, ['w.example'], { names: [{ kind: 'dns', value: 'w_' }] })
  const [own, other] = [createSoftwareSigner(newKey('P-256')), createSoftwareSigner(privateKey)]
  const wish = { subject: { CN: 'r' }, names: [] }
  const forged = await buildRequest(wish, { ...own, publicKeyInfo: other.publicKeyInfo })
  const chain = pemOf(leaf) + pemOf(middle)

  it.each<[string, unknown[], string, Parameters<typeof look>[1]?]>([
    ['nothing', [], chain + key],
    ['nothing with its root', [], chain + pemOf(top)],
    ['another order', [['warning', 'wrong_order', null]], pemOf(middle) + pemOf(leaf)],
    ['a missing issuer', [['warning', 'issuer_missing', 'a.example']], pemOf(leaf)],
    ['another key', [['error', 'key_mismatch', null]], chain + otherKey],
    ['an old one', [['error', 'expired', 'a.example']], chain, { at: period(0, 91).validTo }],
    ['one that ends soon', [['warning', 'expiring', 's.example']], pemOf(short) + pemOf(middle)],
    ['a revoked one', [['error', 'revoked', 'a.example']], chain + list],
    ['a false proof', [['error', 'not_proven', 'CN=r']], encodePem('CERTIFICATE REQUEST', forged)],
    ['a broken block', [['error', 'unreadable', null]], chain + encodePem('CERTIFICATE', crl)],
    [
      'bad names',
      [['error', 'e_subject_common_name_not_exactly_from_san', 'w.example']],
      pemOf(weak) + pemOf(middle),
    ],
    [
      'an old list',
      [
        ['error', 'expired', 'CRL of CN=Example Issuing, O=Example'],
        ['error', 'revoked', 'a.example'],
      ],
      chain + list,
      { at: new Date(now.getTime() + 2 * dayMs) },
    ],
  ])('%s', (_, expected, text, more) => {
    expect(codes(text, more)).toEqual(expected)
  })
})

describe('a file', () => {
  it.each([
    ['PEM', pemOf(leaf)],
    ['DER', leaf.der],
  ])('of %s is known by itself', (format, content) => {
    const found = look(content)
    expect(found).toMatchObject({ format, privateKeys: 0, chains: [{ complete: false }] })
    expect(found.certificates).toMatchObject([
      {
        subject: 'CN=a.example',
        issuer: 'CN=Example Issuing,O=Example',
        fingerprint: leaf.fingerprint,
        key: 'EC P-256',
        names: ['DNS: a.example'],
        purposes: ['serverAuth'],
        issuerUrls: pointers.issuerUrls,
        hasPrivateKey: false,
        authority: false,
      },
    ])
  })

  it('of DER may be a key or a list as well', async () => {
    expect(look(pkcs8)).toMatchObject({ format: 'DER', privateKeys: 1, certificates: [] })
    const times = { thisUpdate: now, nextUpdate: period(0, 1).validTo }
    const crl = await buildCrl({ number: 5, ...times, entries: [] }, intermediate)
    expect(look(crl).lists).toMatchObject([{ number: '05', revoked: 0 }])
  })

  it('of PKCS #12 is opened by its password', () => {
    const open = look(pkcs12, { password: 'word' })
    expect(open).toMatchObject({ format: 'PKCS #12', privateKeys: 1, problems: [] })
    expect(open.certificates).toMatchObject([
      { alias: 'web', hasPrivateKey: true },
      { alias: null, hasPrivateKey: false },
    ])
    expect(codes(pkcs12)).toEqual([['warning', 'locked', null]])
    expect(() => look(pkcs12, { password: 'wrong' })).toThrow(/does not open/)
  })

  it('with an encrypted key is told to be locked', () => {
    const locked = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'word' })
      .toString()
    expect(look(locked).privateKeys).toBe(0)
    expect(codes(locked)).toEqual([['warning', 'locked', null]])
    expect(look(locked, { password: 'word' }).privateKeys).toBe(1)
  })

  it.each(['', 'hello', '-----BEGIN X', '\u0030\u0080'])('of %j is refused', (content) => {
    expect(() => look(content)).toThrow()
  })
})
