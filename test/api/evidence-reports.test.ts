import { spawnSync } from 'node:child_process'
import { createHmac, createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toSignedEntity, Verifier } from '@sigstore/verify'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyIdOf } from '../../src/certus/seal/envelope.ts'
import { canonicalJson } from '../../src/certus/seal/json/canonical.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'
import { describeWith, requireComponent } from '../require.ts'

const chromium = await requireComponent('chromium')
const jq = await requireComponent('jq')

const pack = {
  repo_slug: 'acme/shop',
  commit_hash: 'a'.repeat(40),
  branch: 'main',
  findings: [
    {
      id: 'f',
      title: '<img src=x onerror=alert(1)> & "quoted"',
      severity: 'critical',
      cwe_id: 'CWE-89',
      file_path: "src/'<script>.ts",
    },
    { id: 'g', title: 'Cookie without Secure', severity: 'medium', cwe_id: 'CWE-614' },
  ],
  control_results: [
    { framework: 'soc2', control_id: 'CC6.1', status: 'pass' },
    { framework: 'soc2', control_id: 'CC7.1', status: 'pass' },
  ],
  grade: 'A',
  score: 100,
  evidence_pack_id: 'shop-1',
}

describe.skipIf(!hasDatabase)('what an auditor takes away', () => {
  let server: TestServer
  let bundle: Json
  beforeAll(async () => {
    server = await startTestServer()
    await submit(pack)
    bundle = (await read('/shop-1/bundle')).json
  })
  afterAll(() => server.stop())

  const submit = (content: Json, key?: { api_key: string; evidence_secret: string }) => {
    const text = canonicalJson(content)
    const secret = key?.evidence_secret ?? server.evidence_secret
    const signed_hash = createHmac('sha256', secret).update(text).digest('hex')
    return server.call('POST', '/certus/api/scans', {
      body: { ...content, signed_hash },
      ...(key === undefined ? {} : { key: key.api_key }),
    })
  }
  const read = (path: string) => server.call('GET', `/certus/api/evidence${path}`)
  const keyId = () => {
    const { x = '' } = createPublicKey(bundle.public_key).export({ format: 'jwk' })
    return keyIdOf(Buffer.from(x, 'base64url'))
  }

  it('200: a report that says what was verified, the way up, and what was not tested', async () => {
    const { status, text, headers } = await read('/shop-1/report')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    for (const words of [
      '<b>Verified</b>',
      'Claimed: A with 100, which is not what the content comes to',
      'The cheapest way to C',
      '5 of 61 controls tested',
      'Not tested (56):',
      'CWE-89 → injection → this control',
      `npx panthera evidence verify bundle.json --key ${keyId()}`,
    ]) {
      expect(text).toContain(words)
    }
    // Each finding of the way up has one number.
    expect(text).toMatch(/<ol>\s*<li>/)
    expect(text).not.toMatch(/<li>\s*<li>/)
  })

  it('200: nothing of what was scanned is markup, and nothing is loaded', async () => {
    const { text, headers } = await read('/shop-1/report')
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;')
    expect(text).toContain('src/&#39;&lt;script&gt;.ts')
    expect(text).not.toMatch(/<(?:script|img|link|iframe|object|form)|<[^>]*\son\w+=|https?:/i)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/)
    expect(policy).not.toContain('unsafe')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('200: OSCAL, the same bytes each time', async () => {
    const [first, again] = [await read('/shop-1/oscal'), await read('/shop-1/oscal')]
    expect([first.status, first.text]).toEqual([200, again.text])
    const [result] = first.json['assessment-results'].results
    const states = result.findings.map(({ title, target }: Json) => [title, target.status.state])
    expect(states).toEqual([
      ['soc2 CC6.1', 'not-satisfied'],
      ['soc2 CC6.6', 'not-satisfied'],
      ['soc2 CC6.7', 'not-satisfied'],
      ['soc2 CC7.1', 'satisfied'],
      ['soc2 PI1.2', 'not-satisfied'],
    ])
  })

  it('400 and 404: another format, no such pack', async () => {
    expect((await read('/shop-1/report?format=docx')).status).toBe(400)
    for (const path of ['/none/report', '/none/oscal']) {
      const { status, json } = await read(path)
      expect([status, json.error.code]).toEqual([404, 'evidence_pack_not_found'])
    }
  })

  it('200 and 500: a damaged pack is told of, and not vouched for', async () => {
    await submit({ ...pack, evidence_pack_id: 'damaged' })
    const database = new Client(server.databaseUrl)
    await database.connect()
    await database.query('alter table evidence_packs no force row level security')
    await database.query(`update evidence_packs set branch = 'other' where id = 'damaged'`)
    await database.end()
    const report = await read('/damaged/report')
    expect(report.text).toContain('Not verified: do not rely on this report')
    expect(report.text).toContain('not as it was signed: branch')
    const oscal = await read('/damaged/oscal')
    expect([oscal.status, oscal.json.error.code]).toEqual([500, 'evidence_damaged'])
  })

  it('200: secrets of revoked keys verify what they sealed, and seal nothing new', async () => {
    const body = { surface: 'certus', name: 'ci', scopes: ['write:scans'] }
    const { json: key } = await server.call('POST', '/console/api/keys', { body })
    expect((await submit({ ...pack, evidence_pack_id: 'revoked-1' }, key)).status).toBe(201)
    expect((await server.call('DELETE', `/console/api/keys/${key.id}`)).status).toBeLessThan(300)
    const { verification } = (await read('/revoked-1')).json
    expect(verification).toMatchObject({ verdict: 'verified' })
    expect(verification.checks).toContainEqual({ check: 'seal', holds: true })
    const more = { ...pack, evidence_pack_id: 'revoked-2' }
    expect((await submit(more, key)).status).toBe(401)
    // Nor does another key speak with that secret.
    const lent = { api_key: server.keys.certus ?? '', evidence_secret: key.evidence_secret }
    const { status, json } = await submit(more, lent)
    expect([status, json.error.code]).toEqual([400, 'invalid_seal'])
  })

  it('is what @sigstore/verify accepts, and refuses once it is changed', () => {
    const publicKey = createPublicKey(bundle.public_key)
    const trusted = {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey: () => ({ publicKey, validFor: () => true }),
    }
    const none = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }
    const verifies = (change: (envelope: Json) => void) => {
      const envelope = JSON.parse(bundle.envelope)
      change(envelope)
      const [{ keyid, sig }] = envelope.signatures
      const dsseEnvelope = {
        payloadType: envelope.payloadType,
        payload: Buffer.from(envelope.payload, 'base64'),
        signatures: [{ keyid, sig: Buffer.from(sig, 'base64') }],
      }
      const entity = toSignedEntity({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        content: { $case: 'dsseEnvelope', dsseEnvelope },
        verificationMaterial: {
          content: { $case: 'publicKey', publicKey: { hint: keyid } },
          tlogEntries: [],
          timestampVerificationData: undefined,
        },
      })
      return new Verifier(trusted, none).verify(entity)
    }
    expect(verifies(() => {}).key).toBeDefined()
    const changes: ((envelope: Json) => void)[] = [
      (envelope) => {
        const text = Buffer.from(envelope.payload, 'base64').toString()
        const better = text.replace('"critical":1', '"critical":0')
        expect(better).not.toBe(text)
        envelope.payload = Buffer.from(better).toString('base64')
      },
      (envelope) => {
        envelope.payloadType = 'application/vnd.in-toto'
      },
      (envelope) => {
        const sig = Buffer.from(envelope.signatures[0].sig, 'base64')
        sig.writeUInt8(sig.readUInt8(5) ^ 1, 5)
        envelope.signatures[0].sig = sig.toString('base64')
      },
    ]
    for (const change of changes) expect(() => verifies(change)).toThrow()
  })

  describeWith(jq, 'the recipe for openssl', () => {
    it('holds for the bundle that carries it, and for no other', () => {
      const folder = mkdtempSync(join(tmpdir(), 'panthera-recipe-'))
      writeFileSync(join(folder, 'verify.sh'), bundle.openssl_recipe)
      const run = (changed: Json, id = keyId()) => {
        writeFileSync(join(folder, 'bundle.json'), JSON.stringify(changed))
        return spawnSync('sh', ['verify.sh', 'bundle.json', id], { cwd: folder, encoding: 'utf8' })
      }
      const whole = run(bundle)
      expect([whole.status, whole.stdout]).toEqual([0, expect.stringContaining('holds: ')])
      const envelope = JSON.parse(bundle.envelope)
      const payload = Buffer.from(envelope.payload, 'base64').toString()
      const forged = Buffer.from(payload.replace('"A"', '"B"')).toString('base64')
      for (const changed of [
        { ...bundle, content: bundle.content.replace('CWE-89', 'CWE-79') },
        { ...bundle, signed_hash: '0'.repeat(64) },
        { ...bundle, envelope: JSON.stringify({ ...envelope, payload: forged }) },
      ]) {
        expect(run(changed).status).toBe(1)
      }
      expect(run(bundle, '0'.repeat(64)).status).toBe(1)
      rmSync(folder, { recursive: true })
    })
  })

  describeWith(chromium, 'as PDF', () => {
    it('200: made by Chromium', async () => {
      const answer = await fetch(`${server.url}/certus/api/evidence/shop-1/report?format=pdf`, {
        headers: { authorization: `Bearer ${server.keys.certus}` },
      })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/pdf'])
      const bytes = Buffer.from(await answer.arrayBuffer())
      expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
    })
  })
})
