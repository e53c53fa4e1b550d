// /identity/v1/principals/{id}/tokens: agents' keys and tokens, and what they may not become.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/principals'
const keys = '/identity/v1/auth/api-keys'

describe.skipIf(!hasDatabase)('agents and their tokens', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: {
        PANTHERA_RATE_LIMITS: '{"identity.keys.hour": 1000, "identity.token.hour": 20}',
      },
    })
  })
  afterAll(() => server.stop())

  const create = (body: object, key?: string) =>
    server.call('POST', base, { body, ...(key ? { key } : {}) })
  const patch = (id: string, body: object) => server.call('PATCH', `${base}/${id}`, { body })
  const mint = (id: string, body: object = {}, key?: string) =>
    server.call('POST', `${base}/${id}/tokens`, {
      body: { task: 'Sort the mail', ...body },
      ...(key ? { key } : {}),
    })
  const agent = async (more: object = {}, key?: string) =>
    (await create({ type: 'AI_AGENT', name: 'agent', ...more }, key)).json
  const keyWith = async (scopes: string[], more: object = {}): Promise<string> =>
    (await server.call('POST', keys, { body: { name: 'k', scopes, ...more } })).json.api_key
  const introspect = async (token: string) =>
    (await server.call('POST', '/identity/v1/oauth/introspect', { body: { token } })).json
  const listKeys = (key: string) => server.call('GET', `${keys}?per_page=1`, { key })
  const listPrincipals = (key: string) => server.call('GET', base, { key })

  describe('an agent', () => {
    it('201: comes with a key that is shown once and does what decisions need', async () => {
      const made = await create({ type: 'AI_AGENT', name: 'agent' })
      expect(made.status).toBe(201)
      expect(made.json).toMatchObject({
        type: 'AI_AGENT',
        api_key: expect.stringMatching(/^ti_live_[0-9A-Za-z]{38}$/),
        api_key_id: expect.stringMatching(/^key_/),
        scopes: ['evaluate:decisions'],
        owner: expect.stringMatching(/^principal_/),
      })
      const again = await server.call('GET', `${base}/${made.json.id}`)
      expect(again.text).not.toContain('api_key')
      expect((await listPrincipals(made.json.api_key)).status).toBe(403)
    })

    it('201: is no second principal by its key, nor by the key that follows', async () => {
      const made = await agent({ name: 'only once' })
      await server.call('POST', `${keys}/${made.api_key_id}/rotate`)
      const found = await server.call('POST', `${base}/search`, { body: { query: 'only once' } })
      expect(found.json.data.map(({ id }: { id: string }) => id)).toEqual([made.id])
    })

    it('201: has no scopes where its maker has none to give', async () => {
      const maker = await keyWith(['write:principals'])
      const made = await create({ type: 'AI_AGENT', name: 'a' }, maker)
      expect([made.status, made.json.scopes]).toEqual([201, []])
      const token = await mint(made.json.id, {}, made.json.api_key)
      expect([token.status, token.json.scope]).toEqual([201, ''])
    })

    it('403: carries no more than its maker', async () => {
      const maker = await keyWith(['write:principals', 'evaluate:decisions'])
      const body = { type: 'AI_AGENT', name: 'a' }
      const beyond = await create({ ...body, scopes: ['read:audit'] }, maker)
      expect([beyond.status, beyond.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
      const short = await keyWith(['write:principals', 'evaluate:decisions'], {
        expires_in_days: 2,
      })
      const longer = await create({ ...body, expires_in_days: 3 }, short)
      expect([longer.status, longer.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
      expect((await create({ ...body, scopes: ['read:nothing'] })).status).toBe(400)
    })

    it('403: works from no more addresses than its maker', async () => {
      const scopes = ['write:principals', 'evaluate:decisions', 'manage:keys']
      const maker = await keyWith(scopes, { ip_allow: ['127.0.0.0/8'] })
      const made = await agent({}, maker)
      const listed = await server.call('GET', `${keys}?per_page=100`)
      const own = listed.json.data.find(({ id }: { id: string }) => id === made.api_key_id)
      expect(own.ip_allow).toEqual(['127.0.0.0/8'])
    })
  })

  describe('201: a token', () => {
    it('is not made for what is no type:id, which it could never be used on', async () => {
      const made = await agent()
      const answer = await mint(made.id, { resources: ['mail'] }, made.api_key)
      expect([answer.status, JSON.stringify(answer.json)]).toEqual([
        400,
        expect.stringContaining('must be type:id, such as mail:*'),
      ])
    })

    it('is bound to the task, with the owners in act', async () => {
      const above = (await create({ type: 'USER', name: 'head' })).json.id
      const owner = (await create({ type: 'USER', name: 'jo', owner: above })).json.id
      const made = await agent({ owner })
      const bounds = { resources: ['mail:*'], actions: ['read'] }
      const answer = await mint(made.id, bounds, made.api_key)
      expect(answer.status).toBe(201)
      const act = { sub: owner, act: { sub: above } }
      expect(answer.json).toEqual({
        id: expect.stringMatching(/^task_/),
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 900,
        scope: 'evaluate:decisions',
        principal: made.id,
        task: 'Sort the mail',
        act,
      })
      const token = answer.json.access_token
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' })
      const claims = decodeJwt(token)
      expect(claims).toMatchObject({ sub: made.id, task: 'Sort the mail', act, ...bounds })
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900)
      expect(await introspect(token)).toMatchObject({
        active: true,
        sub: made.id,
        scope: 'evaluate:decisions',
        task: 'Sort the mail',
        act,
        ...bounds,
      })
    })

    it('works within its scopes, and acts by the agent’s key', async () => {
      const made = await agent({ name: 'reader', scopes: ['read:principals', 'write:policies'] })
      const narrow = await mint(made.id, { scopes: ['read:principals'], expires_in: 60 })
      expect(narrow.json).toMatchObject({ scope: 'read:principals', expires_in: 60 })
      expect((await listPrincipals(narrow.json.access_token)).status).toBe(200)
      const wide = await mint(made.id)
      expect(wide.json.scope.split(' ').toSorted()).toEqual(['read:principals', 'write:policies'])
    })

    it('ends with its key', async () => {
      const made = await agent({ scopes: ['read:principals'] })
      const { json } = await mint(made.id)
      expect((await listPrincipals(json.access_token)).status).toBe(200)
      await server.call('DELETE', `${keys}/${made.api_key_id}`)
      expect((await listPrincipals(json.access_token)).status).toBe(401)
      expect(await introspect(json.access_token)).toEqual({ active: false })
      const none = await mint(made.id)
      expect([none.status, none.json.error.code]).toEqual([409, 'principal_has_no_key'])
    })

    it('is revoked like other tokens, alone', async () => {
      const made = await agent({ scopes: ['read:principals'] })
      const [one, two] = [(await mint(made.id)).json, (await mint(made.id)).json]
      const gone = await server.call('POST', '/identity/v1/oauth/revoke', {
        body: { token: one.access_token },
        key: null,
      })
      expect(gone.status).toBe(200)
      expect((await listPrincipals(one.access_token)).status).toBe(401)
      expect((await listPrincipals(two.access_token)).status).toBe(200)
      expect((await listPrincipals(made.api_key)).status).toBe(200)
    })

    it('stops with the agent and with any of its owners', async () => {
      const above = (await create({ type: 'USER', name: 'head' })).json.id
      const owner = (await create({ type: 'USER', name: 'jo', owner: above })).json.id
      const made = await agent({ owner, scopes: ['read:principals'] })
      const { access_token: token } = (await mint(made.id)).json
      for (const id of [made.id, owner, above]) {
        await patch(id, { status: 'suspended' })
        for (const credential of [token, made.api_key]) {
          const refused = await listPrincipals(credential)
          expect([refused.status, refused.json.error.details]).toEqual([
            401,
            { principal_status: 'suspended' },
          ])
        }
        expect(await introspect(token)).toEqual({ active: false })
        const none = await mint(made.id)
        expect([none.status, none.json.error.details.principal]).toEqual([409, id])
        await patch(id, { status: 'active' })
        expect((await listPrincipals(token)).status).toBe(200)
      }
      await server.call('DELETE', `${base}/${made.id}`)
      expect((await listPrincipals(token)).status).toBe(401)
      expect((await listPrincipals(made.api_key)).status).toBe(401)
    })
  })

  describe('400', () => {
    it.each([
      [{ task: '' }, 'task'],
      [{ task: undefined }, 'task'],
      [{ expires_in: 3_601 }, 'expires_in'],
      [{ expires_in: 0 }, 'expires_in'],
      [{ scopes: ['read:nothing'] }, 'scopes'],
      [{ scopes: [] }, 'scopes'],
      [{ resources: Array.from({ length: 40 }, () => 'x'.repeat(300)) }, 'resources'],
      [{ audience: 'x' }, 'audience'],
    ])('refuses %j', async (wrong, field) => {
      const made = await agent()
      const answer = await mint(made.id, wrong)
      expect([answer.status, answer.json.error.message]).toEqual([
        400,
        expect.stringContaining(field),
      ])
    })
  })

  describe('403', () => {
    const refused = async (answer: ReturnType<typeof mint>, code = 'scope_exceeds_maker') => {
      const { status, json } = await answer
      expect([status, json.error.code]).toEqual([403, code])
    }

    it('agents ask for themselves only', async () => {
      const [one, two] = [await agent(), await agent()]
      await refused(mint(two.id, {}, one.api_key), 'forbidden')
      await refused(mint('principal_000000000000', {}, one.api_key), 'forbidden')
      expect((await mint(one.id, {}, one.api_key)).status).toBe(201)
    })

    it('carries no more than the agent’s key', async () => {
      const made = await agent({ scopes: ['read:principals'] })
      await refused(mint(made.id, { scopes: ['read:audit'] }))
      await refused(mint(made.id, { scopes: ['*'] }))
    })

    it('carries nothing that makes other credentials', async () => {
      const scopes = ['manage:keys', 'write:principals', 'admin:console', 'read:audit']
      const made = await agent({ scopes })
      expect((await mint(made.id)).json.scope).toBe('read:audit')
      for (const scope of scopes.slice(0, 3)) await refused(mint(made.id, { scopes: [scope] }))
      const all = await agent({ scopes: ['*'] })
      expect((await mint(all.id)).json.scope).not.toContain('manage:keys')
    })

    it('carries no more than an owner that has a key', async () => {
      const listed = async (name: string) =>
        (await server.call('POST', `${base}/search`, { body: { query: name } })).json.data[0].id
      await server.call('POST', keys, { body: { name: 'weak owner', scopes: ['read:audit'] } })
      const owner = await listed('weak owner')
      const made = await agent({ owner, scopes: ['read:audit', 'read:principals'] })
      expect((await mint(made.id, {}, made.api_key)).json.scope).toBe('read:audit')
      await refused(mint(made.id, { scopes: ['read:principals'] }, made.api_key))
    })

    it('carries no more than who asks for it', async () => {
      const asker = await keyWith(['write:principals', 'read:audit'])
      const made = await agent({ scopes: ['read:audit', 'read:principals'] })
      expect((await mint(made.id, {}, asker)).json.scope).toBe('read:audit')
      await refused(mint(made.id, { scopes: ['read:principals'] }, asker))
      const bound = await keyWith(['write:principals', 'read:audit'], { ip_allow: ['127.0.0.1'] })
      await refused(mint(made.id, {}, bound))
    })

    it('makes no tokens itself', async () => {
      const made = await agent()
      const { access_token: token } = (await mint(made.id)).json
      await refused(mint(made.id, {}, token), 'forbidden')
      expect((await listKeys(token)).status).toBe(403)
    })
  })

  it('409: only agents have some', async () => {
    const { id } = (await create({ type: 'SERVICE_ACCOUNT', name: 'n' })).json
    const answer = await mint(id)
    expect([answer.status, answer.json.error.code]).toEqual([409, 'principal_not_agent'])
  })

  it('401: nobody without a credential', async () => {
    const made = await agent()
    const answer = await server.call('POST', `${base}/${made.id}/tokens`, {
      body: { task: 't' },
      key: null,
    })
    expect(answer.status).toBe(401)
  })

  it('429: counts per agent', async () => {
    const [one, two] = [await agent(), await agent()]
    let last = await mint(one.id)
    for (let request = 0; request < 20; request++) last = await mint(one.id)
    expect([last.status, last.json.error.code]).toEqual([429, 'rate_limited'])
    expect((await mint(two.id)).status).toBe(201)
  })
})
