// Keys of Trust as its reference has them: two headers, five checks in their order, workspaces.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { newKey } from '../../src/platform/ids.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

const path = '/trust/api/certificates'

describe.skipIf(!hasDatabase)('keys of Trust', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  const make = async (more: object = {}): Promise<Json> => {
    const body = { surface: 'trust', name: 'k', ...more }
    return (await server.call('POST', '/console/api/keys', { body })).json
  }
  const ask = (key: string, headers: Record<string, string> = {}) =>
    server.call('GET', path, { key: null, headers: { 'x-agent-api-key': key, ...headers } })
  const asBearer = (key: string) => server.call('GET', path, { key })

  /** For what no route does, or not at once. */
  async function change(statement: ReturnType<typeof sql>): Promise<void> {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    await db.inTenant(server.organization_id, (tx) => tx.run(statement))
    await db.close()
  }

  const setAll = (id: string, columns: ReturnType<typeof sql>) =>
    change(sql`update api_keys set ${columns}
      where organization_id = ${server.organization_id} and id = ${id}`)

  describe('200', () => {
    it.each(['trust_agent', 'trust_public'])('%s in either header', async (name) => {
      const key = server.keys[name] ?? ''
      for (const answer of [await ask(key), await asBearer(key)]) {
        expect(answer.status).toBe(200)
        expect(answer.json).toEqual({
          data: [],
          pagination: { page: 1, limit: 50, total: 0, totalPages: 0 },
        })
      }
    })

    it('takes the parameters of the reference', async () => {
      const query = '?status=expiring&limit=10&page=2&search=x&caId=5&sortBy=expiresAt'
      const answer = await server.call('GET', `${path}${query}&sortOrder=asc`)
      expect(answer.json.pagination).toEqual({ page: 2, limit: 10, total: 0, totalPages: 0 })
    })

    it('counts per key, in the window with the least left', async () => {
      const { api_key } = await make()
      const first = await ask(api_key)
      expect(first.headers.get('x-ratelimit-limit')).toBe('1000')
      expect(first.headers.get('x-ratelimit-remaining')).toBe('999')
      const second = await ask((await make()).api_key)
      expect(second.headers.get('x-ratelimit-remaining')).toBe('999')
    })
  })

  it.each(['limit=101', 'limit=0', 'status=lost', 'sortBy=id', 'caId=x', 'colour=red'])(
    '400: %s',
    async (query) => {
      const answer = await server.call('GET', `${path}?${query}`)
      expect([answer.status, answer.json.error.code]).toEqual([400, 'INVALID_REQUEST'])
      expect(answer.json.error.details.fields[0].field).toBe(query.split('=')[0])
    },
  )

  describe('401', () => {
    it.each([
      ['nothing', ''],
      ['junk', 'junk'],
      ['one that nobody made', newKey('ak_')],
      ['one of Certus', newKey('ck_live_')],
    ])('UNAUTHORIZED for %s', async (_what, key) => {
      const answer = await ask(key)
      expect([answer.status, answer.json.error.code]).toEqual([401, 'UNAUTHORIZED'])
      expect(Object.keys(answer.json.error)).toEqual(['code', 'message', 'details'])
    })

    const over = sql`expires_at = now() - interval '1 minute'`
    const off = sql`deactivated_at = now()`
    const revoked = sql`revoked_at = now()`

    it.each([
      ['UNAUTHORIZED', 'deactivated', sql`${off}`],
      ['TOKEN_EXPIRED', 'expired', sql`${over}`],
      ['KEY_REVOKED', 'revoked', sql`${revoked}`],
      ['UNAUTHORIZED', 'deactivated, expired and revoked', sql`${off}, ${over}, ${revoked}`],
      ['TOKEN_EXPIRED', 'expired and revoked', sql`${over}, ${revoked}`],
    ])('%s where it is %s', async (code, _what, columns) => {
      const key = await make()
      await setAll(key.id, columns)
      const answer = await ask(key.api_key)
      expect([answer.status, answer.json.error.code]).toEqual([401, code])
    })

    it('while it is switched off, and not after', async () => {
      const key = await make()
      const change = (active: boolean) =>
        server.call('PATCH', `/console/api/keys/${key.id}`, { body: { active } })
      expect((await ask(key.api_key)).status).toBe(200)
      expect((await change(false)).json.active).toBe(false)
      expect((await ask(key.api_key)).status).toBe(401)
      expect((await change(true)).json.active).toBe(true)
      expect((await ask(key.api_key)).status).toBe(200)
    })
  })

  describe('403', () => {
    it('FORBIDDEN without the scope', async () => {
      const { api_key } = await make({ scopes: ['write:certificates'] })
      const answer = await ask(api_key)
      expect([answer.status, answer.json.error]).toEqual([
        403,
        expect.objectContaining({ code: 'FORBIDDEN', details: { scope: 'read:certificates' } }),
      ])
    })

    it('WORKSPACE_ACCESS_DENIED outside its workspace', async () => {
      await change(sql`insert into workspaces (organization_id, id, name)
        values (${server.organization_id}, 'ws_123456', 'Other')`)
      const key = await make()
      const there = (id: string) => ask(key.api_key, { 'x-workspace-id': id })
      expect((await there('ws_123456')).status).toBe(200)
      expect((await there(server.workspace_id)).status).toBe(200)
      const denied = await there('ws_654321')
      expect([denied.status, denied.json.error.code]).toEqual([403, 'WORKSPACE_ACCESS_DENIED'])
    })

    it('an organization does not learn of the workspaces of others', async () => {
      const other = await server.call('POST', '/console/api/organizations', { body: { name: 'O' } })
      const made = await server.call('POST', '/console/api/keys', {
        key: other.json.admin_key,
        body: { surface: 'trust', name: 'x' },
      })
      const [theirs, nobodys] = await Promise.all(
        [server.workspace_id, 'ws_000000000000'].map((id) =>
          ask(made.json.api_key, { 'x-workspace-id': id }),
        ),
      )
      const without = (text = '') => text.replaceAll(/ws_\w+/g, '')
      expect(without(theirs?.text)).toBe(without(nobodys?.text))
    })
  })

  it('400: keys of agents carry what agents may do', async () => {
    const wrong = await make({ type: 'agent', scopes: ['write:certificates'] })
    expect(wrong.error.details.fields[0].field).toBe('scopes')
    const agent = await make({ type: 'agent' })
    expect(agent.scopes).toEqual(['read:certificates'])
  })
})
