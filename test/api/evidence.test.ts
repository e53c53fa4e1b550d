import { execFileSync, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyBundle } from '../../src/certus/seal/bundle.ts'
import { canonicalJson } from '../../src/certus/seal/json/canonical.ts'
import { leafHash } from '../../src/certus/seal/log/hash.ts'
import { openCheckpoint } from '../../src/certus/seal/log/note.ts'
import { consistencyHolds, inclusionHolds } from '../../src/certus/seal/log/verify.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const finding = {
  fingerprint: 'ctx1:0badc0de',
  title: 'SQL built from input',
  severity: 'high',
  scan_type: 'code',
  rule_id: 'sql-injection',
  file_path: 'src/orders.ts',
  line_number: 12,
  cwe_id: 'CWE-89',
}
const pack = {
  repo_slug: 'acme/shop',
  commit_hash: 'a'.repeat(40),
  branch: 'main',
  findings: [finding],
  control_results: [
    { framework: 'soc2', control_id: 'CC6.1', status: 'pass' },
    { framework: 'asvs', control_id: '1.2.4', status: 'not_tested' },
  ],
  grade: 'B',
  score: 80,
  evidence_pack_id: 'pack-1',
}

function sealed(content: Json, secret: string): Json {
  const signed_hash = createHmac('sha256', secret).update(canonicalJson(content)).digest('hex')
  return { ...content, signed_hash }
}

