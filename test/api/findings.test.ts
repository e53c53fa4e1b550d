import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  emptyDetail,
  type Seed,
  type Seeded,
  seedFindings,
  seedOrganization,
  seedRepository,
  seedScan,
} from '../../src/gate/findings/seed.fixture.ts'
import type { Detail } from '../../src/gate/findings/store.ts'
import { type Database, openDatabase, sql, type Tx } from '../../src/platform/db.ts'
import { uuid7 } from '../../src/platform/ids.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const detail: Detail = {
  location: { path: 'src/api/users.ts', line: 45, column: 3, endLine: 45, endColumn: 40 },
  excerpt: { startLine: 44, lines: ['const id = request.query.id', 'db.query(text + id)'] },
  steps: [{ path: 'src/api/users.ts', line: 44, column: 12, label: 'request.query.id' }],
  references: ['https://owasp.org'],
  fingerprints: [],
  origin: null,
}

describe.skipIf(!hasDatabase)('findings', () => {
  let server: TestServer
  let db: Database
  let repositoryId: string
  let foreign: Seeded
  let foreignOrganization: string

  beforeAll(async () => {
    server = await startTestServer()
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    repositoryId = await inTenant((tx) =>
      seedRepository(tx, server.organization_id, { name: 'shop' }),
    )
    foreignOrganization = await seedOrganization(db)
    ;[foreign] = (await db.inTenant(foreignOrganization, async (tx) => {
      const repository = await seedRepository(tx, foreignOrganization, { name: 'shop' })
      return seedFindings(tx, foreignOrganization, [{ repositoryId: repository }])
    })) as [Seeded]
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
  })

  function inTenant<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return db.inTenant(server.organization_id, work)
  }

  async function seed(...seeds: Omit<Seed, 'repositoryId'>[]): Promise<Seeded[]> {
    const findings = seeds.map((one) => ({ repositoryId, ...one }))
    return inTenant((tx) => seedFindings(tx, server.organization_id, findings))
  }

  async function seedOne(more: Omit<Seed, 'repositoryId'> = {}): Promise<Seeded> {
    const [made] = await seed(more)
    if (made === undefined) throw new Error('nothing was seeded')
    return made
  }

  const list = (query: string) => server.call('GET', `/gate/api/findings?${query}`)
  const get = (id: string) => server.call('GET', `/gate/api/findings/${id}`)
  const change = (id: string, body: unknown, options: { key?: string } = {}) =>
    server.call('PATCH', `/gate/api/findings/${id}`, { body, ...options })
  const changeMany = (query: string, body: unknown) =>
    server.call('PATCH', `/gate/api/findings?${query}`, { body })
  const audited = (action: string) =>
    inTenant((tx) =>
      tx.rows<{ object_id: string; details: Record<string, unknown> }>(
        sql`select object_id, details from audit_events where action = ${action} order by id`,
      ),
    )

  async function keyWith(scopes: string[]): Promise<string> {
    const body = { surface: 'gate', name: 'limited', scopes }
    const { json } = await server.call('POST', '/console/api/keys', { body })
    return json.api_key
  }

  describe('200', () => {
    it('lists as the reference does, the newest first', async () => {
      const [older, newer] = await seed(
        { rule_id: 'listed', title: 'SQL Injection in user query', severity: 'critical' },
        { rule_id: 'listed', status: 'resolved', status_by: 'scanner' },
      )
      const answer = await list('q=listed')
      expect(answer.status).toBe(200)
      expect(answer.json).toMatchObject({ total: 2, limit: 20, offset: 0, next_cursor: null })
      expect(answer.json.findings.map(({ id }: { id: string }) => id)).toEqual([
        newer?.id,
        older?.id,
      ])
      expect(answer.json.findings[1]).toEqual({
        id: older?.id,
        title: 'SQL Injection in user query',
        severity: 'critical',
        scan_type: 'sast',
        file_path: 'src/users.ts',
        line_number: 45,
        description: 'What it is',
        remediation: 'What to do',
        cwe_id: 'CWE-89',
        status: 'open',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        organization_id: server.organization_id,
        scan_id: expect.any(String),
        repository: 'acme/shop',
        rule_id: 'listed',
        tool: 'panthera',
        status_by: null,
        original_severity: null,
        reason: null,
        resolution_note: null,
        expires_at: null,
        seen_again: false,
        updated_at: expect.any(String),
      })
    })

    it('combines filters, repeated or with commas', async () => {
      await seed(
        { rule_id: 'mixed', severity: 'critical', scan_type: 'iac' },
        { rule_id: 'mixed', severity: 'high', scan_type: 'iac' },
        { rule_id: 'mixed', severity: 'low', scan_type: 'iac' },
        { rule_id: 'mixed', severity: 'high', scan_type: 'secrets', status: 'ignored' },
      )
      const total = async (query: string) => (await list(`q=mixed&${query}`)).json.total
      expect(await total('severity=critical&severity=high')).toBe(3)
      expect(await total('severity=critical,high&scan_type=iac')).toBe(2)
      expect(await total('severity=high&status=ignored')).toBe(1)
      expect(await total(`organization_id=${server.organization_id}`)).toBe(4)
      expect(await total('repository=acme/shop')).toBe(4)
      expect(await total('repository=acme/other')).toBe(0)
      const { json } = await list('scan_type=secrets&status=ignored&severity=high')
      expect(json.total).toBe(1)
    })

    it('walks all pages by cursor', async () => {
      const made = await seed(...Array.from({ length: 7 }, () => ({ rule_id: 'walked' })))
      const ids: string[] = []
      for (let cursor = ''; ; ) {
        const { json } = await list(`q=walked&limit=3${cursor}`)
        expect(json.total).toBe(7)
        ids.push(...json.findings.map(({ id }: { id: string }) => id))
        if (json.next_cursor === null) break
        cursor = `&cursor=${json.next_cursor}`
      }
      expect(ids).toEqual(made.map(({ id }) => id).reverse())
    })

    it('lists what a scan saw', async () => {
      const [seen] = await seed({}, {})
      const numbers = [seen?.number ?? 0]
      const scanId = await inTenant((tx) =>
        seedScan(tx, server.organization_id, { repositoryId, numbers }),
      )
      const { json } = await list(`scan_id=${scanId}`)
      expect(json).toMatchObject({ total: 1, findings: [{ id: seen?.id }] })
      const scan = await server.call('GET', `/gate/api/scans/${scanId}`)
      expect(scan.json.findings).toEqual(json.findings)
    })

    it('shows one with its code, its data flow and its history', async () => {
      const { id, number } = await seedOne({ detail })
      await inTenant(async (tx) => {
        await tx.run(sql`insert into finding_presence values
          (${server.organization_id}, ${repositoryId}, 'main', ${number})`)
        await tx.run(sql`insert into finding_fingerprints values
          (${server.organization_id}, ${repositoryId}, 'panthera', 'ctx1', 'f00d', ${number})`)
      })
      await change(id, { status: 'resolved', resolution_note: 'Fixed in commit abc123' })
      const { status, json } = await get(id)
      expect(status).toBe(200)
      expect(json).toMatchObject({
        id,
        status: 'resolved',
        location: {
          path: 'src/api/users.ts',
          line: 45,
          column: 3,
          end_line: 45,
          end_column: 40,
        },
        excerpt: { start_line: 44, lines: detail.excerpt?.lines },
        data_flow: detail.steps,
        references: ['https://owasp.org'],
        origin: null,
        branches: ['main'],
        fingerprints: [{ algorithm: 'ctx1', value: 'f00d' }],
        history: [
          {
            event: 'resolved',
            actor: expect.stringMatching(/^.+ \(key_[0-9a-z]+\)$/),
            note: 'Fixed in commit abc123',
            scan_id: null,
            reason: null,
          },
        ],
      })
    })

    it('resolves with the body of the reference and audits it', async () => {
      const { id } = await seedOne()
      const answer = await change(id, {
        status: 'resolved',
        resolution_note: 'Fixed in commit abc123',
      })
      expect(answer.status).toBe(200)
      expect(answer.json).toMatchObject({
        id,
        status: 'resolved',
        status_by: 'person',
        resolution_note: 'Fixed in commit abc123',
      })
      expect(answer.json).toEqual((await get(id)).json)
      expect(await audited('finding.resolved')).toContainEqual({
        object_id: id,
        details: { from: 'open', to: 'resolved', note: 'Fixed in commit abc123' },
      })
    })

    it('does nothing twice', async () => {
      const { id } = await seedOne()
      const body = { status: 'ignored', reason: 'false_positive' }
      const first = await change(id, body)
      const second = await change(id, body)
      expect(second.json).toEqual(first.json)
      expect(await audited('finding.ignored')).toHaveLength(1)
    })

    it('changes by filter what it counted before', async () => {
      await seed(
        { rule_id: 'bulk', severity: 'low' },
        { rule_id: 'bulk', severity: 'low' },
        { rule_id: 'bulk', severity: 'low', status: 'ignored', status_by: 'person' },
        { rule_id: 'bulk', severity: 'critical' },
      )
      const query = 'q=bulk&severity=low'
      const body = { status: 'ignored' }
      const counted = await changeMany(query, { ...body, dry_run: true })
      expect(counted.json).toEqual({ matched: 3, changed: 2, dry_run: true })
      expect((await list(`${query}&status=open`)).json.total).toBe(2)
      const changed = await changeMany(query, body)
      expect(changed.json).toEqual({ matched: 3, changed: 2, dry_run: false })
      expect((await list('q=bulk&status=open')).json.total).toBe(1)
      expect((await list('status=ignored&severity=low')).json.total).toBe(3)
      expect((await changeMany(query, body)).json).toMatchObject({ matched: 3, changed: 0 })
      expect(await audited('findings.ignored')).toEqual([
        {
          object_id: '*',
          details: {
            filter: { q: 'bulk', severity: ['low'] },
            matched: 3,
            changed: 2,
            to: 'ignored',
          },
        },
      ])
    })

    it('changes everything only where that is said', async () => {
      const { json } = await list('')
      const answer = await changeMany('', { status: 'open', all: true, dry_run: true })
      expect(answer.json).toMatchObject({ matched: json.total, dry_run: true })
    })
  })

  describe('400', () => {
    it.each([
      ['severity=urgent', 'severity', /critical, high, medium, low/],
      ['scan_type=dast', 'scan_type', /sast, sca, secrets, iac, cspm/],
      ['status=closed', 'status', /open, resolved, ignored/],
      ['organization_id=acme', 'organization_id', /uuid/i],
      ['scan_id=1', 'scan_id', /id of a scan/],
      ['cwe=xss', 'cwe', /CWE-89/],
      ['limit=101', 'limit', /100/],
      ['offset=-1', 'offset', /0/],
      ['cursor=abc', 'cursor', /uuid/i],
      ['severty=high', 'severty', /not a known field/],
    ])('names the parameter of %s', async (query, field, accepted) => {
      const { status, json } = await list(query)
      expect(status).toBe(400)
      expect(json.error.code).toBe('invalid_request')
      expect(json.error.details.fields).toEqual([
        { field, message: expect.stringMatching(accepted) },
      ])
    })

    it('refuses a cursor that is none of ours', async () => {
      const { status, json } = await list(`cursor=${foreign.id}`)
      expect(status).toBe(400)
      expect(json.error.details.fields).toMatchObject([{ field: 'cursor' }])
    })

    it.each([
      [{ status: 'fixed' }, 'status'],
      [{}, 'status'],
      [{ status: 'resolved', reason: 'false_positive' }, 'reason'],
      [{ status: 'ignored', reason: 'because' }, 'reason'],
      [{ status: 'open', expires_at: '2099-01-01T00:00:00Z' }, 'expires_at'],
      [{ status: 'ignored', expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
      [{ status: 'ignored', expires_at: 'soon' }, 'expires_at'],
      [{ status: 'resolved', resolution_note: 'x'.repeat(4_001) }, 'resolution_note'],
      [{ status: 'resolved', note: 'x' }, 'note'],
    ])('names the field of %j and changes nothing', async (body, field) => {
      const { id } = await seedOne()
      const { status, json } = await change(id, body)
      expect(status).toBe(400)
      expect(json.error.details.fields).toMatchObject([{ field }])
      expect((await get(id)).json).toMatchObject({ status: 'open', history: [] })
    })

    it('changes nothing at large by a forgotten filter', async () => {
      for (const query of ['', `organization_id=${server.organization_id}`]) {
        const { status, json } = await changeMany(query, { status: 'resolved' })
        expect(status).toBe(400)
        expect(json.error.details.fields).toMatchObject([{ field: 'all' }])
      }
      const both = await changeMany('severity=low', { status: 'resolved', all: true })
      expect(both.json.error.details.fields).toMatchObject([{ field: 'all' }])
      expect((await changeMany('severity=low&limit=5', { status: 'open' })).status).toBe(400)
    })

    it('is the answer to an id that is none', async () => {
      expect((await get('nothing')).status).toBe(400)
    })
  })

  describe('401', () => {
    it('is the answer without a key', async () => {
      for (const [method, path] of [
        ['GET', ''],
        ['PATCH', ''],
        ['GET', `/${uuid7()}`],
        ['PATCH', `/${uuid7()}`],
      ]) {
        const answer = await server.call(method ?? '', `/gate/api/findings${path}`, { key: null })
        expect(answer.status).toBe(401)
      }
    })
  })

  describe('403', () => {
    it('asks for read:findings to read and write:findings to write', async () => {
      const { id } = await seedOne()
      const reader = await keyWith(['read:findings'])
      const read = await server.call('GET', `/gate/api/findings/${id}`, { key: reader })
      expect(read.status).toBe(200)
      const body = { status: 'resolved' }
      const written = await change(id, body, { key: reader })
      expect(written.status).toBe(403)
      expect(written.json.error.details).toEqual({ scope: 'write:findings' })
      const many = await server.call('PATCH', '/gate/api/findings?severity=low', {
        key: reader,
        body,
      })
      expect(many.status).toBe(403)
      const scanner = await keyWith(['read:scans'])
      const refused = await server.call('GET', '/gate/api/findings', { key: scanner })
      expect(refused.json.error.details).toEqual({ scope: 'read:findings' })
    })
  })

  describe('404', () => {
    it('is the same for what is not there and what is not ours', async () => {
      const missing = uuid7()
      for (const ask of [get, (id: string) => change(id, { status: 'resolved' })]) {
        const none = await ask(missing)
        const other = await ask(foreign.id)
        expect([none.status, other.status]).toEqual([404, 404])
        expect(none.json.error.code).toBe('finding_not_found')
        expect(other.text).toBe(none.text)
      }
    })

    it("is the answer to another's organization and to scans that are not there", async () => {
      const organization = await list(`organization_id=${foreignOrganization}`)
      expect(organization.status).toBe(404)
      expect(organization.json.error.code).toBe('organization_not_found')
      const scan = await list(`scan_id=${uuid7()}`)
      expect(scan.status).toBe(404)
      expect(scan.json.error.code).toBe('scan_not_found')
    })
  })

  it('never shows a detail that a scanner left out', async () => {
    const { id } = await seedOne({ detail: emptyDetail, file_path: null, cwe_id: null })
    expect((await get(id)).json).toMatchObject({
      file_path: null,
      cwe_id: null,
      location: null,
      excerpt: null,
      data_flow: [],
    })
  })
})
