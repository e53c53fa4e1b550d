import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { newKey } from '../../src/platform/ids.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('keys', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  const create = (body: object, key?: string) =>
    server.call('POST', '/console/api/keys', { body, ...(key ? { key } : {}) })

  const openScans = (key: string | null) =>
    server.call('GET', `/gate/api/scans?organization_id=${server.organization_id}`, { key })

  /** For what has no route. */
  async function change(statement: ReturnType<typeof sql>): Promise<void> {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    await db.inTenant(server.organization_id, (tx) => tx.run(statement))
    await db.close()
  }

  describe('200', () => {
    it('lists keys without their values', async () => {
      const answer = await server.call('GET', '/console/api/keys')
      expect(answer.status).toBe(200)
      expect(answer.json).toMatchObject({ total: expect.any(Number), limit: 50, offset: 0 })
      expect(answer.json.keys.length).toBeGreaterThanOrEqual(5)
      for (const key of Object.values(server.keys)) expect(answer.text).not.toContain(key)
    })

    it('revokes at once', async () => {
      const { json } = await create({ surface: 'gate', name: 'short-lived' })
      expect((await openScans(json.api_key)).status).toBe(200)
      const revoked = await server.call('DELETE', `/console/api/keys/${json.id}`)
      expect(revoked.status).toBe(200)
      expect(revoked.json.revoked_at).not.toBeNull()
      const after = await openScans(json.api_key)
      expect(after.status).toBe(401)
      expect(after.json.error.code).toBe('key_revoked')
    })

    it('carries the rate limit of the plan', async () => {
      const { headers } = await openScans(server.keys.gate ?? '')
      expect(headers.get('x-ratelimit-limit')).toBe('1000')
      expect(Number(headers.get('x-ratelimit-remaining'))).toBeLessThan(1000)
      const reset = Number(headers.get('x-ratelimit-reset'))
      expect(reset * 1000).toBeGreaterThan(Date.now())
      expect(reset * 1000).toBeLessThanOrEqual(Date.now() + 61_000)
    })
  })

  describe('201', () => {
    it('makes a key of every surface in its form, shown once', async () => {
      const forms = [
        [{ surface: 'gate' }, /^tg_live_[0-9A-Za-z]{38}$/],
        [{ surface: 'trust', type: 'agent' }, /^ak_[0-9A-Za-z]{38}$/],
        [{ surface: 'trust' }, /^ck_[0-9A-Za-z]{38}$/],
        [{ surface: 'identity' }, /^ti_live_[0-9A-Za-z]{38}$/],
        [{ surface: 'certus' }, /^ck_live_[0-9A-Za-z]{38}$/],
      ] as const
      for (const [wanted, form] of forms) {
        const answer = await create({ ...wanted, name: 'form' })
        expect(answer.status).toBe(201)
        expect(answer.json.api_key).toMatch(form)
        expect(answer.json.evidence_secret === null).toBe(wanted.surface !== 'certus')
      }
    })

    it('holds to the scopes it was given', async () => {
      const { json } = await create({ surface: 'gate', name: 'reader', scopes: ['read:findings'] })
      const refused = await openScans(json.api_key)
      expect(refused.status).toBe(403)
      expect(refused.json.error).toMatchObject({
        code: 'forbidden',
        details: { scope: 'read:scans' },
      })
    })
  })

  describe('400', () => {
    it.each([
      [{ name: 'x' }, 'surface'],
      [{ surface: 'gate' }, 'name'],
      [{ surface: 'gate', name: 'x', scopes: ['read:everything'] }, 'scopes'],
      [{ surface: 'gate', name: 'x', type: 'agent' }, 'type'],
      [{ surface: 'gate', name: 'x', ip_allow: ['300.1.1.1'] }, 'ip_allow'],
      [{ surface: 'gate', name: 'x', expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
      [{ surface: 'gate', name: 'x', colour: 'red' }, 'colour'],
    ])('%j names %s', async (body, field) => {
      const answer = await create(body)
      expect(answer.status).toBe(400)
      expect(answer.json.error.code).toBe('invalid_request')
      expect(answer.json.error.details.fields[0].field).toBe(field)
    })
  })

  describe('401', () => {
    it.each([
      ['nothing', null],
      ['junk', 'junk'],
      ['a key whose checksum does not hold', `tg_live_${'a'.repeat(38)}`],
      ['a key that nobody made', newKey('tg_live_')],
    ])('for %s', async (_what, key) => {
      const answer = await openScans(key)
      expect(answer.status).toBe(401)
      expect(answer.json.error.code).toBe('unauthorized')
    })

    it('for a key of every other surface', async () => {
      for (const [name, key] of Object.entries(server.keys)) {
        expect((await openScans(key)).status).toBe(name === 'gate' ? 200 : 401)
      }
    })

    it('for a key that has expired', async () => {
      const soon = new Date(Date.now() + 3_600_000).toISOString()
      const { json } = await create({ surface: 'gate', name: 'old', expires_at: soon })
      await change(sql`update api_keys set expires_at = now() - interval '1 second'
        where organization_id = ${server.organization_id} and id = ${json.id}`)
      const answer = await openScans(json.api_key)
      expect([answer.status, answer.json.error.code]).toEqual([401, 'token_expired'])
    })

    it('for an address outside the allow-list', async () => {
      const { json } = await create({ surface: 'gate', name: 'far', ip_allow: ['192.0.2.0/24'] })
      expect((await openScans(json.api_key)).status).toBe(401)
      const near = await create({ surface: 'gate', name: 'near', ip_allow: ['127.0.0.1', '::1'] })
      expect((await openScans(near.json.api_key)).status).toBe(200)
    })
  })

  describe('403', () => {
    it('keeps a key from making more than it carries', async () => {
      const keys = await create({ surface: 'identity', name: 'keys', scopes: ['manage:keys'] })
      const answer = await create({ surface: 'gate', name: 'more' }, keys.json.api_key)
      expect(answer.status).toBe(403)
    })

    it('keeps a key from making one that outlives it', async () => {
      const soon = new Date(Date.now() + 3_600_000).toISOString()
      const later = new Date(Date.now() + 7_200_000).toISOString()
      const scopes = ['admin:console']
      const maker = await create({ surface: 'identity', name: 'm', scopes, expires_at: soon })
      const wanted = { surface: 'gate', name: 'x' }
      const longer = await create({ ...wanted, expires_at: later }, maker.json.api_key)
      expect(longer.json.error.code).toBe('scope_exceeds_maker')
      const unstated = await create(wanted, maker.json.api_key)
      expect(unstated.json.expires_at).toBe(soon)
    })
  })

  describe('403, on Identity', () => {
    const admin = async (more: object = {}): Promise<string> => {
      const wanted = { surface: 'identity', name: 'admin', scopes: ['admin:console'], ...more }
      return (await create(wanted)).json.api_key
    }

    it.each([['*'], ['manage:keys'], ['admin:console', 'read:audit']])(
      'keeps a key from granting %j that it does not hold',
      async (...scopes) => {
        const answer = await create({ surface: 'identity', name: 'x', scopes }, await admin())
        expect([answer.status, answer.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
      },
    )

    it('grants what the maker holds unless more is asked for', async () => {
      const { json } = await create({ surface: 'identity', name: 'x' }, await admin())
      expect(json.scopes).toEqual(['admin:console'])
      const gate = await create({ surface: 'gate', name: 'x', scopes: ['*'] }, await admin())
      expect([gate.status, gate.json.scopes]).toEqual([201, ['*']])
    })

    it('keeps a key within the addresses of its maker', async () => {
      const maker = await admin({ ip_allow: ['127.0.0.0/8', '::1'] })
      const make = (more: object) => create({ surface: 'gate', name: 'x', ...more }, maker)
      expect((await make({})).json.ip_allow).toEqual(['127.0.0.0/8', '::1'])
      expect((await make({ ip_allow: [] })).json.ip_allow).toEqual(['127.0.0.0/8', '::1'])
      expect((await make({ ip_allow: ['127.1.0.0/16'] })).json.ip_allow).toEqual(['127.1.0.0/16'])
      for (const range of ['0.0.0.0/0', '126.0.0.0/7', '10.0.0.1', '::/0']) {
        const answer = await make({ ip_allow: [range] })
        expect(answer.json.error?.code, range).toBe('scope_exceeds_maker')
      }
    })
  })

  describe('403, of a workspace', () => {
    const inWorkspace = (workspace: string, key: string) =>
      server.call('GET', '/gate/api/findings', { key, headers: { 'x-workspace-id': workspace } })

    it('that does not exist', async () => {
      const answer = await inWorkspace('ws_nowhere', server.keys.gate ?? '')
      expect([answer.status, answer.json.error.code]).toEqual([403, 'workspace_access_denied'])
    })

    it('that is another than the one of a key, unless that is the default', async () => {
      await change(sql`insert into workspaces (organization_id, id, name)
        values (${server.organization_id}, 'ws_other', 'Other')`)
      // A key that no node has seen yet: what is known of one lasts for seconds.
      const maker = await create({ surface: 'identity', name: 'fresh' })
      const made = await server.call('POST', '/console/api/keys', {
        key: maker.json.api_key,
        body: { surface: 'gate', name: 'x' },
        headers: { 'x-workspace-id': 'ws_other' },
      })
      expect(made.json.workspace_id).toBe('ws_other')
      const key = made.json.api_key
      expect((await inWorkspace('ws_other', key)).status).toBe(200)
      const outside = await inWorkspace(server.workspace_id, key)
      expect([outside.status, outside.json.error.code]).toEqual([403, 'workspace_access_denied'])
    })
  })

  describe('404', () => {
    it('for a key of another organization, as for one that does not exist', async () => {
      const other = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Other' },
      })
      const theirs = await create({ surface: 'gate', name: 'x' }, other.json.admin_key)
      const answers = [theirs.json.id, 'key_000000000000'].map((id) =>
        server.call('DELETE', `/console/api/keys/${id}`),
      )
      const [foreign, missing] = await Promise.all(answers)
      expect(foreign?.status).toBe(404)
      const withoutId = (text = '') => text.replace(/req_\w+/, '')
      expect(withoutId(foreign?.text)).toBe(withoutId(missing?.text))
    })
  })

  describe('429', () => {
    it('stops guessing from one address, and lets a valid key in beside it', async () => {
      const quiet = await startTestServer()
      const guess = () => quiet.call('GET', '/gate/api/findings', { key: newKey('tg_live_') })
      let last = await guess()
      // Twice as many as one minute lets through: the minute may end in the midst of them.
      for (let tries = 0; tries < 122 && last.status === 401; tries++) last = await guess()
      expect(last.status).toBe(429)
      expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(last.headers.get('x-ratelimit-limit')).toBe('60')
      expect(last.headers.get('x-ratelimit-remaining')).toBe('0')
      expect((await quiet.call('GET', '/gate/api/findings')).status).toBe(200)
      await quiet.stop()
    })
  })
})