describe.skipIf(!hasDatabase)('evidence', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  const submit = (content: Json, secret = server.evidence_secret) =>
    server.call('POST', '/certus/api/scans', { body: sealed(content, secret) })
  const read = (path: string) => server.call('GET', `/certus/api${path}`)

  it('201: stores a sealed pack, and answers a repetition as the first time', async () => {
    const first = await submit(pack)
    expect(first).toMatchObject({ status: 201 })
    expect(Object.keys(first.json)).toEqual(['scan_id', 'stored_timestamp'])
    const again = await submit(pack)
    expect(again).toMatchObject({ status: 201, json: first.json })
    // The seal is of the meaning: order and space do not matter.
    const { signed_hash, ...rest } = sealed(pack, server.evidence_secret)
    const body = JSON.stringify({ signed_hash, ...rest }, null, 3)
    expect(await server.call('POST', '/certus/api/scans', { body })).toMatchObject({
      status: 201,
      json: first.json,
    })
  })

  it('201: has twenty senders of one pack store it once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => submit({ ...pack, evidence_pack_id: 'pack-many' })),
    )
    expect(new Set(answers.map(({ json }) => json.scan_id)).size).toBe(1)
  })

  it('200: reads it back verified, with what it claims beside what it comes to', async () => {
    await submit({ ...pack, evidence_pack_id: 'pack-claims', grade: 'A', score: 99.5 })
    const { status, json } = await read('/evidence/pack-claims')
    expect(status).toBe(200)
    expect(json).toMatchObject({
      repository: 'acme/shop',
      commit: pack.commit_hash,
      findings: { high: 1, total: 1 },
      control_results: pack.control_results,
      claimed: { grade: 'A', score: 99.5 },
      computed: { grade: 'B', score: 80, controls_score: 100, formula_version: 1 },
      differs: true,
      verification: { verdict: 'verified' },
    })
    const checks = json.verification.checks.map(({ check }: Json) => check)
    expect(checks).toEqual(['content', 'seal', 'signature', 'shown', 'log'])
  })

  it('200: lists by repository, time, framework and grade', async () => {
    const [before, after] = [-2, 2].map((days) => dayFromNow(days))
    const ids = async (query: string) => {
      const { json } = await read(`/evidence?${query}`)
      return json.evidence_packs.map(({ id }: Json) => id)
    }
    await submit({ ...pack, repo_slug: 'acme/other', evidence_pack_id: 'o', control_results: [] })
    expect(await ids('repository=acme/other')).toEqual(['o'])
    expect(await ids(`repository=acme/other&from=${before}`)).toEqual(['o'])
    expect(await ids(`repository=acme/other&to=${after}`)).toEqual(['o'])
    expect(await ids(`repository=acme/other&from=${after}`)).toEqual([])
    expect(await ids(`repository=acme/other&to=${before}`)).toEqual([])
    expect(await ids('framework=soc2')).not.toContain('o')
    expect(await ids('grade=F')).toEqual([])
    const { json } = await read('/evidence?limit=1&offset=1')
    expect(json).toMatchObject({ limit: 1, offset: 1 })
    expect(json.total).toBeGreaterThan(1)
    expect(json.evidence_packs).toHaveLength(1)
  })

  it('200: shows controls as the newest packs have them, and what is against them', async () => {
    const of = (id: string, more: object) =>
      submit({ ...pack, repo_slug: 'acme/controls', evidence_pack_id: id, ...more })
    await of('controls-old', { findings: [], control_results: [] })
    await of('controls-new', {
      control_results: [
        { framework: 'asvs', control_id: 'V1.2.4', status: 'pass' },
        { framework: 'asvs', control_id: '6.2.1', status: 'partial' },
      ],
    })
    const { status, json } = await read('/controls?framework=asvs&repository=acme/controls')
    expect([status, json.coverage]).toEqual([200, { tested: 2, total: 80 }])
    const control = (id: string) => json.controls.find((one: Json) => one.control_id === id)
    // The sender says that it passes; a finding of the same pack says otherwise.
    expect(control('V1.2')).toMatchObject({
      state: 'fail',
      results: [{ control_id: 'V1.2.4', status: 'pass', evidence_pack_id: 'controls-new' }],
      weaknesses: [{ cwe: 'CWE-89', severity: 'high', proof: 'injection', confidence: 'high' }],
    })
    expect(control('V6.2')).toMatchObject({ state: 'partial', weaknesses: [] })
    expect(control('V17.1')).toMatchObject({ state: 'not_tested', fresh_as_of: null })
    expect((await read('/controls?framework=none')).status).toBe(400)
    expect((await read('/frameworks')).json.frameworks).toHaveLength(10)
    expect((await read('/frameworks/soc2')).json).toMatchObject({ controls_total: 61 })
    expect((await read('/frameworks/none')).status).toBe(404)
  })

  it('200: gives a bundle that verifies without the server, until it is changed', async () => {
    await submit({ ...pack, evidence_pack_id: 'pack-bundle' })
    const bundle = (await read('/evidence/pack-bundle/bundle')).json
    const known = { keyIds: [], evidenceSecret: server.evidence_secret }
    const failed = (changed: Json) =>
      verifyBundle(changed, known).flatMap(({ check, holds }) => (holds === false ? [check] : []))
    expect(failed(bundle)).toEqual([])
    const content = bundle.content.replace('CWE-89', 'CWE-79')
    expect(failed({ ...bundle, content })).toEqual(['signature', 'seal'])
    expect(failed({ ...bundle, content: `${bundle.content} ` })).toContain('content')
    expect(failed({ ...bundle, envelope: '{}' })).toEqual(['signature', 'log'])
    const { log_proof } = bundle
    expect(failed({ ...bundle, log_proof: log_proof.replace('index ', 'index 9') })).toEqual([
      'log',
    ])
    const folder = mkdtempSync(join(tmpdir(), 'panthera-bundle-'))
    writeFileSync(join(folder, 'verify.mjs'), bundle.verifier)
    const byScript = (changed: Json) => {
      writeFileSync(join(folder, 'bundle.json'), JSON.stringify(changed))
      const { PATH } = process.env
      const env = { PATH, PANTHERA_EVIDENCE_SECRET: server.evidence_secret }
      const { status, stdout } = spawnSync(process.execPath, ['verify.mjs', 'bundle.json'], {
        cwd: folder,
        env,
        encoding: 'utf8',
      })
      return [status, ...(stdout.match(/^\w+(?= +FAILS)/gm) ?? [])]
    }
    expect(byScript(bundle)).toEqual([0])
    expect(byScript({ ...bundle, content })).toEqual([1, 'statement', 'seal'])
    expect(byScript({ ...bundle, envelope: `${bundle.envelope} ` })).toEqual([
      1,
      'signature',
      'log',
    ])
    const forged = bundle.log_proof.replace(/\n\d+\n/, '\n77\n')
    expect(byScript({ ...bundle, log_proof: forged })).toEqual([1, 'log', 'checkpoint'])
    writeFileSync(join(folder, 'key.pem'), bundle.public_key)
    writeFileSync(join(folder, 'message'), messageOf(bundle))
    const envelope = JSON.parse(bundle.envelope)
    writeFileSync(join(folder, 'sig'), Buffer.from(envelope.signatures[0].sig, 'base64'))
    const openssl = ['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', 'key.pem']
    const told = execFileSync('openssl', [...openssl, '-in', 'message', '-sigfile', 'sig'], {
      cwd: folder,
    })
    rmSync(folder, { recursive: true })
    expect(told.toString()).toContain('Verified Successfully')
  })

  it('200: serves its log as tiles, whose entries and proofs fit the checkpoint', async () => {
    await submit({ ...pack, evidence_pack_id: 'pack-log-1' })
    const before = (await read('/log/checkpoint')).text
    await submit({ ...pack, evidence_pack_id: 'pack-log-2' })
    const note = (await read('/log/checkpoint')).text
    const bundle = (await read('/evidence/pack-log-2/bundle')).json
    const [name = '', , ...key] = bundle.verifier_key.split('+')
    const keys = [{ name, publicKey: Buffer.from(key.join('+'), 'base64').subarray(1) }]
    const old = openCheckpoint(before, keys)
    const head = openCheckpoint(note, keys)
    expect(head.size).toBe(old.size + 1)
    const bytes = async (path: string) => {
      const response = await fetch(`${server.url}/certus/api/log/tile/${path}`, {
        headers: { authorization: `Bearer ${server.keys.certus}` },
      })
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) }
    }
    const hashes = (await bytes(`0/000.p/${head.size}`)).body
    expect(hashes).toHaveLength(32 * head.size)
    expect(hashes.subarray(-32)).toEqual(leafHash(Buffer.from(bundle.envelope)))
    expect((await bytes(`0/000.p/${head.size + 1}`)).status).toBe(404)
    expect((await bytes('0/000')).status).toBe(404)
    expect((await bytes('0/../1')).status).toBe(404)
    const entries = (await bytes(`entries/000.p/${head.size}`)).body
    expect(entries.toString()).toContain(bundle.envelope)
    const inclusion = (await read(`/log/inclusion?index=${head.size - 1}`)).json
    const path = inclusion.path.map((hash: string) => Buffer.from(hash, 'base64'))
    expect(inclusionHolds({ ...inclusion, path }, hashes.subarray(-32), head.root)).toBe(true)
    const grown = (await read(`/log/consistency?from=${old.size}`)).json
    const proof = grown.path.map((hash: string) => Buffer.from(hash, 'base64'))
    expect(
      consistencyHolds(
        { oldSize: old.size, size: grown.size, path: proof },
        { old: old.root, new: head.root },
      ),
    ).toBe(true)
  })

  it('200: tells what was changed in the database behind our back', async () => {
    await submit({ ...pack, evidence_pack_id: 'pack-tampered' })
    const failed = async () => {
      const { json } = await read('/evidence/pack-tampered')
      return json.verification.checks.filter(({ holds }: Json) => !holds).map((c: Json) => c.check)
    }
    const database = new Client(server.databaseUrl)
    await database.connect()
    const change = (statement: string) =>
      database.query(`${statement} where organization_id = $1`, [server.organization_id])
    try {
      await database.query('alter table evidence_packs no force row level security')
      await database.query('alter table evidence_log_tiles no force row level security')
      expect(await failed()).toEqual([])
      await change(`update evidence_packs set signed_hash = repeat('0', 64)`)
      expect(await failed()).toEqual(['seal', 'shown'])
      await change(`update evidence_packs set envelope = replace(envelope, 'DSSE', 'x')
        || ' '`)
      expect(await failed()).toContain('log')
      await change(`update evidence_log_tiles set hashes = substr(hashes, 1, 32)`)
      expect(await failed()).toContain('log')
    } finally {
      await database.end()
    }
  })
})

