// /identity/v1/principals: their life, what is refused, and who may touch whom.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/principals'
const keys = '/identity/v1/auth/api-keys'

describe.skipIf(!hasDatabase)('principals', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: { PANTHERA_RATE_LIMITS: '{"identity.keys.hour": 1000}' },
    })
  })
  afterAll(() => server.stop())

  const create = (body: object, key?: string) =>
    server.call('POST', base, { body, ...(key ? { key } : {}) })
  const get = (id: string) => server.call('GET', `${base}/${id}`)
  const patch = (id: string, body: object, key?: string) =>
    server.call('PATCH', `${base}/${id}`, { body, ...(key ? { key } : {}) })
  const remove = (id: string, key?: string) =>
    server.call('DELETE', `${base}/${id}`, key ? { key } : {})
  const search = (body: object) => server.call('POST', `${base}/search`, { body })
  const account = async (more: object = {}): Promise<string> =>
    (await create({ type: 'SERVICE_ACCOUNT', name: 'robot', ...more })).json.id
  const keyWith = async (scopes: string[], more: object = {}) =>
    (await server.call('POST', keys, { body: { name: 'k', scopes, ...more } })).json
  const idOfKey = async (name: string): Promise<string> =>
    (await search({ query: name, type: 'API_KEY' })).json.data[0].id

  describe('201', () => {
    it('creates a service account with what was sent', async () => {
      const made = await create({
        type: 'service_account',
        name: 'billing',
        description: 'Writes invoices',
        attributes: { environment: 'production', team: 'finance', level: 3, gone: null },
        groups: ['finance', 'finance', 'robots'],
        metadata: { repository: 'acme/billing', ratio: 0.5 },
        connector_source: 'okta',
        external_id: 'svc-1',
      })
      expect(made.status).toBe(201)
      expect(made.json).toEqual({
        id: expect.stringMatching(/^principal_[0-9a-hjkmnp-tv-z]{12}$/),
        type: 'SERVICE_ACCOUNT',
        email: null,
        name: 'billing',
        description: 'Writes invoices',
        attributes: { environment: 'production', team: 'finance', level: 3 },
        groups: ['finance', 'robots'],
        owner: null,
        metadata: { repository: 'acme/billing', ratio: 0.5 },
        connector_source: 'okta',
        external_id: 'svc-1',
        status: 'active',
        created_at: expect.stringMatching(/:\d\dZ$/),
        updated_at: expect.stringMatching(/:\d\dZ$/),
        last_login: null,
      })
      const got = await get(made.json.id)
      expect([got.status, got.json]).toEqual([200, made.json])
    })

    it.each([
      ['USER', 'user'],
      ['API_KEY', 'api_key'],
      ['AI_AGENT', 'ai_agent'],
    ])('takes the type %s in either case', async (type, lower) => {
      for (const written of [type, lower]) {
        const made = await create({ type: written, name: 'n', email: 'a@example.com' })
        expect([made.status, made.json.type, made.json.email]).toEqual([201, type, 'a@example.com'])
      }
    })

    it('names a user by the address where there is no name', async () => {
      const made = await create({ type: 'USER', email: 'jo@example.com' })
      expect(made.json).toMatchObject({ name: 'jo@example.com', email: 'jo@example.com' })
    })
  })

  describe('members and keys', () => {
    it('are principals from their first moment on', async () => {
      const made = await keyWith(['read:audit'], { name: 'of a principal' })
      const found = await search({ query: 'of a principal', type: 'API_KEY' })
      expect(found.json.data).toMatchObject([{ type: 'API_KEY', status: 'active' }])
      const users = await server.call('GET', `${base}?type=USER&limit=100`)
      const owner = users.json.data.filter(
        ({ email }: { email: string }) => email === 'owner@example.com',
      )
      expect(owner).toMatchObject([{ name: 'owner@example.com', status: 'active' }])
      await server.call('DELETE', `${keys}/${made.id}`)
      expect((await get(found.json.data[0].id)).json.status).toBe('terminated')
    })

    it('stay the same through a rotation', async () => {
      const made = await keyWith(['read:audit'], { name: 'rotated often' })
      const id = await idOfKey('rotated often')
      await patch(id, { groups: ['auditors'], attributes: { team: 'a' } })
      const next = await server.call('POST', `${keys}/${made.id}/rotate`)
      expect(next.status).toBe(201)
      expect((await search({ query: 'rotated often' })).json.data).toMatchObject([
        { id, groups: ['auditors'], status: 'active' },
      ])
      await server.call('DELETE', `${keys}/${made.id}`)
      expect((await get(id)).json.status).toBe('active')
      await server.call('DELETE', `${keys}/${next.json.id}`)
      expect((await get(id)).json.status).toBe('terminated')
    })

    it('tell when they were last seen', async () => {
      const { api_key: key } = await keyWith(['manage:keys'], { name: 'seen key' })
      await server.call('GET', keys, { key })
      await server.call('GET', keys, { key })
      const seen = (await get(await idOfKey('seen key'))).json.last_login
      expect(Date.now() - Date.parse(seen)).toBeLessThan(60_000)
    })
  })

  describe('200: change', () => {
    it('merges attributes and metadata, and replaces groups', async () => {
      const id = await account({
        attributes: { a: 1, b: 'x' },
        groups: ['one'],
        metadata: { m: { deep: true } },
      })
      const after = await patch(id, {
        name: 'renamed',
        attributes: { b: null, c: [1, 2] },
        groups: ['two'],
        metadata: { n: 1 },
      })
      expect([after.status, after.json]).toEqual([
        200,
        expect.objectContaining({
          name: 'renamed',
          attributes: { a: 1, c: [1, 2] },
          groups: ['two'],
          metadata: { m: { deep: true }, n: 1 },
        }),
      ])
      expect((await get(id)).json).toEqual(after.json)
    })

    it('writes it down', async () => {
      const id = await account()
      await patch(id, { status: 'suspended' })
      await remove(id)
      const log = await server.call('GET', `/identity/v1/audit/events?object_id=${id}`)
      const actions = log.json.data.map(({ action }: { action: string }) => action)
      expect(actions.toSorted()).toEqual([
        'principal.changed',
        'principal.created',
        'principal.deleted',
      ])
    })
  })

  describe('200: delete', () => {
    it('answers when, and nobody sees it any more', async () => {
      const id = await account({ external_id: 'reused', groups: ['deleted-ones'] })
      const gone = await remove(id)
      expect([gone.status, gone.json]).toEqual([
        200,
        { id, status: 'deleted', deleted_at: expect.stringMatching(/:\d\dZ$/) },
      ])
      for (const answer of [await get(id), await remove(id), await patch(id, { name: 'x' })]) {
        expect([answer.status, answer.json.error.code]).toEqual([404, 'principal_not_found'])
      }
      expect((await search({ groups: ['deleted-ones'] })).json.data).toEqual([])
      expect(await account({ external_id: 'reused' })).not.toBe(id)
    })
  })

  describe('200: list', () => {
    it('pages and filters', async () => {
      for (const name of ['p1', 'p2', 'p3']) {
        await account({ name, connector_source: 'paging', status: 'suspended' })
      }
      const page = await server.call('GET', `${base}?connector=paging&limit=2&page=2`)
      expect(page.json.data.map(({ name }: { name: string }) => name)).toEqual(['p1'])
      expect(page.json.pagination).toEqual({ total: 3, page: 2, per_page: 2, pages: 2 })
      const none = await server.call('GET', `${base}?connector=paging&status=active`)
      expect(none.json).toEqual({
        data: [],
        pagination: { total: 0, page: 1, per_page: 50, pages: 0 },
      })
      const typed = await server.call('GET', `${base}?connector=paging&type=service_account`)
      expect(typed.json.pagination.total).toBe(3)
    })
  })

  describe('200: relationships', () => {
    it('are a graph of owners, what it owns, groups and keys', async () => {
      const head = await account({ name: 'head' })
      const made = await create({
        type: 'AI_AGENT',
        name: 'middle',
        owner: head,
        groups: ['robots'],
      })
      const { id, api_key_id: key } = made.json
      const below = await account({ name: 'below', owner: id })
      await server.call('PUT', '/identity/v1/resources/mailbox/m1', { body: { owner: id } })
      const { status, json } = await server.call('GET', `${base}/${id}/relationships`)
      expect([status, json.principal, json.truncated]).toEqual([200, id, false])
      expect(json.edges).toEqual([
        { from: id, to: head, type: 'owned_by' },
        { from: below, to: id, type: 'owned_by' },
        { from: id, to: 'group:robots', type: 'member_of' },
        { from: id, to: key, type: 'authenticates_with' },
        { from: 'mailbox:m1', to: id, type: 'owned_by' },
      ])
      const names = json.nodes.map((node: { kind: string; name: string }) => [node.kind, node.name])
      expect(names).toEqual([
        ['principal', 'middle'],
        ['principal', 'head'],
        ['principal', 'below'],
        ['group', 'robots'],
        ['key', 'middle'],
        ['resource', 'm1'],
      ])
    })
  })

  describe('200: search', () => {
    it.each([
      ['a part of the name', { query: 'SEARCH me' }],
      ['a value', { attributes: { department: 'sales' } }],
      ['any of several values', { attributes: { department: ['legal', 'sales'] } }],
      ['a value that is in a stored list', { attributes: { regions: 'eu' } }],
      ['groups, all of them', { groups: ['s1', 's2'] }],
      ['several types', { type: ['user', 'SERVICE_ACCOUNT'], groups: ['s1'] }],
      ['status', { status: ['active'], groups: ['s1'] }],
    ])('finds by %s', async (_by, body) => {
      const wanted = {
        name: 'Search Me',
        attributes: { department: 'sales', regions: ['eu', 'us'] },
        groups: ['s1', 's2', 's3'],
      }
      const id = await account(wanted)
      const found = await search(body)
      expect(found.status).toBe(200)
      expect(found.json.data.map((each: { id: string }) => each.id)).toContain(id)
      await remove(id)
    })

    it.each([
      { query: 'nobody is called so' },
      { attributes: { department: 'sales', regions: 'asia' } },
      { attributes: { department: 7 } },
      { groups: ['s1', 'elsewhere'] },
      { query: '%' },
    ])('finds nobody by %j', async (body) => {
      const id = await account({ attributes: { department: 'sales' }, groups: ['s1'] })
      expect((await search(body)).json.data).toEqual([])
      await remove(id)
    })
  })

  describe('400', () => {
    const deep = (levels: number): object => (levels === 0 ? {} : { in: deep(levels - 1) })
    it.each([
      [{ type: 'ROBOT' }, 'type'],
      [{ type: 'USER', name: undefined }, 'name'],
      [{ name: '' }, 'name'],
      [{ email: 'no address' }, 'email'],
      [{ attributes: { level: 1.5 } }, 'attributes.level'],
      [{ attributes: { big: 9_007_199_254_740_992 } }, 'attributes.big'],
      [{ attributes: { manager: { __entity: { type: 'User', id: 'x' } } } }, '__entity'],
      [{ attributes: { list: [{ ip: { __extn: {} } }] } }, 'attributes.list[0].ip.__extn'],
      [{ attributes: deep(12) }, 'attributes.in'],
      [{ attributes: { text: 'x'.repeat(40_000) } }, 'attributes'],
      [{ attributes: { many: Array.from({ length: 2_000 }, () => 1) } }, 'attributes'],
      [{ attributes: { '': 1 } }, 'attributes'],
      [{ attributes: [] }, 'attributes'],
      [{ metadata: { text: 'x'.repeat(40_000) } }, 'metadata'],
      [{ groups: Array.from({ length: 200 }, (_, at) => `g${at}`) }, 'groups'],
      [{ owner: 'principal_000000000000' }, 'owner'],
      [{ status: 'terminated' }, 'status'],
      [{ scopes: ['read:audit'] }, 'scopes'],
      [{ expires_in_days: 1 }, 'expires_in_days'],
      [{ kind: 'user' }, 'kind'],
    ])('refuses %j', async (wrong, field) => {
      const answer = await create({ type: 'SERVICE_ACCOUNT', name: 'wrong', ...wrong })
      expect([answer.status, answer.json.error.code]).toEqual([400, 'invalid_request'])
      expect(answer.json.error.message).toContain(field)
    })

    it('refuses what is only known once it is merged', async () => {
      const id = await account({ attributes: { text: 'x'.repeat(20_000) } })
      const answer = await patch(id, { attributes: { more: 'x'.repeat(20_000) } })
      expect([answer.status, answer.json.error.message]).toEqual([
        400,
        expect.stringContaining('attributes'),
      ])
    })

    it.each(['?page=0', '?limit=101', '?type=ROBOT', '?status=gone', '?per_page=5'])(
      'refuses the query %s',
      async (query) => {
        expect((await server.call('GET', base + query)).status).toBe(400)
      },
    )

    it('refuses owners in a circle, and chains that are too long', async () => {
      const ids: string[] = []
      for (let at = 0; at < 6; at++) {
        ids.push(await account(at === 0 ? {} : { owner: ids[at - 1] }))
      }
      const [first = '', second = '', , , , last = ''] = ids
      for (const [owned, owner] of [
        [first, last],
        [first, first],
        [first, second],
      ]) {
        const answer = await patch(owned ?? '', { owner })
        expect([answer.status, answer.json.error.message]).toEqual([
          400,
          expect.stringContaining('owner'),
        ])
      }
      const beyond = await create({ type: 'SERVICE_ACCOUNT', name: 'beyond', owner: last })
      expect(beyond.json.error.message).toContain('5 owners')
      // The whole line below moves along.
      const above = await account()
      expect((await patch(first, { owner: above })).status).toBe(400)
    })
  })

  describe('409', () => {
    it('keeps the external_id of a source to one principal', async () => {
      const body = { type: 'USER', name: 'n', connector_source: 'okta', external_id: '00u1' }
      const first = await create(body)
      expect(first.status).toBe(201)
      const again = await create(body)
      expect([again.status, again.json.error.code]).toEqual([409, 'principal_exists'])
      const other = await create({ ...body, connector_source: 'entra' })
      expect(other.status).toBe(201)
      const turned = await patch(other.json.id, { connector_source: 'okta' })
      expect([turned.status, turned.json.error.code]).toEqual([409, 'principal_exists'])
    })

    it('has terminated be final', async () => {
      const id = await account()
      expect((await patch(id, { status: 'terminated' })).json.status).toBe('terminated')
      const back = await patch(id, { status: 'active' })
      expect([back.status, back.json.error.code]).toEqual([409, 'principal_terminated'])
      expect((await remove(id)).status).toBe(200)
    })
  })

  describe('stopping a principal', () => {
    const call = (key: string) => server.call('GET', `${keys}?per_page=1`, { key })

    it('stops its key at once, and starts it again', async () => {
      const { api_key: key } = await keyWith(['manage:keys'], { name: 'to be stopped' })
      const id = await idOfKey('to be stopped')
      expect((await call(key)).status).toBe(200)
      expect((await patch(id, { status: 'suspended' })).status).toBe(200)
      const refused = await call(key)
      expect([refused.status, refused.json.error]).toEqual([
        401,
        expect.objectContaining({
          code: 'unauthorized',
          details: { principal_status: 'suspended' },
        }),
      ])
      await patch(id, { status: 'active' })
      expect((await call(key)).status).toBe(200)
      await patch(id, { status: 'terminated' })
      expect((await call(key)).status).toBe(401)
    })

    it('stops the keys of those that it owns', async () => {
      const owner = await account()
      const agent = await create({ type: 'AI_AGENT', name: 'a', owner, scopes: ['manage:keys'] })
      const { api_key: key } = agent.json
      expect((await call(key)).status).toBe(200)
      await patch(owner, { status: 'suspended' })
      expect((await call(key)).status).toBe(401)
      await patch(owner, { status: 'active' })
      expect((await call(key)).status).toBe(200)
      await remove(owner)
      expect((await call(key)).status).toBe(401)
    })

    it('403: is not for who is weaker than a key of what it owns', async () => {
      const { api_key: weak } = await keyWith(['write:principals'])
      const [owner, other] = [await account(), await account()]
      const middle = await account({ owner })
      const agent = await create({
        type: 'AI_AGENT',
        name: 'a',
        owner: middle,
        scopes: ['manage:keys'],
      })
      for (const answer of [
        await patch(owner, { status: 'suspended' }, weak),
        await patch(middle, { owner: other }, weak),
        await patch(agent.json.id, { owner: other }, weak),
        await remove(owner, weak),
      ]) {
        expect([answer.status, answer.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
      }
      expect((await patch(owner, { name: 'renamed' }, weak)).status).toBe(200)
      expect((await patch(middle, { owner: other })).status).toBe(200)
    })

    it('200: ends a key that carries nothing', async () => {
      const { api_key: maker } = await keyWith(['write:principals'])
      const agent = await create({ type: 'AI_AGENT', name: 'a' }, maker)
      expect(agent.json.scopes).toEqual([])
      expect((await server.call('DELETE', `${keys}/${agent.json.api_key_id}`)).status).toBe(200)
      expect((await remove(agent.json.id, maker)).status).toBe(200)
    })

    it('403: is not for who is weaker than its key', async () => {
      await keyWith(['manage:keys', 'read:audit'], { name: 'the stronger' })
      const id = await idOfKey('the stronger')
      const { api_key: weak } = await keyWith(['write:principals'])
      for (const answer of [
        await patch(id, { status: 'suspended' }, weak),
        await patch(id, { status: 'terminated' }, weak),
        await remove(id, weak),
      ]) {
        expect([answer.status, answer.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
      }
      await patch(id, { status: 'suspended' })
      expect((await patch(id, { status: 'active' }, weak)).status).toBe(403)
    })
  })

  describe('403', () => {
    it('asks for the scope of each', async () => {
      const { api_key: reader } = await keyWith(['read:principals'])
      const { api_key: writer } = await keyWith(['write:principals'])
      const id = await account()
      expect((await server.call('GET', base, { key: writer })).status).toBe(403)
      expect((await server.call('GET', `${base}/${id}`, { key: reader })).status).toBe(200)
      expect((await create({ type: 'USER', name: 'n' }, reader)).status).toBe(403)
      expect((await patch(id, { name: 'n' }, reader)).status).toBe(403)
      expect((await remove(id, reader)).status).toBe(403)
      expect((await create({ type: 'USER', name: 'n' }, writer)).status).toBe(201)
    })
  })

  describe('404', () => {
    it('says of another organization’s what it says of none', async () => {
      const other = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Other', plan: 'free' },
      })
      expect(other.status).toBe(201)
      const key = other.json.admin_key
      expect(key).toMatch(/^ti_live_/)
      const id = await account()
      const answers = [
        await server.call('GET', `${base}/${id}`, { key }),
        await patch(id, { name: 'x' }, key),
        await remove(id, key),
        await server.call('GET', `${base}/${id}/relationships`, { key }),
        await server.call('POST', `${base}/${id}/tokens`, { key, body: { task: 't' } }),
      ]
      for (const { status, json } of answers) {
        expect([status, json.error.code]).toEqual([404, 'principal_not_found'])
      }
      const owned = await create({ type: 'SERVICE_ACCOUNT', name: 'n', owner: id }, key)
      const unknown = await create(
        { type: 'SERVICE_ACCOUNT', name: 'n', owner: 'principal_000000000000' },
        key,
      )
      expect([owned.status, owned.json.error.message]).toEqual([400, unknown.json.error.message])
    })
  })
})
