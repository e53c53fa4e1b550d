// /identity/v1/auth/api-keys: the reference's examples, and what a key may not become.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/auth/api-keys'

describe.skipIf(!hasDatabase)('API keys of Identity', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: { PANTHERA_RATE_LIMITS: '{"identity.keys.hour": 1000}' },
    })
  })
  afterAll(() => server.stop())

  const create = (body: object, key?: string) =>
    server.call('POST', base, { body, ...(key ? { key } : {}) })

  const limited = async (scopes: string[], more: object = {}): Promise<string> => {
    const body = { name: 'maker', scopes: ['manage:keys', ...scopes], ...more }
    return (await create(body)).json.api_key
  }

  const reference = {
    name: 'Production Service',
    description: 'API key for prod backend',
    scopes: ['read:principals', 'write:policies', 'evaluate:decisions'],
    expires_in_days: 365,
  }

  describe('the reference', () => {
    it('creates, lists and revokes with the fields that it shows', async () => {
      const made = await create(reference)
      expect(made.status).toBe(201)
      expect(made.json).toEqual({
        id: expect.stringMatching(/^key_[0-9a-z]{12}$/),
        name: reference.name,
        api_key: expect.stringMatching(/^ti_live_[0-9A-Za-z]{38}$/),
        scopes: reference.scopes,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        last_used_at: null,
      })
      const days = (Date.parse(made.json.expires_at) - Date.parse(made.json.created_at)) / 86_400e3
      expect(Math.round(days * 1000) / 1000).toBeCloseTo(365, 2)

      const list = await server.call('GET', base)
      expect(list.status).toBe(200)
      expect(list.json.pagination).toEqual({ total: expect.any(Number), page: 1, per_page: 50 })
      const { api_key: key, ...listed } = made.json
      expect(list.json.data[0]).toEqual(listed)
      expect(list.text).not.toContain(key)

      const gone = await server.call('DELETE', `${base}/${made.json.id}`)
      expect(gone.status).toBe(200)
      expect(gone.json).toEqual({
        id: made.json.id,
        status: 'revoked',
        revoked_at: expect.stringMatching(/Z$/),
      })
      expect((await server.call('DELETE', `${base}/${made.json.id}`)).json).toEqual(gone.json)
      const after = await server.call('GET', base)
      expect(after.text).not.toContain(made.json.id)
      const refused = await server.call('GET', base, { key })
      expect([refused.status, refused.json.error]).toEqual([
        401,
        expect.objectContaining({ code: 'unauthorized', details: { revoked: true } }),
      ])
    })

    it('tells what is left of 50 requests an hour', async () => {
      const fresh = await startTestServer()
      const first = await fresh.call('GET', base)
      expect(first.headers.get('x-ratelimit-limit')).toBe('50')
      expect(first.headers.get('x-ratelimit-remaining')).toBe('49')
      const reset = Number(first.headers.get('x-ratelimit-reset'))
      expect(reset - Date.now() / 1000).toBeGreaterThan(0)
      expect(reset - Date.now() / 1000).toBeLessThanOrEqual(3_601)
      let last = first
      for (let request = 0; request < 50; request++) last = await fresh.call('GET', base)
      expect([last.status, last.json.error.code]).toEqual([429, 'rate_limited'])
      expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
      await fresh.stop()
    })
  })

  it('counts key management per organization, whichever of its keys asks', async () => {
    const fresh = await startTestServer()
    const body = { name: 'child', scopes: ['manage:keys'] }
    const child = await fresh.call('POST', base, { body })
    const asked = await fresh.call('GET', base, { key: child.json.api_key })
    expect(asked.headers.get('x-ratelimit-remaining')).toBe('48')
    await fresh.stop()
  })

  describe('200', () => {
    it('tells when a key was used', async () => {
      const { json } = await create({ name: 'used', scopes: ['manage:keys'] })
      await server.call('GET', base, { key: json.api_key })
      const list = await server.call('GET', base)
      const listed = list.json.data.find((key: { id: string }) => key.id === json.id)
      expect(Date.now() - Date.parse(listed.last_used_at)).toBeLessThan(60_000)
    })

    it('pages', async () => {
      await create({ name: 'one', scopes: ['read:audit'] })
      await create({ name: 'two', scopes: ['read:audit'] })
      const page = await server.call('GET', `${base}?per_page=1&page=2`)
      expect(page.json.data.map((key: { name: string }) => key.name)).toEqual(['one'])
      expect(page.json.pagination).toMatchObject({ page: 2, per_page: 1 })
    })
  })

  describe('201: rotate', () => {
    const rotate = (id: string, body?: object, key?: string) =>
      server.call('POST', `${base}/${id}/rotate`, {
        ...(body === undefined ? {} : { body }),
        ...(key === undefined ? {} : { key }),
      })

    it('makes a successor; the old key goes on until the overlap ends', async () => {
      const old = await create({ name: 'r', scopes: ['manage:keys'], expires_in_days: 30 })
      const made = await rotate(old.json.id, { overlap_hours: 1 })
      expect(made.status).toBe(201)
      expect(made.json).toMatchObject({ name: 'r', scopes: ['manage:keys'] })
      expect(made.json.id).not.toBe(old.json.id)
      for (const key of [old.json.api_key, made.json.api_key]) {
        expect((await server.call('GET', base, { key })).status).toBe(200)
      }
      const again = await rotate(old.json.id)
      expect([again.status, again.json.error.code]).toEqual([409, 'key_not_active'])
    })

    it('ends the old key at once without an overlap', async () => {
      const old = await create({ name: 'r', scopes: ['manage:keys'] })
      await server.call('GET', base, { key: old.json.api_key })
      expect((await rotate(old.json.id, { overlap_hours: 0 })).status).toBe(201)
      const refused = await server.call('GET', base, { key: old.json.api_key })
      expect(refused.status).toBe(401)
      expect(refused.json.error).toMatchObject({
        code: 'unauthorized',
        details: { token_expired_at: expect.stringMatching(/Z$/) },
        request_id: expect.stringMatching(/^req_/),
      })
    })

    it('is no way to the rights of a stronger key', async () => {
      const strong = await create({ name: 's', scopes: ['write:policies'] })
      const refused = await rotate(strong.json.id, {}, await limited([]))
      expect([refused.status, refused.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
    })

    it('is no way out of the addresses and the lifetime of the maker', async () => {
      const wide = await create({ name: 'w', scopes: ['read:audit'] })
      const bound = await limited(['read:audit'], { ip_allow: ['127.0.0.1', '::1'] })
      expect((await rotate(wide.json.id, {}, bound)).status).toBe(403)
      const brief = await limited(['read:audit'], { expires_in_days: 1 })
      const made = await rotate(wide.json.id, {}, brief)
      expect(Date.parse(made.json.expires_at) - Date.now()).toBeLessThanOrEqual(86_400_000)
    })
  })

  describe('400', () => {
    it.each([
      [{ scopes: ['read:audit'] }, 'name'],
      [{ name: 'x' }, 'scopes'],
      [{ name: 'x', scopes: [] }, 'scopes'],
      [{ name: 'x', scopes: 'read:audit' }, 'scopes'],
      [{ name: 'x', scopes: ['read:scans'] }, 'scopes'],
      [{ name: 'x', scopes: ['read:audit'], expires_in_days: 0 }, 'expires_in_days'],
      [{ name: 'x', scopes: ['read:audit'], expires_in_days: 1.5 }, 'expires_in_days'],
      [{ name: 'x', scopes: ['read:audit'], expires_in_days: 1e12 }, 'expires_in_days'],
      [{ name: 'x', scopes: ['read:audit'], ip_allow: ['nowhere'] }, 'ip_allow'],
      [{ name: 'x\0', scopes: ['read:audit'] }, 'name'],
      [{ name: 'x\ud800', scopes: ['read:audit'] }, 'name'],
      [{ name: 'x', scopes: ['read:audit'], surface: 'gate' }, 'surface'],
    ])('%j names %s', async (body, field) => {
      const answer = await create(body)
      expect([answer.status, answer.json.error.code]).toEqual([400, 'invalid_request'])
      expect(answer.json.error.details.fields[0].field).toBe(field)
    })

    it('for a name that comes twice', async () => {
      const text = '{"name":"a","scopes":["read:audit"],"n\\u0061me":"b"}'
      const answer = await server.call('POST', base, {
        body: text,
        headers: { 'content-type': 'application/json' },
      })
      expect([answer.status, answer.json.error?.details.fields]).toEqual([
        400,
        [{ field: 'name', message: 'must not come more than once' }],
      ])
    })

    it('lists the scopes that there are', async () => {
      const { json } = await create({ name: 'x', scopes: ['read:everything'] })
      expect(json.error.message).toContain('read:principals, write:principals, read:policies')
    })
  })

  describe('403', () => {
    it('without manage:keys', async () => {
      const { json } = await create({ name: 'x', scopes: ['read:audit'] })
      const answer = await server.call('GET', base, { key: json.api_key })
      expect([answer.status, answer.json.error.details.scope]).toEqual([403, 'manage:keys'])
    })

    it.each([
      [{ scopes: ['write:policies'] }],
      [{ scopes: ['*'] }],
      [{ scopes: ['manage:keys', 'admin:console'] }],
      [{ scopes: ['manage:keys'], expires_in_days: 2 }],
      [{ scopes: ['manage:keys'], ip_allow: ['0.0.0.0/0'] }],
    ])('%j is more than the maker carries', async (wanted) => {
      const bounds = { expires_in_days: 1, ip_allow: ['127.0.0.0/8', '::1'] }
      const answer = await create({ name: 'x', ...wanted }, await limited([], bounds))
      expect([answer.status, answer.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
    })

    it('keeps a key from ending what is stronger, and lets it end itself', async () => {
      const strong = await create({ name: 'strong', scopes: ['*'] })
      const { json } = await create({ name: 'weak', scopes: ['manage:keys'] })
      const key = json.api_key
      const refused = await server.call('DELETE', `${base}/${strong.json.id}`, { key })
      expect([refused.status, refused.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
      expect((await server.call('GET', base, { key: strong.json.api_key })).status).toBe(200)
      const narrow = await create({ name: 'narrow', scopes: ['admin:console'] })
      const path = `/console/api/keys/${strong.json.id}`
      const switched = await server.call('PATCH', path, {
        key: narrow.json.api_key,
        body: { active: false },
      })
      expect([switched.status, switched.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
      expect((await server.call('GET', base, { key: strong.json.api_key })).status).toBe(200)
      expect((await server.call('DELETE', `${base}/${json.id}`, { key })).status).toBe(200)
    })

    it('counts who asks for a workspace that is denied', async () => {
      const headers = { 'x-workspace-id': 'ws_000000000000' }
      const left = async () => {
        const answer = await server.call('GET', base, { headers })
        expect(answer.status).toBe(403)
        return Number(answer.headers.get('x-ratelimit-remaining'))
      }
      const first = await left()
      expect(first).toBeGreaterThan(0)
      expect(await left()).toBe(first - 1)
    })

    it('ends a key’s reach at its workspace', async () => {
      const there = { 'x-workspace-id': 'ws_elsewhere' }
      const answer = await server.call('GET', base, { headers: there })
      expect([answer.status, answer.json.error.code]).toEqual([403, 'workspace_access_denied'])
    })
  })

  it('404: a key sees the keys of its workspace, unless that is the default one', async () => {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    await db.inTenant(server.organization_id, (tx) =>
      tx.run(sql`insert into workspaces (organization_id, id, name)
        values (${server.organization_id}, 'ws_other', 'Other')`),
    )
    await db.close()
    const maker = await limited(['read:audit'])
    const made = await server.call('POST', base, {
      key: maker,
      body: { name: 'there', scopes: ['manage:keys', 'read:audit'] },
      headers: { 'x-workspace-id': 'ws_other' },
    })
    const key = made.json.api_key
    const { json } = await server.call('GET', base, { key })
    expect(json.data.map(({ id }: { id: string }) => id)).toEqual([made.json.id])
    const here = await create({ name: 'here', scopes: ['read:audit'] })
    for (const [method, tail] of [
      ['DELETE', ''],
      ['POST', '/rotate'],
    ] as const) {
      const answer = await server.call(method, `${base}/${here.json.id}${tail}`, { key })
      expect([answer.status, answer.json.error.code]).toEqual([404, 'key_not_found'])
    }
    expect((await server.call('DELETE', `${base}/${made.json.id}`)).status).toBe(200)
  })

  describe('404', () => {
    it('for keys of others and of other surfaces as for those that do not exist', async () => {
      const other = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Other' },
      })
      const theirs = await create({ name: 'x', scopes: ['read:audit'] }, other.json.admin_key)
      const gate = await server.call('POST', '/console/api/keys', {
        body: { surface: 'gate', name: 'g' },
      })
      const without = (text: string) => text.replace(/req_\w+/, '')
      for (const [method, tail] of [
        ['DELETE', ''],
        ['POST', '/rotate'],
      ] as const) {
        const ask = (id: string) => server.call(method, `${base}/${id}${tail}`)
        const missing = await ask('key_000000000000')
        expect(missing.status).toBe(404)
        for (const id of [theirs.json.id, gate.json.id, '%00', 'x'.repeat(64)]) {
          const answer = await ask(id)
          if (id === '%00') expect(answer.status).toBe(400)
          else expect(without(answer.text)).toBe(without(missing.text))
        }
      }
    })
  })
})