describe.skipIf(!hasDatabase)('evidence that is refused', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  const send = (body: unknown) => server.call('POST', '/certus/api/scans', { body })
  const own = (content: Json) => sealed(content, server.evidence_secret)

  it.each<[string, Json]>([
    ['commit_hash', { commit_hash: 'abc' }],
    ['commit_hash', { commit_hash: 'A'.repeat(40) }],
    ['repo_slug', { repo_slug: 'shop' }],
    ['grade', { grade: 'G' }],
    ['score', { score: 101 }],
    ['branch', { branch: '' }],
    ['findings.0.severity', { findings: [{ ...finding, severity: 'urgent' }] }],
    ['findings.0', { findings: [{ title: 'x', severity: 'low' }] }],
    [
      'control_results.0.status',
      { control_results: [{ ...pack.control_results[0], status: 'ok' }] },
    ],
    [
      'control_results.0.framework',
      { control_results: [{ ...pack.control_results[0], framework: 'soc3' }] },
    ],
    [
      'control_results.0.control_id',
      { control_results: [{ ...pack.control_results[0], control_id: 'CC6.9' }] },
    ],
    ['evidence_pack_id', { evidence_pack_id: 'a b' }],
    ['evidence_pack_id', { evidence_pack_id: 'scan-01890a5d-ac96-774b-bcce-b302099a8057' }],
    ['pull_request', { pull_request: 0 }],
    ['scanned_at', { scanned_at: 'yesterday' }],
    ['scanned_at', { scanned_at: '9999-12-31T23:59:59-01:00' }],
    ['scanned_at', { scanned_at: '0001-01-01T00:00:00+10:00' }],
    ['repo_slug', { repo_slug: '../..' }],
  ])('400: names %s in %j', async (field, change) => {
    const { status, json } = await send(own({ ...pack, ...change }))
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ code: 'invalid_request' })
    expect(json.error.message).toContain(field)
  })

  it('400: takes no seal of another secret or content, and no text of two meanings', async () => {
    const wrong = await send(sealed(pack, 'another secret'))
    expect(wrong).toMatchObject({ status: 400, json: { error: { code: 'invalid_seal' } } })
    const changed = await send({ ...own(pack), score: 81 })
    expect(changed).toMatchObject({ status: 400, json: { error: { code: 'invalid_seal' } } })
    const twice = JSON.stringify(own(pack)).replace('{', '{"grade":"A",')
    const { status, json } = await send(twice)
    expect([status, json.error.message]).toEqual([400, expect.stringContaining('twice')])
    expect((await server.call('GET', '/certus/api/evidence')).json).toMatchObject({ total: 0 })
  })

  it('400: takes no bytes that are not UTF-8, and no dates that are none', async () => {
    const body = Buffer.from(JSON.stringify(own({ ...pack, branch: 'main?' })))
    body[body.indexOf('main?') + 4] = 0xff
    const response = await fetch(`${server.url}/certus/api/scans`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.keys.certus}`,
        'content-type': 'application/json',
      },
      body,
    })
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('must be UTF-8'),
    ])
    for (const from of ['yesterday', '2026-02-30T', '0000-01-01T00:00:00+23:59']) {
      const answer = await server.call(
        'GET',
        `/certus/api/evidence?from=${encodeURIComponent(from)}`,
      )
      expect(answer.status).toBe(400)
    }
    const lower = encodeURIComponent('2026-02-05t10:30:00z')
    expect((await server.call('GET', `/certus/api/evidence?from=${lower}`)).status).toBe(200)
  })

  it('409: takes no other content under an id that is stored', async () => {
    await send(own(pack))
    const other = await send(own({ ...pack, branch: 'other' }))
    expect(other).toMatchObject({ status: 409, json: { error: { code: 'evidence_pack_exists' } } })
  })

  it('401, 403: takes packs only from keys that may', async () => {
    const without = await server.call('POST', '/certus/api/scans', { body: own(pack), key: null })
    expect(without.status).toBe(401)
    const made = await server.call('POST', '/console/api/keys', {
      body: { surface: 'certus', name: 'reader', scopes: ['read:evidence'] },
    })
    const { api_key: key, evidence_secret } = made.json
    const body = sealed({ ...pack, evidence_pack_id: 'x' }, evidence_secret)
    const reader = await server.call('POST', '/certus/api/scans', { body, key })
    expect(reader.status).toBe(403)
  })

  it('404: knows no pack of that id', async () => {
    const { status, json } = await server.call('GET', '/certus/api/evidence/none')
    expect([status, json.error.code]).toEqual([404, 'evidence_pack_not_found'])
  })

  it('429: says what is left of the month and when it begins anew', async () => {
    const small = await startTestServer({
      env: { PANTHERA_RATE_LIMITS: '{"certus.enterprise.month": 1}' },
    })
    try {
      const one = (id: string) =>
        small.call('POST', '/certus/api/scans', {
          body: sealed({ ...pack, evidence_pack_id: id }, small.evidence_secret),
        })
      // Copies that come at once take one from the quota, and all get the answer.
      const copies = await Promise.all(Array.from({ length: 5 }, () => one('a')))
      expect(copies.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
      const over = await one('b')
      expect(over).toMatchObject({ status: 429, json: { error: { code: 'quota_exhausted' } } })
      expect(over.json.error.details).toMatchObject({ limit: 1, remaining: 0 })
      expect((await one('a')).status).toBe(201)
    } finally {
      await small.stop()
    }
  })
})

/** A date, far enough from now that no midnight comes between. */
function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}

/** What DSSE signs, built here once more from the envelope's parts. */
function messageOf(bundle: Json): Buffer {
  const { payload, payloadType } = JSON.parse(bundle.envelope)
  const bytes = Buffer.from(payload, 'base64')
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `
  return Buffer.concat([Buffer.from(head), bytes])
}
