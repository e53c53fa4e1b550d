import { createHmac } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/certus/seal/json/canonical.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const finding = { id: 'f', title: 'SQL built from input', severity: 'critical', cwe_id: 'CWE-89' }
const pack = {
  repo_slug: 'acme/shop',
  commit_hash: 'a'.repeat(40),
  branch: 'main',
  findings: [finding],
  control_results: [{ framework: 'soc2', control_id: 'CC8.1', status: 'fail' }],
  grade: 'D',
  score: 50,
  evidence_pack_id: 'pack-0',
}

describe.skipIf(!hasDatabase)('evidence that was changed in the database', () => {
  let server: TestServer
  let database: Client
  beforeAll(async () => {
    server = await startTestServer()
    database = new Client(server.databaseUrl)
    await database.connect()
    const own = ['repositories', 'packs', 'contents', 'logs', 'log_tiles']
    for (const table of ['audit_events', ...own.map((name) => `evidence_${name}`)]) {
      await database.query(`alter table ${table} no force row level security`)
    }
    for (const n of [0, 1, 2, 3]) expect((await send(`pack-${n}`)).status).toBe(201)
  })
  afterAll(async () => {
    await database.end()
    await server.stop()
  })

  const send = (id: string, more: Json = {}) => {
    const content = { ...pack, evidence_pack_id: id, ...more }
    const text = canonicalJson(content)
    const signed_hash = createHmac('sha256', server.evidence_secret).update(text).digest('hex')
    return server.call('POST', '/certus/api/scans', { body: { ...content, signed_hash } })
  }
  const read = (path: string) => server.call('GET', `/certus/api${path}`)
  const inList = async (id: string) => {
    const { status, json } = await read('/evidence')
    expect(status).toBe(200)
    return json.evidence_packs.find((one: Json) => one.id === id)
  }
  const shown = ({ verification }: Json) =>
    verification.checks.find(({ check }: Json) => check === 'shown')
  /** Runs the statements, then what looks at it, then puts all back. */
  const changed = async (statements: string[], look: () => Promise<void>) => {
    const tables = ['packs', 'contents', 'logs', 'log_tiles'].map((name) => `evidence_${name}`)
    for (const table of tables) await database.query(`create table copy_${table} as table ${table}`)
    try {
      for (const statement of statements) await database.query(statement)
      await look()
    } finally {
      await database.query('delete from evidence_contents')
      for (const table of ['evidence_packs', 'evidence_logs', 'evidence_log_tiles']) {
        await database.query(`delete from ${table}`)
      }
      for (const table of tables) {
        await database.query(`insert into ${table} select * from copy_${table}`)
        await database.query(`drop table copy_${table}`)
      }
    }
  }

  it.each([
    ['computed', `computed = computed || '{"grade": "A"}'`],
    ['grade', `grade = 'A'`],
    ['claimed', `claimed_grade = 'A'`],
    ['claimed', 'claimed_score = 100'],
    ['findings', `severities = severities || '{"critical": 0}'`],
    ['controls', `controls = controls || '{"fail": 0}'`],
    ['frameworks', `frameworks = '{asvs}'`],
    ['subject', `commit_hash = repeat('b', 40)`],
    ['subject', `repository = 'acme/other'`],
    ['branch', `branch = 'other'`],
    ['pull_request', 'pull_request = 7'],
    ['scanned_at', `scanned_at = '2020-01-01'`],
    ['stored_at', `stored_at = '2020-01-01'`],
    ['scan_id', 'scan_id = gen_random_uuid()'],
    ['seal', `signed_hash = repeat('0', 64)`],
  ])('200: names %s after %s, alone and in the list', async (field, change) => {
    const other = `insert into evidence_repositories (organization_id, slug)
      values ('${server.organization_id}', 'acme/other') on conflict do nothing`
    const update = `update evidence_packs set ${change} where id = 'pack-1'`
    await changed([other, update], async () => {
      const alone = (await read('/evidence/pack-1')).json
      for (const one of [alone, await inList('pack-1')]) {
        expect(one.verification.verdict).toBe('failed')
        expect(shown(one).reason).toContain(field)
      }
      expect((await inList('pack-2')).verification.verdict).toBe('verified')
    })
  })

  it.each([
    ['control_results', `'[{"framework": "soc2", "control_id": "CC8.1", "status": "pass"}]'`],
    ['weaknesses', `'[]'`],
  ])('200: lets no state rest on changed %s', async (column, value) => {
    const update = `update evidence_packs set ${column} = ${value} where id = 'pack-3'`
    await changed([update], async () => {
      expect(shown((await read('/evidence/pack-3')).json).holds).toBe(false)
      const { json } = await read('/controls?framework=soc2')
      expect(json).toMatchObject({ packs: [], ignored: [{ evidence_pack_id: 'pack-3' }] })
      expect(json.coverage.tested).toBe(0)
    })
  })

  it.each([
    ['an envelope', `envelope = 'x'`],
    ['a grade', `computed = '{}'`],
    ['a number', `computed = computed || '{"debt": "many"}'`],
    ['severities', `severities = '{}'`],
    ['control results', `control_results = '"none"'`],
    ['counts', `controls = 'null'`],
  ])('200: shows %s that cannot be read as one pack that fails', async (_, change) => {
    await changed([`update evidence_packs set ${change} where id = 'pack-1'`], async () => {
      const { status, json } = await read('/evidence/pack-1')
      expect([status, json.verification.verdict]).toEqual([200, 'failed'])
      expect(await inList('pack-1')).toBeDefined()
      expect((await inList('pack-2')).verification.verdict).toBe('verified')
      expect((await read('/controls?framework=soc2')).status).toBe(200)
    })
  })

  const cutTile = 'update evidence_log_tiles set hashes = substr(hashes, 1, 96) where level = 0'
  it.each<[string, string[]]>([
    [
      'the checkpoint’s signature',
      ["update evidence_logs set checkpoint = replace(checkpoint, '— ', '— x')"],
    ],
    ['the size', ['update evidence_logs set size = size - 1']],
    [
      'an entry of a tile',
      ['update evidence_log_tiles set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1)'],
    ],
    ['a tile, cut', [cutTile]],
    ['the log, emptied', ["update evidence_logs set size = 0, checkpoint = ''"]],
    [
      'a pack, taken from the middle',
      [
        "delete from evidence_contents where pack_id = 'pack-1'",
        "delete from evidence_packs where id = 'pack-1'",
        'update evidence_packs set log_index = log_index - 1 where log_index = 2',
        'update evidence_packs set log_index = log_index - 1 where log_index = 3',
        `update evidence_log_tiles
            set hashes = substr(hashes, 1, 32) || substr(hashes, 65)`,
        'update evidence_logs set size = size - 1',
      ],
    ],
  ])('503: signs nothing over a log of which was changed: %s', async (_, statements) => {
    await changed(statements, async () => {
      const { status, json } = await send('pack-new')
      expect([status, json.error.code]).toEqual([503, 'log_damaged'])
      expect((await read('/evidence/pack-new')).status).toBe(404)
      const last = await inList('pack-3')
      expect(last.verification.checks.at(-1)).toMatchObject({ check: 'log', holds: false })
    })
    const { rows } = await database.query(
      `select 1 from audit_events where action = 'evidence.refused' and object_id = 'pack-new'`,
    )
    expect(rows.length).toBeGreaterThan(0)
  })

  it('500: names the damage of what a bundle, a proof or a tile needs', async () => {
    const damage = async (path: string) => {
      const { status, json } = await read(path)
      return [status, json.error?.code, json.error?.details?.place]
    }
    await changed([cutTile], async () => {
      const tile = [500, 'evidence_damaged', expect.stringContaining('tile')]
      expect(await damage('/evidence/pack-0/bundle')).toEqual(tile)
      expect(await damage('/log/inclusion?index=0')).toEqual(tile)
      expect(await damage('/log/tile/0/000.p/4')).toEqual(tile)
    })
    await changed(["delete from evidence_contents where pack_id = 'pack-0'"], async () => {
      const content = [500, 'evidence_damaged', 'the content of pack-0']
      expect(await damage('/evidence/pack-0/bundle')).toEqual(content)
    })
  })
})
