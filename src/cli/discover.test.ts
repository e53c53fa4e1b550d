import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import type { Sighting } from '../trust/connectors/discover/contract.ts'
import {
  newHierarchy,
  newKey,
  newLeaf,
  now,
  pemOf,
  period,
} from '../trust/x509/authority.fixture.ts'
import { issueIntermediate, issueRoot } from '../trust/x509/profile.ts'
import { createSoftwareSigner, exportPublicKey } from '../trust/x509/signer.ts'
import { fails, readThreshold } from './discover-fail-on.ts'
import { inventoryOf } from './discover-inventory.ts'
import { tableOf } from './discover-report.ts'
import { panthera } from './fixtures/command.ts'

const cwd = mkdtempSync(join(tmpdir(), 'panthera-cli-'))
const servers: Server[] = []
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true })
  for (const server of servers) server.close()
})

const { root, intermediate } = await newHierarchy()
const privateKey = newKey('P-256')
const publicKeyInfo = exportPublicKey(privateKey)
const issuer = intermediate.certificate
const good = await newLeaf(intermediate, ['localhost'], { publicKeyInfo })
const soon = await newLeaf(intermediate, ['soon.example'], period(-80, 10))
const ended = await newLeaf(intermediate, ['ended.example'], period(-90, -1))
const own = await issueRoot(
  {
    subject: { CN: 'own.example' },
    pathLength: 0,
    serialNumber: Buffer.alloc(16, 7),
    ...period(-1, 90),
  },
  createSoftwareSigner(privateKey),
)

// Most private issuers say where their root is had, which no server sends.
const pointing = await issueIntermediate(
  {
    subject: { O: 'Example', CN: 'Example Issuing' },
    pathLength: 0,
    serialNumber: Buffer.alloc(16, 8),
    publicKeyInfo: intermediate.signer.publicKeyInfo,
    issuerUrls: ['http://pki.example/root.crt'],
    ...period(-1, 1825),
  },
  root,
)
const other = (await newHierarchy()).intermediate.certificate

const discover = (args: string[]) => panthera(['discover', ...args], { cwd })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

function seen(leaf: { der: Uint8Array }, more: Partial<Sighting> = {}): Sighting {
  return {
    ...{ der: leaf.der, chain: [issuer.der], source: 'network', hostname: '10.0.0.1' },
    ...{ path: '10.0.0.1:443', hasPrivateKey: false },
    tls: { protocol: 'TLSv1.3', serverName: null },
    ...more,
  }
}

