import { createHmac, randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exceptionQueue } from '../../src/certus/exceptions/jobs.ts'
import { retentionQueue } from '../../src/certus/retention/jobs.ts'
import { openEnvelope } from '../../src/certus/seal/envelope.ts'
import { canonicalJson } from '../../src/certus/seal/json/canonical.ts'
import { leafHash } from '../../src/certus/seal/log/hash.ts'
import { openCheckpoint } from '../../src/certus/seal/log/note.ts'
import { openProof } from '../../src/certus/seal/log/proof.ts'
import { consistencyHolds, inclusionHolds } from '../../src/certus/seal/log/verify.ts'
import { statementPayloadType } from '../../src/certus/seal/statement.ts'
import { readConfig } from '../../src/platform/config.ts'
import { type Database, openDatabase } from '../../src/platform/db.ts'
import { parseMasterKey } from '../../src/platform/master-key.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { createSecrets } from '../../src/platform/secrets.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const pack = {
  repo_slug: 'acme/shop',
  commit_hash: 'a'.repeat(40),
  branch: 'main',
  findings: [{ id: 'f', title: 'SQL built from input', severity: 'high', cwe_id: 'CWE-89' }],
  control_results: [{ framework: 'soc2', control_id: 'CC6.1', status: 'pass' }],
  grade: 'B',
  score: 80,
  evidence_pack_id: 'shop-1',
}
const dayFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
const masterKey = randomBytes(32).toString('base64')

