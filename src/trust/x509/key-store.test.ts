import { createPrivateKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { describeWith, requireComponent } from '../../../test/require.ts'
import { newHierarchy, newKey, newLeaf, pemOf, runOn } from './authority.fixture.ts'
import { DerReader } from './der/reader.ts'
import { octetString } from './der/writer.ts'
import { X509Error } from './error.ts'
import { isJks, readJks } from './jks.ts'
import { encodePem } from './pem.ts'
import { readPkcs12 } from './pkcs12/read.ts'
import { writePkcs12 } from './pkcs12/write.ts'
import { exportPublicKey } from './signer.ts'

const { root, intermediate } = await newHierarchy()
const privateKey = newKey('P-256')
const leaf = await newLeaf(intermediate, ['a.example'], {
  publicKeyInfo: exportPublicKey(privateKey),
})
const certificates = [leaf.der, intermediate.certificate.der]
const password = 'pässword 1'
const closing = { password, random: randomBytes, iterations: 1000 }
const contents = { certificates, privateKey, alias: 'a.example' }
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
const files = {
  leaf: pemOf(leaf),
  chain: pemOf(intermediate.certificate),
  root: pemOf(root.certificate),
  key: encodePem('PRIVATE KEY', pkcs8),
}
const same = (a: Uint8Array | undefined, b: Uint8Array) => Buffer.compare(a ?? Buffer.of(), b) === 0

describe('PKCS #12 of ours', async () => {
  const bytes = await writePkcs12(contents, closing)

  it('is read again', () => {
    const store = readPkcs12(bytes, password)
    expect(
      store.certificates.map(({ der }, n) => same(der, certificates[n] ?? Buffer.of())),
    ).toEqual([true, true])
    expect(same(store.privateKeys[0]?.der, pkcs8)).toBe(true)
    expect(store.certificates[0]?.keyId).toBe(store.privateKeys[0]?.keyId)
    expect(store.privateKeys[0]?.alias).toBe('a.example')
  })

  it('tells a wrong password, and without one that it is locked', () => {
    expect(() => readPkcs12(bytes, 'wrong')).toThrow(/does not open/)
    expect(readPkcs12(bytes, null)).toEqual({ certificates: [], privateKeys: [], locked: 2 })
  })

  it('is read with indefinite lengths and strings in pieces', () => {
    const store = readPkcs12(indefinite(bytes), password)
    expect(same(store.privateKeys[0]?.der, pkcs8)).toBe(true)
    expect(store.certificates).toHaveLength(2)
    const cut = indefinite(bytes).subarray(0, -3)
    expect(() => readPkcs12(cut, password)).toThrow(X509Error)
    const deep = Buffer.from('3080'.repeat(500), 'hex')
    expect(() => readPkcs12(deep, password)).toThrow(/too deeply/)
  })

  it('may ask for no more work than is bearable', async () => {
    const slow = Buffer.from(await writePkcs12(contents, { ...closing, iterations: 65_537 }))
    const at = slow.lastIndexOf(Buffer.from([2, 3, 1, 0, 1]))
    expect(at).toBeGreaterThan(slow.length - 10)
    slow.set([2, 3, 0x7f, 0xff, 0xff], at)
    expect(() => readPkcs12(slow, password)).toThrow(/at most 2000000 iterations/)
  })
})

describeWith(await requireComponent('openssl'), 'openssl and PKCS #12', (openssl) => {
  it('reads ours', async () => {
    const store = await writePkcs12(contents, closing)
    const args = ['pkcs12', '-in', '@store', '-passin', `pass:${password}`, '-noenc', '-info']
    const { output, status } = runOn(openssl, args, { store })
    expect(status, output).toBe(0)
    expect(output).toContain('PBES2, PBKDF2, AES-256-CBC, Iteration 1000, PRF hmacWithSHA256')
    expect(output).toContain('MAC: sha256, Iteration 1000')
    expect(output).toContain('friendlyName: a.example')
    expect(output.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(output).toContain('BEGIN PRIVATE KEY')
  })

  const legacy = ['-legacy', '-keypbe', 'PBE-SHA1-3DES']
  it.each([
    ['today', [], 'word'],
    ['without a password', [], ''],
    ['with its certificates open', ['-certpbe', 'NONE'], 'word'],
    ['of old with RC2 of 40 bits', [...legacy, '-certpbe', 'PBE-SHA1-RC2-40'], 'word'],
    ['of old with RC2 of 128 bits', [...legacy, '-certpbe', 'PBE-SHA1-RC2-128'], 'word'],
    ['of old with triple DES', [...legacy, '-certpbe', 'PBE-SHA1-3DES'], 'word'],
    ['of old with two keys', [...legacy, '-certpbe', 'PBE-SHA1-2DES'], 'word'],
    ['with SHA-512', ['-macalg', 'sha512'], 'word'],
    ['with AES-128', ['-certpbe', 'AES-128-CBC', '-keypbe', 'AES-192-CBC'], 'word'],
  ])('writes %s, and it is read', (_, more, secret) => {
    const args = ['pkcs12', '-export', '-in', '@leaf', '-inkey', '@key', '-certfile', '@chain']
    const out = [...more, '-name', 'ä', '-passout', `pass:${secret}`, '-out', '@out']
    const { read, output } = runOn(openssl, [...args, ...out], files)
    expect(read.length, output).toBeGreaterThan(0)
    const store = readPkcs12(read, secret)
    expect(store.certificates).toHaveLength(2)
    expect(store.certificates[0]?.alias).toBe('ä')
    const [key] = store.privateKeys
    if (key === undefined) throw new Error('there is no key')
    const opened = createPrivateKey({ key: Buffer.from(key.der), format: 'der', type: 'pkcs8' })
    expect(opened.equals(privateKey)).toBe(true)
    const open = more.includes('NONE')
    expect(readPkcs12(read, null).certificates).toHaveLength(open ? 2 : 0)
  })
})

describeWith(await requireComponent('keytool'), 'keytool', (keytool) => {
  const quiet = ['-storepass', 'changeit', '-noprompt']

  it('reads PKCS #12 of ours', async () => {
    const store = await writePkcs12(contents, { ...closing, password: 'changeit' })
    const args = ['-list', '-v', '-keystore', '@store', '-storetype', 'PKCS12', ...quiet]
    const { output, status } = runOn(keytool, args, { store })
    expect(status, output).toBe(0)
    expect(output).toContain('PrivateKeyEntry')
    expect(output).toContain('Certificate chain length: 2')
  }, 30_000)

  it.each(['JKS', 'PKCS12'])(
    'writes %s with a key, and it is read',
    async (type) => {
      const pkcs12 = await writePkcs12(contents, { ...closing, password: 'changeit' })
      const from = ['-importkeystore', '-srckeystore', '@pkcs12', '-srcstorepass', 'changeit']
      const to = ['-srcstoretype', 'PKCS12', '-destkeystore', '@out', '-deststoretype', type]
      const rest = ['-deststorepass', 'changeit', '-destkeypass', 'changeit', '-noprompt']
      const { read, output } = runOn(keytool, [...from, ...to, ...rest], { pkcs12 })
      expect(read.length, output).toBeGreaterThan(0)
      expect(isJks(read)).toBe(type === 'JKS')
      const store = isJks(read) ? readJks(read, 'changeit') : readPkcs12(read, 'changeit')
      expect(store.certificates.map(({ der }) => same(der, leaf.der))).toEqual([true, false])
      expect(store.privateKeys.map(({ alias }) => alias)).toEqual(['a.example'])
      expect(same(store.privateKeys[0]?.der, pkcs8)).toBe(true)
      if (type !== 'JKS') return
      expect(() => readJks(read, 'wrong')).toThrow(/does not open/)
      const open = readJks(read, null)
      expect([open.certificates.length, open.privateKeys.length, open.locked]).toEqual([2, 0, 1])
    },
    30_000,
  )

  it('writes a JKS of trusted certificates, which needs no password', () => {
    const args = ['-importcert', '-alias', 'top', '-file', '@root', '-keystore', '@out']
    const { read, output } = runOn(keytool, [...args, '-storetype', 'JKS', ...quiet], files)
    expect(read.length, output).toBeGreaterThan(0)
    expect(readJks(read, null).certificates.map(({ alias }) => alias)).toEqual(['top'])
  }, 30_000)
})

/** The same in BER, as some programs stream it. */
function indefinite(der: Uint8Array): Buffer {
  const reader = DerReader.of(der)
  const parts: Uint8Array[] = []
  while (!reader.done) {
    const element = reader.next(undefined, 'element')
    const content = der.subarray(element.content, element.end)
    const whole = der.subarray(element.start, element.end)
    const end = Uint8Array.of(0, 0)
    const half = Math.floor(content.length / 2)
    const pieces = [content.subarray(0, half), content.subarray(half)].map(octetString)
    if (element.tag & 0x20) parts.push(Uint8Array.of(element.tag, 0x80), indefinite(content), end)
    else if (element.tag === 4 && half > 200) parts.push(Uint8Array.of(0x24, 0x80), ...pieces, end)
    else if (element.tag === 0x80 && half > 200)
      parts.push(Uint8Array.of(0xa0, 0x80), ...pieces, end)
    else parts.push(whole)
  }
  return Buffer.concat(parts)
}