describe('the inventory', () => {
  const asked = { hostname: 'a.example', tls: { protocol: 'TLSv1.3', serverName: 'a.example' } }
  it.each<[string, string[], Sighting]>([
    ['nothing wrong', [], seen(good)],
    ['an end', ['expired'], seen(ended)],
    ['an end to come', ['expiring'], seen(soon)],
    ['its own issuer', ['self_signed'], seen(own, { chain: [] })],
    ['no root in a file', [], seen(own, { chain: [], source: 'filesystem' })],
    ['no issuer', ['chain_incomplete'], seen(good, { chain: [] })],
    ['an issuer of something else', ['chain_incomplete'], seen(good, { chain: [other.der] })],
    ['no root that is had elsewhere', [], seen(good, { chain: [pointing.der] })],
    ['no issuer in a file', [], seen(good, { chain: [], source: 'filesystem' })],
    ['another name', ['name_mismatch'], seen(good, asked)],
    [
      'its name',
      [],
      seen(good, {
        ...asked,
        hostname: 'localhost',
        tls: { protocol: 'TLSv1.2', serverName: 'localhost' },
      }),
    ],
    [
      'an old protocol',
      ['old_protocol'],
      seen(good, { tls: { protocol: 'TLSv1.1', serverName: null } }),
    ],
  ])('tells %s', (_, expected, sighting) => {
    const [found] = inventoryOf([sighting], now)
    expect(found?.problems.map(({ code }) => code)).toEqual(expected)
  })

  it('has one entry per certificate, the most urgent first, names before addresses', () => {
    const named = { hostname: 'web.example', path: 'web.example:443' }
    const found = inventoryOf([seen(good), seen(good, named), seen(ended), seen(soon)], now)
    expect(found.map(({ name, places }) => [name, places.map(({ path }) => path)])).toEqual([
      ['ended.example', ['10.0.0.1:443']],
      ['soon.example', ['10.0.0.1:443']],
      ['localhost', ['web.example:443', '10.0.0.1:443']],
    ])
    expect(tableOf(found)).toBe(
      [
        'NAME           ENDS        PROBLEMS  KEY       ISSUER           WHERE',
        'ended.example  1 day ago   expired   EC P-256  Example Issuing  10.0.0.1:443',
        'soon.example   in 10 days  expiring  EC P-256  Example Issuing  10.0.0.1:443',
        'localhost      in 90 days            EC P-256  Example Issuing  '.concat(
          'web.example:443 and 1 more',
        ),
        '',
      ].join('\n'),
    )
  })

  it('passes over what is no certificate by our reading', () => {
    expect(inventoryOf([seen({ der: Buffer.from('x') })], now)).toEqual([])
  })

  it.each([
    [undefined, false],
    ['never', false],
    ['expired', true],
    ['expiring=11', true],
    ['problems', true],
  ])('of a soon ended one fails on %s: %s', (text, expected) => {
    const found = inventoryOf([seen(text === 'expired' ? ended : soon)], now)
    expect(fails(found, readThreshold(text))).toBe(expected)
    expect(fails(inventoryOf([seen(good)], now), readThreshold(text))).toBe(false)
  })
})

describe('files', () => {
  writeFileSync(join(cwd, 'good.pem'), pemOf(good) + pemOf(issuer) + key)
  writeFileSync(join(cwd, 'ended.crt'), pemOf(ended))
  writeFileSync(join(cwd, 'broken.pem'), pemOf(soon).slice(0, 100))

  it('are told in a table, what could not be read beside it', async () => {
    const { code, stdout, stderr } = await discover(['files', '.'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^NAME +ENDS +PROBLEMS +KEY +ISSUER +WHERE\nended\.example +1 day ago/)
    expect(stdout).toMatch(/good\.pem, with its key\n$/)
    expect(stderr).toMatch(/^Not read:\n {2}\S+broken\.pem: .*\n2 certificates in 2 places, 1 with/)
  })

  it('are told as JSON, and end with the code that is asked for', async () => {
    const asked = ['files', '.', '--format', 'json', '--fail-on', 'expired']
    const { code, stdout } = await discover(asked)
    expect(code).toBe(1)
    const { certificates, skipped } = JSON.parse(stdout)
    expect(certificates).toMatchObject([
      { subject: 'CN=ended.example', daysLeft: -1, problems: [{ code: 'expired' }] },
      { subject: 'CN=localhost', places: [{ hasPrivateKey: true, source: 'filesystem' }] },
    ])
    expect(skipped).toHaveLength(1)
    expect((await discover([...asked, '--exit-zero', '--strict'])).code).toBe(3)
  })
})

it('tells what servers show', async () => {
  const server = createServer({ key, cert: pemOf(good) + pemOf(issuer) })
  servers.push(server)
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { code, stdout, stderr } = await discover([
    'tls',
    'localhost',
    '127.0.0.1',
    '--ports',
    `${port}`,
  ])
  expect([code, stderr]).toEqual([0, '1 certificate in 2 places, none with problems\n'])
  expect(stdout).toMatch(new RegExp(`localhost:${port} and 1 more\\n$`))
})

it.each([
  [['tls', '10.0.0.0/8'], /16,777,214 addresses.*\n.*add --large/],
  [['tls', 'a.example', '--timeout', '0'], /It takes a number from 1 to 10000/],
  [['files', '.', '--fail-on', 'soon'], /It takes expired, expiring=DAYS/],
])('refuses %j with 2', async (args, why) => {
  const { code, stderr } = await discover(args)
  expect([code, stderr]).toEqual([2, expect.stringMatching(why)])
})