describe.skipIf(!hasDatabase)('evidence for auditors', () => {
  let server: TestServer
  let database: Client
  let db: Database
  beforeAll(async () => {
    server = await startTestServer({ env: { PANTHERA_MASTER_KEY: masterKey } })
    database = new Client(server.databaseUrl)
    await database.connect()
    db = openDatabase({ connection: server.databaseUrl, onError: () => {} })
    for (const name of ['packs', 'auditor_links', 'exceptions', 'repositories', 'log_records']) {
      await database.query(`alter table evidence_${name} no force row level security`)
    }
    await submit(pack)
    const other = [{ framework: 'asvs', control_id: 'V1.2', status: 'fail' }]
    await submit({
      ...pack,
      repo_slug: 'acme/other',
      evidence_pack_id: 'other-1',
      control_results: other,
    })
  })
  afterAll(async () => {
    await database.end()
    await db.close()
    await server.stop()
  })

  const submit = (content: Json) => {
    const text = canonicalJson(content)
    const signed_hash = createHmac('sha256', server.evidence_secret).update(text).digest('hex')
    return server.call('POST', '/certus/api/scans', { body: { ...content, signed_hash } })
  }
  const api = (method: string, path: string, body?: Json) =>
    server.call(method, `/certus/api${path}`, body === undefined ? {} : { body })
  const link = async (more: Json = {}) => {
    const body = { name: 'Audit 2026', expires_at: dayFromNow(7), ...more }
    return (await api('POST', '/auditor-links', body)).json
  }
  const as = (token: string | null, path: string) =>
    server.call('GET', `/certus/auditor${path}`, { key: token })
  const audit = async (action: string) => {
    await database.query('alter table audit_events no force row level security')
    const { rows } = await database.query(
      'select * from audit_events where action = $1 order by id',
      [action],
    )
    return rows
  }

  describe('links', () => {
    it('201: opens reading and nothing else, each read in the audit log', async () => {
      const made = await link()
      const known = await database.query(
        `select count(*)::int as n from evidence_auditor_links l
          where l::text like '%' || $1 || '%'`,
        [made.token],
      )
      expect(known.rows[0].n).toBe(0)
      const list = await as(made.token, '/evidence')
      expect([list.status, list.json.total]).toEqual([200, 2])
      for (const [path, type] of [
        ['/evidence/shop-1', 'json'],
        ['/evidence/shop-1/bundle', 'json'],
        ['/evidence/shop-1/oscal', 'json'],
        ['/evidence/shop-1/report', 'html'],
        ['/controls?framework=soc2', 'json'],
        ['/log/checkpoint', 'plain'],
        ['/log/tile/0/000.p/1', 'octet'],
        ['/log/tile/entries/000.p/1', 'octet'],
        ['/log/inclusion?index=0', 'json'],
        ['/log/consistency?from=1', 'json'],
        ['/packs', 'html'],
      ] as const) {
        const { status, headers } = await as(made.token, path)
        expect([path, status]).toEqual([path, 200])
        expect(headers.get('content-type')).toContain(type)
      }
      for (const [method, path] of [
        ['GET', '/certus/api/evidence'],
        ['GET', '/certus/api/auditor-links'],
        ['GET', '/certus/api/exceptions'],
        ['POST', '/certus/api/scans'],
        ['GET', '/gate/api/scans'],
        ['GET', '/console/api/keys'],
      ] as const) {
        const body = method === 'POST' ? { body: {} } : {}
        expect((await server.call(method, path, { key: made.token, ...body })).status).toBe(401)
      }
      expect((await as(made.token, '/repositories')).status).toBe(404)
      const [first, , bundle] = await audit('auditor_link.read')
      expect(first).toMatchObject({ object_id: made.id, result: 'success' })
      expect(bundle).toMatchObject({ object_type: 'evidence_pack', object_id: 'shop-1' })
      const listed = (await api('GET', '/auditor-links')).json.auditor_links[0]
      expect(listed).toMatchObject({ id: made.id, reads: 12, state: 'open' })
      expect(JSON.stringify(listed)).not.toContain(made.token)
      expect(server.logLines.join('')).not.toContain(made.token)
    })

    it('200: opens no more than its repositories, frameworks and time', async () => {
      const { token } = await link({ repositories: ['acme/other'] })
      expect((await as(token, '/evidence')).json).toMatchObject({ total: 1 })
      expect((await as(token, '/evidence/other-1')).status).toBe(200)
      for (const part of ['', '/bundle', '/oscal', '/report']) {
        expect((await as(token, `/evidence/shop-1${part}`)).status).toBe(404)
      }
      const { json } = await as(token, '/controls?framework=soc2')
      expect(json.packs.map(({ repository }: Json) => repository)).toEqual(['acme/other'])
      // Entries of the log are of all repositories, its hashes of none.
      expect((await as(token, '/log/tile/entries/000.p/1')).status).toBe(404)
      expect((await as(token, '/log/tile/0/000.p/1')).status).toBe(200)
      const soc2 = (await link({ frameworks: ['soc2'] })).token
      expect((await as(soc2, '/evidence')).json.evidence_packs).toMatchObject([{ id: 'shop-1' }])
      expect((await as(soc2, '/controls?framework=asvs')).status).toBe(400)
      const past = (await link({ from: '2020-01-01', to: '2021-01-01' })).token
      expect((await as(past, '/evidence')).json.total).toBe(0)
      expect((await as(past, '/controls?framework=soc2')).json.packs).toEqual([])
    })

    it('303: leads a browser to the page, with the token in a cookie', async () => {
      const { url } = await link({ name: '<b>Audit</b>' })
      const opened = await fetch(url.replace(/^.*\/certus/, `${server.url}/certus`), {
        redirect: 'manual',
      })
      expect([opened.status, opened.headers.get('location')]).toEqual([303, 'packs'])
      const set = opened.headers.get('set-cookie') ?? ''
      expect(set).toMatch(/HttpOnly;.*SameSite=Lax/)
      const headers = { cookie: set.split(';')[0] ?? '' }
      const page = await server.call('GET', '/certus/auditor/packs', { key: null, headers })
      expect(page.text).toContain('&lt;b&gt;Audit&lt;/b&gt;')
      expect(page.text).not.toContain('<b>Audit')
      expect(page.headers.get('content-security-policy')).toContain(`default-src 'none'`)
    })

    it('401: unknown, revoked and past its end, all alike', async () => {
      const [revoked, ended] = [await link(), await link()]
      expect((await api('DELETE', `/auditor-links/${revoked.id}`)).json.state).toBe('revoked')
      await database.query('update evidence_auditor_links set expires_at = now() where id = $1', [
        ended.id,
      ])
      for (const token of [revoked.token, ended.token, 'al_none', server.keys.certus ?? '', null]) {
        const { status, json } = await as(token, '/evidence')
        expect([status, json.error.code]).toEqual([401, 'auditor_link_invalid'])
      }
    })

    it('400: an end, a framework or a time that cannot be', async () => {
      for (const [field, more] of [
        ['expires_at', { expires_at: dayFromNow(-1) }],
        ['expires_at', { expires_at: dayFromNow(400) }],
        ['frameworks', { frameworks: ['none'] }],
        ['to', { from: '2026-02-01', to: '2026-01-01' }],
      ] as const) {
        const { error } = await link(more)
        expect(error.details.fields[0].field).toBe(field)
      }
      const none = '00000000-0000-7000-8000-000000000000'
      expect((await api('DELETE', `/auditor-links/${none}`)).status).toBe(404)
    })
  })

  describe('retention', () => {
    let kept: Json
    let index = 0
    let before = ''
    const keys = () => {
      const [name = '', , ...rest] = kept.verifier_key.split('+')
      return [{ name, publicKey: Buffer.from(rest.join('+'), 'base64').subarray(1) }]
    }
    const platform = () => {
      const config = readConfig({ PANTHERA_DATA_DIR: server.dataDir })
      const secrets = createSecrets({ masterKey: parseMasterKey(masterKey, 'test') })
      return { db, config, secrets } as unknown as Platform
    }
    const sweep = async () => {
      const queue = retentionQueue(platform())
      const due = await queue.due()
      for (const { data } of due) await queue.run(data, new AbortController().signal)
      return due.length
    }
    const age = (id: string) =>
      database.query(
        `update evidence_packs set stored_at = now() - interval '40 days' where id = $1`,
        [id],
      )

    it('400: less than thirty days', async () => {
      expect((await api('PUT', '/retention', { days: 29 })).status).toBe(400)
      expect((await api('GET', '/retention')).json).toMatchObject({ days: null, holds: [] })
    })

    it('200: removes what is past its time, unless a hold keeps it', async () => {
      await submit({ ...pack, evidence_pack_id: 'old-1' })
      kept = (await api('GET', '/evidence/old-1/bundle')).json
      index = (await api('GET', '/evidence/old-1')).json.log.index
      before = (await api('GET', '/log/checkpoint')).text
      await age('old-1')
      expect(await sweep()).toBe(0)
      await api('PUT', '/retention', { days: 30 })
      // A repository is the same in whichever case it is written.
      const wanted = { repository: 'Acme/SHOP', reason: 'suit' }
      const hold = await api('POST', '/retention/holds', wanted)
      expect(hold.status).toBe(201)
      expect(await sweep()).toBe(0)
      expect((await api('GET', '/evidence/old-1')).status).toBe(200)
      const path = `/retention/holds/${hold.json.id}/release`
      expect((await api('POST', path, { reason: 'settled' })).status).toBe(200)
      expect((await api('POST', path, { reason: 'settled' })).status).toBe(409)
      expect(await sweep()).toBe(1)
      expect((await api('GET', '/evidence/old-1')).status).toBe(410)
      expect((await api('GET', '/evidence/shop-1')).json.verification.verdict).toBe('verified')
      const [told] = await audit('evidence.removed')
      expect(told.details).toMatchObject({ packs: ['old-1'], damaged: [] })
      expect((await api('GET', '/retention')).json).toMatchObject({ days: 30, removed_total: 1 })
    })

    it('410 and 409: of a removed pack its leaf is told, and its id stays taken', async () => {
      const { json } = await api('GET', '/evidence/old-1')
      expect(json.error.code).toBe('evidence_removed')
      const leaf = Buffer.from(leafHash(Buffer.from(kept.envelope))).toString('base64')
      expect(json.error.details).toMatchObject({ leaf_hash: leaf, log_index: index })
      expect((await submit({ ...pack, evidence_pack_id: 'old-1' })).status).toBe(409)
      expect((await api('GET', `/log/tile/entries/000.p/${index}`)).status).toBe(200)
      const tile = await api('GET', `/log/tile/entries/000.p/${index + 1}`)
      expect(tile.status).toBe(410)
      expect(tile.json.error.details.removed).toEqual([{ log_index: index, leaf_hash: leaf }])
    })

    it('200: what an auditor kept of a removed pack fits the log as it is now', async () => {
      openProof(kept.log_proof, Buffer.from(kept.envelope), keys())
      const after = (await api('GET', '/log/checkpoint')).text
      const [old, now] = [before, after].map((note) => openCheckpoint(note, keys()))
      if (old === undefined || now === undefined) throw new Error('there is no checkpoint')
      const bytes = (texts: string[]) => texts.map((text) => Buffer.from(text, 'base64'))
      const grown = (await api('GET', `/log/consistency?from=${old.size}`)).json
      const proof = { oldSize: old.size, size: grown.size, path: bytes(grown.path) }
      expect(consistencyHolds(proof, { old: old.root, new: now.root })).toBe(true)
      const included = (await api('GET', `/log/inclusion?index=${index}`)).json
      const leaf = leafHash(Buffer.from(kept.envelope))
      const held = { ...included, path: bytes(included.path) }
      expect(inclusionHolds(held, leaf, now.root)).toBe(true)
    })

    it('has the log itself say what was removed, and which holds were set', async () => {
      const { rows } = await database.query(
        'select entry from evidence_log_records order by log_index',
      )
      const said = rows.map(({ entry }) => {
        const trusted = {
          payloadType: statementPayloadType,
          keys: keys().map(({ publicKey }) => publicKey),
        }
        const opened = openEnvelope(JSON.parse(entry), trusted)
        const { predicateType, predicate } = JSON.parse(new TextDecoder().decode(opened))
        return [predicateType, predicate.change ?? predicate.removed[0].log_index]
      })
      expect(said).toEqual([
        ['urn:panthera:evidence-hold:1', 'set'],
        ['urn:panthera:evidence-hold:1', 'released'],
        ['urn:panthera:evidence-removal:1', index],
      ])
    })

    it('ends exceptions at their day, with an event', async () => {
      const { rows } = await database.query(
        'select organization_id from evidence_repositories limit 1',
      )
      const organizationId = rows[0].organization_id
      await database.query(
        `insert into evidence_exceptions (organization_id, id, repository, finding, about,
           evidence_pack_id, reason, requested_by, requested_person, expires_at)
         values ($1, gen_random_uuid(), 'acme/shop', 'f', '{"title":"t","severity":"high",
           "rule_id":null,"cwe_id":null}', 'shop-1', 'r', '{"kind":"user","id":"u","name":"n"}',
           gen_random_uuid(), now() - interval '1 second')`,
        [organizationId],
      )
      const queue = exceptionQueue(platform())
      const due = await queue.due()
      expect(due).toMatchObject([{ data: { organizationId } }])
      for (const { data } of due) await queue.run(data, new AbortController().signal)
      expect(await queue.due()).toEqual([])
      expect(await audit('exception.expired')).toHaveLength(1)
      expect((await api('GET', '/exceptions?state=expired')).json.total).toBe(1)
    })
  })
})
