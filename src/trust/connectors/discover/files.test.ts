import { spawnSync } from 'node:child_process'
import { createHash, type KeyObject, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { describeWith, requireComponent } from '../../../../test/require.ts'
import { newHierarchy, newKey, newLeaf, pemOf, runOn } from '../../x509/authority.fixture.ts'
import { fingerprintOf } from '../../x509/certificate.ts'
import { writePkcs12 } from '../../x509/pkcs12/write.ts'
import { exportPublicKey } from '../../x509/signer.ts'
import {
  type Discovered,
  type DiscoveryState,
  FilesSettings,
  isSighting,
  isUnchanged,
  type KnownCertificate,
} from './contract.ts'
import { readCertificates } from './files/read.ts'
import { isLikely } from './files/recognize.ts'
import { discoverFiles } from './files.ts'

const top = mkdtempSync(join(tmpdir(), 'panthera-discover-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const { root, intermediate } = await newHierarchy()
const issuer = intermediate.certificate
const privateKey = newKey('P-256')
const leaf = await newLeaf(intermediate, ['a.example'], {
  publicKeyInfo: exportPublicKey(privateKey),
})
const other = await newLeaf(intermediate, ['b.example'])
const keyPem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const closedKey = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'word' })
  .toString()

let folders = 0
function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = join(top, String(folders++))
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

async function look(
  folder: string,
  more: Partial<FilesSettings> & { deep?: boolean; state?: DiscoveryState } = {},
): Promise<unknown[]> {
  const { deep = false, state, ...rest } = more
  const settings = { ...FilesSettings.parse({ paths: [folder], ...rest }), deep }
  const context = {
    ...{ signal: new AbortController().signal, hostname: 'here' },
    ...(state === undefined ? {} : { state }),
  }
  return (await Array.fromAsync(discoverFiles(settings, context))).map((each) =>
    short(each, folder),
  )
}

/** Path, name, length of the chain, and whether the key is there. */
function short(each: Discovered, folder: string): unknown {
  const path = each.path.slice(folder.length + 1)
  if (isUnchanged(each)) return [path, 'unchanged', each.certificates.length]
  if (!isSighting(each)) return [path, each.reason]
  const name = named.get(fingerprintOf(each.der)) ?? 'unknown'
  const note = each.note === undefined ? [] : [each.note]
  return [path, name, each.chain.length, each.hasPrivateKey ? 'key' : 'no key', ...note]
}

const named = new Map([
  [leaf.fingerprint, 'leaf'],
  [other.fingerprint, 'other'],
  [issuer.fingerprint, 'issuer'],
  [root.certificate.fingerprint, 'root'],
])

const contents = { certificates: [leaf.der, issuer.der], privateKey, alias: 'a' }
const store = (password: string) =>
  writePkcs12(contents, { password, random: randomBytes, iterations: 10 })

/** As keytool writes it, but for the check value, which nobody reads without the password. */
function jks(entries: { alias: string; key?: boolean; chain: Uint8Array[] }[]): Buffer {
  const number = (value: number) => Buffer.from([value >> 24, value >> 16, value >> 8, value])
  const text = (value: string) => Buffer.from([0, value.length, ...Buffer.from(value)])
  const certificate = (der: Uint8Array) => [text('X.509'), number(der.length), der]
  const body = entries.flatMap(({ alias, key = false, chain }) => [
    ...[number(key ? 1 : 2), text(alias), Buffer.alloc(8)],
    ...(key ? [number(3), Buffer.from('key'), number(chain.length)] : []),
    ...chain.flatMap(certificate),
  ])
  const head = [number(0xfeedfeed), number(2), number(entries.length)]
  return Buffer.concat([...head, ...body, Buffer.alloc(20)])
}

describe('by name', async () => {
  const withKey = [['x.pem', 'leaf', 1, 'key']]
  const closed = 'a password closes a private key beside it, which may be its own'

  it.each<[string, Record<string, string | Uint8Array>, unknown[]]>([
    ['a chain and its key', { 'x.pem': pemOf(leaf) + pemOf(issuer) + keyPem(privateKey) }, withKey],
    [
      'a key beside it',
      { 'x.pem': pemOf(leaf) + pemOf(issuer), 'x.key': keyPem(privateKey) },
      withKey,
    ],
    [
      'a key in the folder of keys',
      { 'certs/x.crt': pemOf(leaf), 'private/x.key': keyPem(privateKey) },
      [['certs/x.crt', 'leaf', 0, 'key']],
    ],
    [
      'the key of another',
      { 'x.crt': pemOf(leaf), 'x.key': keyPem(newKey('P-256')) },
      [['x.crt', 'leaf', 0, 'no key']],
    ],
    [
      'a closed key',
      { 'x.crt': pemOf(leaf), 'x.key': closedKey },
      [['x.crt', 'leaf', 0, 'no key', closed]],
    ],
    [
      'several in one file, in any order',
      { 'x.pem': pemOf(issuer) + pemOf(other) + pemOf(leaf) },
      [
        ['x.pem', 'other', 1, 'no key'],
        ['x.pem', 'leaf', 1, 'no key'],
      ],
    ],
    ['DER', { 'x.cer': leaf.der }, [['x.cer', 'leaf', 0, 'no key']]],
    ['a key store', { 'x.p12': await store('changeit') }, [['x.p12', 'leaf', 1, 'key']]],
    [
      'a closed key store',
      { 'x.p12': await store('secret') },
      [['x.p12', 'a password closes it: put it into the file of passwords']],
    ],
    [
      'a Java key store, whose password nobody knows',
      {
        'x.jks': jks([
          { alias: 'a', key: true, chain: [leaf.der, issuer.der] },
          { alias: 'b', chain: [other.der] },
        ]),
      },
      [
        ['x.jks', 'leaf', 1, 'key'],
        ['x.jks', 'other', 1, 'no key'],
      ],
    ],
    ['authorities', { 'ca.pem': pemOf(issuer) + pemOf(root.certificate) }, []],
    ['an authority with its key', { 'ca.pem': pemOf(issuer), 'ca.key': keyPem(privateKey) }, []],
    ['a broken one', { 'x.pem': pemOf(leaf).slice(0, 200) }, [['x.pem', expect.any(String)]]],
    ['files of another use', { 'x.key': 'hello', 'y.cer': 'hello', server: 'x', 'z.pem': '' }, []],
    ['other names', { 'x.txt': pemOf(leaf), 'README.md': pemOf(leaf) }, []],
    ['copies', { 'x.pem.bak': pemOf(leaf) }, [['x.pem.bak', 'leaf', 0, 'no key']]],
  ])('%s', async (_, files, expected) => {
    expect(await look(folderOf(files))).toEqual(expected)
  })

  it('tells authorities where that is asked for', async () => {
    const folder = folderOf({ 'ca.pem': pemOf(issuer) + pemOf(root.certificate) })
    expect(await look(folder, { authorities: true })).toEqual([
      ['ca.pem', 'issuer', 1, 'no key'],
      ['ca.pem', 'root', 0, 'no key'],
    ])
  })

  it('tries the passwords of a file, and not too many', async () => {
    const folder = folderOf({ 'x.p12': await store('secret'), words: 'first\nsecret\n' })
    const found = await look(folder, { passwordsFile: join(folder, 'words') })
    expect(found).toEqual([['x.p12', 'leaf', 1, 'key']])
    const many = folderOf({ words: 'word\n'.repeat(21) })
    await expect(look(many, { passwordsFile: join(many, 'words') })).rejects.toThrow(/over 20/)
    await expect(look(many, { passwordsFile: join(many, 'no') })).rejects.toThrow(/does not exist/)
  })
})

it('finds by content in a deep pass', async () => {
  const folder = folderOf({
    'notes.txt': `see:\n${pemOf(leaf)}`,
    blob: leaf.der,
    'java-store': jks([{ alias: 'a', key: true, chain: [other.der] }]),
    'letter.md': 'A file begins with -----BEGIN CERTIFICATE----- and so on.',
    data: randomBytes(5000),
  })
  expect(await look(folder, { deep: true })).toEqual([
    ['blob', 'leaf', 0, 'no key'],
    ['java-store', 'other', 0, 'key'],
    ['notes.txt', 'leaf', 0, 'no key'],
  ])
})

describe('a walk', () => {
  it('follows links within the tree alone, and opens no pipes', async () => {
    const outside = folderOf({ 'x.pem': pemOf(leaf) })
    const folder = folderOf({ 'archive/x1.pem': pemOf(other) })
    symlinkSync('archive/x1.pem', join(folder, 'live.pem'))
    symlinkSync(join(outside, 'x.pem'), join(folder, 'out.pem'))
    symlinkSync(outside, join(folder, 'out'))
    symlinkSync(folder, join(folder, 'loop'))
    spawnSync('mkfifo', [join(folder, 'pipe.pem')])
    expect(await look(folder)).toEqual([
      ['live.pem', 'other', 0, 'no key'],
      ['archive/x1.pem', 'other', 0, 'no key'],
    ])
  })

  it('has bounds, and tells where it ends', async () => {
    const deep = folderOf({ 'a/b/x.pem': pemOf(leaf) })
    expect(await look(deep, { depthMax: 1 })).toEqual([['a/b', 'too deep']])
    const large = folderOf({ 'x.pem': `${pemOf(leaf)}${' '.repeat(2000)}` })
    expect(await look(large, { sizeMax: 1024 })).toEqual([['x.pem', 'it has over 1024 bytes']])
    const many = folderOf({ 'a/1.pem': pemOf(leaf), 'b/2.pem': pemOf(leaf) })
    expect(await look(many, { filesMax: 1 })).toEqual([
      ['a/1.pem', 'leaf', 0, 'no key'],
      ['a', 'over 1 files; what follows it was not looked at'],
    ])
    await expect(look(join(top, 'nowhere'))).rejects.toThrow(/does not exist/)
  })

  it('leaves out what is named, and takes a file by itself', async () => {
    const folder = folderOf({ 'a/x.pem': pemOf(leaf), 'b/x.pem': pemOf(leaf), 'c/y.pem': '' })
    const exclude = ['a', join(folder, 'c')]
    expect(await look(folder, { exclude })).toEqual([['b/x.pem', 'leaf', 0, 'no key']])
    const [found] = await look(join(folder, 'a/x.pem'))
    expect(found).toEqual(['', 'leaf', 0, 'no key'])
  })
})

it('reads again only what has changed', async () => {
  const places = new Map<string, { stamp: string; found: readonly KnownCertificate[] }>()
  const state: DiscoveryState = {
    holds: (path) => (places.get(path)?.found.length ?? 0) > 0,
    recall: (path, stamp) => {
      const place = places.get(path)
      return place?.stamp === stamp ? place.found : undefined
    },
    remember: (path, stamp, found) => void places.set(path, { stamp, found }),
  }
  const folder = folderOf({ 'x.pem': pemOf(leaf), notes: pemOf(other), nothing: 'x' })
  const deep = { state, deep: true }
  expect(await look(folder, deep)).toEqual([
    ['notes', 'other', 0, 'no key'],
    ['x.pem', 'leaf', 0, 'no key'],
  ])
  const same = [
    ['notes', 'unchanged', 1],
    ['x.pem', 'unchanged', 1],
  ]
  expect(await look(folder, deep)).toEqual(same)
  // What a deep pass has found is followed by the others too.
  expect(await look(folder, { state })).toEqual(same)
  writeFileSync(join(folder, 'x.key'), keyPem(privateKey))
  expect(await look(folder, { state })).toEqual([
    ['notes', 'other', 0, 'no key'],
    ['x.pem', 'leaf', 0, 'key'],
  ])
  utimesSync(join(folder, 'notes'), 1, 1)
  expect(await look(folder, { state })).toEqual([
    ['notes', 'other', 0, 'no key'],
    ['x.pem', 'unchanged', 1],
  ])
})

describeWith(await requireComponent('openssl'), 'of openssl', () => {
  it('PKCS #12 without a password is read', async () => {
    const args = ['pkcs12', '-export', '-in', '@in', '-inkey', '@in', '-passout', 'pass:']
    const input = pemOf(leaf) + keyPem(privateKey)
    const { read } = runOn('openssl', [...args, '-out', '@out'], { in: input })
    expect(await look(folderOf({ 'x.pfx': read }))).toEqual([['x.pfx', 'leaf', 0, 'key']])
  })

  it.each(['PEM', 'DER'])('PKCS #7 in %s is read', async (form) => {
    const args = ['crl2pkcs7', '-nocrl', '-certfile', '@in', '-outform', form, '-out', '@out']
    const { read } = runOn('openssl', args, { in: pemOf(issuer) + pemOf(leaf) })
    expect(await look(folderOf({ 'x.p7b': read }))).toEqual([['x.p7b', 'leaf', 1, 'no key']])
  })
})

it('is not upset by broken and hostile bytes', async () => {
  const samples = [
    Buffer.from(pemOf(leaf) + keyPem(privateKey)),
    Buffer.from(leaf.der),
    Buffer.from(await store('changeit')),
    jks([{ alias: 'a', key: true, chain: [leaf.der] }]),
    runOn(
      'openssl',
      ['crl2pkcs7', '-nocrl', '-certfile', '@in', '-outform', 'DER', '-out', '@out'],
      {
        in: pemOf(leaf),
      },
    ).read,
  ]
  const random = sequenceOf('discover')
  for (const sample of samples) {
    for (let round = 0; round < 150; round++) {
      const bytes = Buffer.from(sample.subarray(0, 1 + (random() % Math.max(1, sample.length))))
      for (let at = 0; at < 4; at++) bytes[random() % bytes.length] = random() & 0xff
      expect(isLikely(bytes)).toBeTypeOf('boolean')
      const { unread } = readCertificates(bytes, ['changeit'])
      expect(unread).not.toContain('it cannot be read')
    }
  }
})

/** The same numbers in every run. */
function sequenceOf(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest()
  return () => {
    state = createHash('sha256').update(state).digest()
    return state.readUInt32BE(0)
  }
}
