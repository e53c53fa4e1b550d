// /identity/v1/oauth: the reference's examples, both dialects, and what a token may not do.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

const v1 = '/identity/v1'
const unlimited = { 'identity.keys.hour': 10_000, 'identity.token.hour': 10_000 }

interface Client {
  client_id: string
  client_secret: string
}

describe.skipIf(!hasDatabase)('OAuth 2.0', () => {
  let server: TestServer
  let client: Client
  beforeAll(async () => {
    server = await startTestServer({ env: { PANTHERA_RATE_LIMITS: JSON.stringify(unlimited) } })
    client = await createClient()
  })
  afterAll(() => server.stop())

  const scopes = ['read:principals', 'write:policies', 'manage:keys']

  async function createClient(more: object = {}, key?: string): Promise<Json> {
    const body = { name: 'c', scopes, ...more }
    const path = `${v1}/oauth/clients`
    return (await server.call('POST', path, { body, ...(key ? { key } : {}) })).json
  }

  const json = (path: string, body: object | string, headers: Record<string, string> = {}) =>
    server.call('POST', `${v1}/oauth/${path}`, { key: null, body, headers })

  const form = (
    path: string,
    body: Record<string, string> | string,
    headers: Record<string, string> = {},
  ) => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const text = typeof body === 'string' ? body : new URLSearchParams(body).toString()
    const all = { ...type, ...headers }
    return server.call('POST', `${v1}/oauth/${path}`, { key: null, body: text, headers: all })
  }

  const basic = ({ client_id, client_secret }: Client) => {
    const text = `${client_id}:${client_secret}`
    return { authorization: `Basic ${Buffer.from(text).toString('base64')}` }
  }

  const grant = (more: object = {}, of: Client = client) => {
    const { client_id, client_secret } = of
    const body = { grant_type: 'client_credentials', client_id, client_secret, ...more }
    return json('token', body)
  }

  const refresh = (refresh_token: string, more: object = {}, of: Client = client) => {
    const { client_id, client_secret } = of
    const body = { grant_type: 'refresh_token', refresh_token, client_id, client_secret, ...more }
    return json('token', body)
  }

  const list = (key: string) => server.call('GET', `${v1}/auth/api-keys`, { key })

  describe('the reference', () => {
    it('exchanges credentials of a client for a token, which opens Identity', async () => {
      const answer = await grant({ scope: 'read:principals write:policies' })
      expect(answer.status).toBe(200)
      expect(answer.json).toEqual({
        access_token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'read:principals write:policies',
        refresh_token: expect.stringMatching(/^rt_[0-9A-Za-z]{38}$/),
      })
      expect(answer.headers.get('cache-control')).toBe('no-store')
      const header = decodeProtectedHeader(answer.json.access_token)
      expect(header).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: expect.any(String) })
      const claims = decodeJwt(answer.json.access_token)
      expect(claims).toMatchObject({ sub: client.client_id, client_id: client.client_id })
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600)
      const refused = await list(answer.json.access_token)
      expect([refused.status, refused.json.error.details.scope]).toEqual([403, 'manage:keys'])
      const all = await grant()
      expect(all.json.scope).toBe(scopes.join(' '))
      expect((await list(all.json.access_token)).status).toBe(200)
    })

    it('refreshes', async () => {
      const first = await grant()
      const answer = await refresh(first.json.refresh_token)
      expect(answer.status).toBe(200)
      expect(answer.json).toEqual({
        access_token: expect.stringMatching(/^eyJ/),
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: expect.stringMatching(/^rt_/),
      })
      expect(answer.json.refresh_token).not.toBe(first.json.refresh_token)
      expect((await list(answer.json.access_token)).status).toBe(200)
    })

    it('tells when a token has expired', async () => {
      const made = await createClient({ scopes: ['manage:keys'] })
      const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
      await db.inTenant(server.organization_id, (tx) =>
        tx.run(sql`update oauth_clients set expires_at = now() + interval '6 seconds'
          where organization_id = ${server.organization_id} and id = ${made.client_id}`),
      )
      await db.close()
      const { json: token } = await grant({}, made)
      expect(token.expires_in).toBeLessThanOrEqual(6)
      let answer = await list(token.access_token)
      while (answer.status === 200) answer = await list(token.access_token)
      expect(answer.status).toBe(401)
      expect(answer.json).toEqual({
        error: {
          code: 'unauthorized',
          message: expect.stringContaining('Invalid or expired access token'),
          details: { token_expired_at: expect.stringMatching(/^[-\d]+T[:\d]+Z$/) },
          request_id: expect.stringMatching(/^req_/),
        },
      })
    })

    it('revokes, at once', async () => {
      const { json: token } = await grant()
      expect((await list(token.access_token)).status).toBe(200)
      const body = { token: token.access_token, token_type_hint: 'access_token' }
      const answer = await json('revoke', body)
      expect(answer.status).toBe(200)
      const revoked_at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      expect(answer.json).toEqual({ status: 'revoked', revoked_at })
      const refused = await list(token.access_token)
      expect([refused.status, refused.json.error.code]).toEqual([401, 'unauthorized'])
      // The family lives on: only the one token was given up.
      expect((await refresh(token.refresh_token)).status).toBe(200)
    })

    it('tells what is left of 100 tokens and 1,000 refreshes an hour', async () => {
      const fresh = await createClient()
      const first = await refresh('rt_none', {}, fresh)
      expect(first.headers.get('x-ratelimit-limit')).toBe('1000')
      const limited = await startTestServer()
      const path = `${v1}/oauth/clients`
      const made = await limited.call('POST', path, { body: { name: 'c', scopes } })
      const { client_id, client_secret } = made.json
      const ask = (secret: string) =>
        limited.call('POST', `${v1}/oauth/token`, {
          key: null,
          body: { grant_type: 'client_credentials', client_id, client_secret: secret },
        })
      const wrong = await ask('wrong')
      expect([wrong.status, wrong.headers.get('x-ratelimit-limit')]).toEqual([401, null])
      const answers = await Promise.all(Array.from({ length: 100 }, () => ask(client_secret)))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      const left = answers.map(({ headers }) => Number(headers.get('x-ratelimit-remaining')))
      expect(Math.min(...left)).toBe(0)
      const beyond = await ask(client_secret)
      expect([beyond.status, beyond.json.error.code]).toEqual([429, 'rate_limited'])
      expect(beyond.headers.get('x-ratelimit-limit')).toBe('100')
      await limited.stop()
    })
  })

  describe('clients', () => {
    const path = `${v1}/oauth/clients`

    it('show their secret once', async () => {
      const made = await createClient({ name: 'once', redirect_uris: ['https://app.example/cb'] })
      expect(made).toMatchObject({
        client_id: expect.stringMatching(/^client_[0-9a-z]{12}$/),
        client_secret: expect.stringMatching(/^cs_[0-9A-Za-z]{38}$/),
        grant_types: ['client_credentials', 'refresh_token'],
        redirect_uris: ['https://app.example/cb'],
        scopes,
      })
      const all = await server.call('GET', path)
      expect(all.text).toContain(made.client_id)
      expect(all.text).not.toContain(made.client_secret)
      expect(all.json.pagination).toMatchObject({ page: 1, per_page: 50 })
    })

    it('without refresh_token get none', async () => {
      const made = await createClient({ grant_types: ['client_credentials'] })
      const answer = await grant({}, made)
      expect(Object.keys(answer.json)).not.toContain('refresh_token')
      const refused = await refresh('rt_x', {}, made)
      expect([refused.status, refused.json.error.code]).toEqual([400, 'unauthorized_client'])
    })

    it('rotate: the old secret goes on for the overlap, and not beyond it', async () => {
      const made = await createClient()
      const rotate = (overlap_hours: number) =>
        server.call('POST', `${path}/${made.client_id}/rotate`, { body: { overlap_hours } })
      const next = (await rotate(1)).json
      expect((await grant({}, made)).status).toBe(200)
      expect((await grant({}, next)).status).toBe(200)
      const last = (await rotate(0)).json
      expect((await grant({}, made)).status).toBe(401)
      expect((await grant({}, next)).status).toBe(401)
      expect((await grant({}, last)).status).toBe(200)
    })

    it('end with all their tokens', async () => {
      const made = await createClient()
      const { json: token } = await grant({}, made)
      expect((await list(token.access_token)).status).toBe(200)
      const gone = await server.call('DELETE', `${path}/${made.client_id}`)
      expect(gone.json).toMatchObject({ client_id: made.client_id, status: 'deleted' })
      expect((await list(token.access_token)).status).toBe(401)
      expect((await grant({}, made)).status).toBe(401)
      expect((await refresh(token.refresh_token, {}, made)).status).toBe(401)
    })

    it.each([
      [{ name: '' }, 'name'],
      [{ scopes: ['read:scans'] }, 'scopes'],
      [{ grant_types: ['password'] }, 'grant_types.0'],
      [{ grant_types: ['refresh_token'] }, 'grant_types'],
      [{ redirect_uris: ['http://app.example/cb'] }, 'redirect_uris.0'],
      [{ redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris.0'],
      [{ redirect_uris: ['https://app.example/#x'] }, 'redirect_uris.0'],
      [{ secret: 'mine' }, 'secret'],
    ])('400: %j names %s', async (more, field) => {
      const made = await createClient(more)
      expect([made.error.code, made.error.details.fields[0].field]).toEqual([
        'invalid_request',
        field,
      ])
    })

    it('403: neither they nor their tokens nor their keys carry more than the maker', async () => {
      const maker = await server.call('POST', `${v1}/auth/api-keys`, {
        body: {
          name: 'm',
          scopes: ['manage:keys', 'read:audit'],
          expires_in_days: 1,
          ip_allow: ['127.0.0.0/8', '::1'],
        },
      })
      const key = maker.json.api_key
      for (const more of [
        { scopes: ['write:policies'] },
        { scopes: ['*'] },
        { scopes: ['read:audit'], expires_in_days: 2 },
        { scopes: ['read:audit'], ip_allow: ['0.0.0.0/0'] },
      ]) {
        expect((await createClient(more, key)).error.code).toBe('scope_exceeds_maker')
      }
      const made = await createClient({ scopes: ['manage:keys'] }, key)
      expect(made.expires_at).toBe(maker.json.expires_at)
      expect(made.ip_allow).toEqual(maker.json.ip_allow)
      const { json: token } = await grant({}, made)
      const make = (body: object) =>
        server.call('POST', `${v1}/auth/api-keys`, { key: token.access_token, body })
      const longer = await make({ name: 'k', scopes: ['manage:keys'], expires_in_days: 1 })
      expect(longer.json.error.code).toBe('scope_exceeds_maker')
      const wider = await make({ name: 'k', scopes: ['read:audit'] })
      expect(wider.json.error.code).toBe('scope_exceeds_maker')
      const child = await make({ name: 'k', scopes: ['manage:keys'] })
      expect(Date.parse(child.json.expires_at) - Date.now()).toBeLessThanOrEqual(3_600_000)
      const strong = await createClient({ scopes: ['write:policies'] })
      const rotated = await server.call('POST', `${path}/${strong.client_id}/rotate`, { key })
      expect(rotated.json.error.code).toBe('scope_exceeds_maker')
    })

    it('403: a weaker key does not end them', async () => {
      const weak = await server.call('POST', `${v1}/auth/api-keys`, {
        body: { name: 'weak', scopes: ['manage:keys'] },
      })
      const made = await createClient({ scopes: ['write:policies'] })
      const gone = await server.call('DELETE', `${path}/${made.client_id}`, {
        key: weak.json.api_key,
      })
      expect([gone.status, gone.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
      expect((await grant({}, made)).status).toBe(200)
    })

    it('404: of another organization as one that does not exist', async () => {
      const other = await server.call('POST', '/console/api/organizations', { body: { name: 'O' } })
      const theirs = await createClient({ scopes: ['read:audit'] }, other.json.admin_key)
      const without = (text: string) => text.replace(/req_\w+/, '')
      for (const [method, tail] of [
        ['DELETE', ''],
        ['POST', '/rotate'],
      ] as const) {
        const [foreign, missing] = await Promise.all(
          [theirs.client_id, 'client_000000000000'].map((id) =>
            server.call(method, `${path}/${id}${tail}`),
          ),
        )
        expect(missing?.status).toBe(404)
        expect(without(foreign?.text ?? '')).toBe(without(missing?.text ?? ''))
      }
      const { json: token } = await grant({}, theirs)
      const asked = await form('introspect', { token: token.access_token }, basic(client))
      expect(asked.json).toEqual({ active: false })
    })
  })

  describe('a refresh token', () => {
    it('has one successor, however many ask at once', async () => {
      const { json: first } = await grant()
      const asking = Array.from({ length: 20 }, () => refresh(first.refresh_token))
      const answers = await Promise.all(asking)
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      const successors = new Set(answers.map((answer) => answer.json.refresh_token))
      expect(successors.size).toBe(1)
      const log = `${v1}/audit/events?action=token.refreshed&per_page=20`
      const { json: rows } = await server.call('GET', log)
      const again = rows.data.filter(({ details }: Json) => details.again === true)
      expect([rows.data.length, again.length]).toEqual([20, 19])
      expect((await refresh([...successors][0] ?? '')).status).toBe(200)
    })

    it('replayed after its successor was used ends the family and its access tokens', async () => {
      const { json: first } = await grant()
      const { json: second } = await refresh(first.refresh_token)
      const { json: third } = await refresh(second.refresh_token)
      expect((await list(third.access_token)).status).toBe(200)
      const replayed = await refresh(first.refresh_token)
      expect([replayed.status, replayed.json.error.code]).toEqual([400, 'invalid_grant'])
      for (const { access_token } of [first, second, third]) {
        expect((await list(access_token)).status).toBe(401)
      }
      expect((await refresh(third.refresh_token)).status).toBe(400)
    })

    it('is of no use to another client, and no harm comes of trying', async () => {
      const { json: token } = await grant()
      const other = await createClient()
      const refused = await refresh(token.refresh_token, {}, other)
      expect(refused.json.error.code).toBe('invalid_grant')
      expect((await refresh(token.refresh_token)).status).toBe(200)
    })

    it('narrows the scope, and never widens it', async () => {
      const { json: first } = await grant({ scope: 'read:principals write:policies' })
      const wider = await refresh(first.refresh_token, { scope: 'manage:keys' })
      expect([wider.status, wider.json.error.code]).toEqual([400, 'invalid_scope'])
      const narrow = await refresh(first.refresh_token, { scope: 'read:principals' })
      expect(narrow.json.scope).toBe('read:principals')
      expect(decodeJwt(narrow.json.access_token).scope).toBe('read:principals')
      const whole = await refresh(narrow.json.refresh_token)
      expect(decodeJwt(whole.json.access_token).scope).toBe('read:principals write:policies')
    })

    it('revoked takes the access tokens with it', async () => {
      const { json: token } = await grant()
      await form('revoke', { token: token.refresh_token })
      expect((await list(token.access_token)).status).toBe(401)
      expect((await refresh(token.refresh_token)).status).toBe(400)
    })
  })

  describe('the dialect', () => {
    const credentials = { grant_type: 'client_credentials' }

    it('of a form is RFC 6749', async () => {
      const good = await form('token', credentials, basic(client))
      expect([good.status, good.json.token_type]).toEqual([200, 'Bearer'])
      const wrong = basic({ ...client, client_secret: 'wrong' })
      const refused = await form('token', credentials, wrong)
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toMatch(/^Basic realm=/)
      expect(refused.json).toEqual({
        error: 'invalid_client',
        error_description: expect.any(String),
      })
      const { json: grant } = await form(
        'token',
        { grant_type: 'refresh_token', refresh_token: 'rt_none' },
        basic(client),
      )
      expect(grant.error).toBe('invalid_grant')
    })

    it('of JSON is the reference’s envelope', async () => {
      const refused = await grant({ client_secret: 'wrong' })
      expect(refused.status).toBe(401)
      expect(refused.json.error).toMatchObject({
        code: 'unauthorized',
        message: expect.any(String),
        details: { reason: 'invalid_client' },
        request_id: refused.headers.get('x-request-id'),
      })
    })

    it.each([
      ['text/plain', 'grant_type=client_credentials'],
      ['application/jsonp', '{"grant_type":"client_credentials"}'],
      ['multipart/form-data', '--x'],
      ['nonsense', 'x'],
      ['', '{}'],
    ])('of anything else is RFC 6749, 400: %s', async (type, body) => {
      const answer = await json('token', body, { 'content-type': type, ...basic(client) })
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request'])
    })

    it.each([
      ['two credentials', { ...credentials, client_secret: 'cs_x' }, true],
      ['another client_id', { ...credentials, client_id: 'client_000000000000' }, true],
      ['a repeated parameter', 'grant_type=client_credentials&grant_type=x', true],
      ['no grant type', {}, true],
    ])('400 invalid_request for %s', async (_what, body, withBasic) => {
      const answer = await form('token', body as string, withBasic ? basic(client) : {})
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request'])
    })

    it.each([
      ['{"grant_type":"client_credentials","grant_type":"refresh_token"}', 'grant_type'],
      ['{"grant_type":"client_credentials","grant\\u005ftype":"x"}', 'grant_type'],
      ['{"grant_type":["client_credentials"]}', 'grant_type'],
      ['{"grant_type":{"__proto__":1}}', 'grant_type'],
      ['[]', 'body'],
      ['null', 'body'],
      ['{', 'body'],
      ['', 'body'],
      ['{}', 'grant_type'],
    ])('400 in JSON: %s names %s', async (body, field) => {
      const answer = await json('token', body, { 'content-type': 'application/json' })
      expect([answer.status, answer.json.error.code]).toEqual([400, 'invalid_request'])
      expect(answer.json.error.details.fields[0].field).toBe(field)
    })

    it.each([
      [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
      [{ ...credentials, scope: 'read:everything' }, 400, 'invalid_scope'],
      [{ ...credentials, scope: 'read:audit' }, 400, 'invalid_scope'],
      [{ ...credentials, scope: '*' }, 400, 'invalid_scope'],
    ])('%j is %d %s', async (body, status, code) => {
      const answer = await form('token', body as Record<string, string>, basic(client))
      expect([answer.status, answer.json.error]).toEqual([status, code])
    })

    it.each(['Basic', 'Basic ', 'Basic a b', 'basic %%%', 'BASIC\tYTpi', 'Basic bm9uZQ=='])(
      '401 with a challenge for "%s", and 400 beside a secret',
      async (authorization) => {
        const alone = await form('token', credentials, { authorization })
        expect([alone.status, alone.json.error]).toEqual([401, 'invalid_client'])
        expect(alone.headers.get('www-authenticate')).toMatch(/^Basic realm=/)
        const { client_id, client_secret } = client
        const both = { ...credentials, client_id, client_secret }
        const twice = await form('token', both, { authorization })
        expect([twice.status, twice.json.error]).toEqual([400, 'invalid_request'])
      },
    )

    it('says in a form what details say elsewhere', async () => {
      const missing = await form('token', {}, basic(client))
      expect(missing.json.error_description).toBe('grant_type: is required.')
      const wider = await form('token', { ...credentials, scope: '*' }, basic(client))
      expect(wider.json.error_description).toContain(`scopes_max: ${scopes.join(' ')}`)
      const big = await json('token', `"${'x'.repeat(70_000)}"`)
      expect([big.status, big.json.error.details.bytes_max]).toEqual([413, 65_536])
    })

    it('401 without a client', async () => {
      expect((await form('token', credentials)).json.error).toBe('invalid_client')
      const unknown = { ...credentials, client_id: 'client_000000000000', client_secret: 'x' }
      expect((await form('token', unknown)).json.error).toBe('invalid_client')
    })
  })

  describe('introspection', () => {
    it('tells a client and a key of the organization about its tokens', async () => {
      const { json: token } = await grant()
      const claims = decodeJwt(token.access_token)
      const asked = await form('introspect', { token: token.access_token }, basic(client))
      const about = { active: true, client_id: client.client_id, scope: scopes.join(' ') }
      expect(asked.json).toMatchObject({ ...about, token_type: 'Bearer', exp: claims.exp })
      const byKey = await json(
        'introspect',
        { token: token.refresh_token },
        { authorization: `Bearer ${server.keys.identity}` },
      )
      expect(byKey.json).toMatchObject({ ...about, token_type: 'refresh_token' })
      await json('revoke', { token: token.refresh_token })
      for (const one of [token.access_token, token.refresh_token]) {
        const after = await form('introspect', { token: one }, basic(client))
        expect(after.json).toEqual({ active: false })
      }
    })

    it('asks a key for a scope, and ends at the workspace', async () => {
      const { json: token } = await grant()
      const ask = async (key: string, asked: string) => {
        const answer = await json(
          'introspect',
          { token: asked },
          { authorization: `Bearer ${key}` },
        )
        return [answer.status, answer.json.active ?? answer.json.error?.code]
      }
      const keyWith = async (wanted: string[], headers = {}) =>
        server.call('POST', `${v1}/auth/api-keys`, { body: { name: 'k', scopes: wanted }, headers })
      const narrow = (await keyWith(['read:principals'])).json.api_key
      expect(await ask(narrow, token.access_token)).toEqual([403, 'forbidden'])
      const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
      await db.inTenant(server.organization_id, (tx) =>
        tx.run(sql`insert into workspaces (organization_id, id, name)
          values (${server.organization_id}, 'ws_introspect', 'Other')`),
      )
      await db.close()
      const headers = { 'x-workspace-id': 'ws_introspect' }
      // What a key may use of workspaces is looked up anew within seconds.
      let made = await keyWith(['manage:keys', 'read:principals', 'write:policies'], headers)
      while (made.status === 403) made = await keyWith(['manage:keys'], headers)
      const there = made.json.api_key
      expect(await ask(there, token.access_token)).toEqual([200, false])
      expect(await ask(there, token.refresh_token)).toEqual([200, false])
      const client = await createClient({ scopes: ['manage:keys'] }, there)
      const theirs = (await grant({}, client)).json
      expect(await ask(there, theirs.access_token)).toEqual([200, true])
      expect(await ask(server.keys.identity ?? '', theirs.refresh_token)).toEqual([200, true])
      const byClient = await form('introspect', { token: token.access_token }, basic(client))
      expect(byClient.json).toEqual({ active: false })
    })

    it('says nothing to strangers', async () => {
      const { json: token } = await grant()
      const alone = await form('introspect', { token: token.access_token })
      expect([alone.status, alone.json.error]).toEqual([401, 'invalid_client'])
      const headers = { authorization: 'Bearer junk' }
      const junk = await form('introspect', { token: token.access_token }, headers)
      expect(junk.status).toBe(401)
    })
  })

  describe('429', () => {
    it('counts failures alike whether there is such a client or not', async () => {
      const limits = { 'identity.failures.hour': 2, 'identity.address_failures.minute': 7 }
      const env = { PANTHERA_RATE_LIMITS: JSON.stringify(limits) }
      const strict = await startTestServer({ env })
      const path = `${v1}/oauth/clients`
      const made = await strict.call('POST', path, { body: { name: 'c', scopes } })
      const ask = async (client_id: string, client_secret?: string) => {
        const body = { grant_type: 'client_credentials', client_id, client_secret }
        return strict.call('POST', `${v1}/oauth/token`, { key: null, body })
      }
      const tried = async (id: string) => {
        const answers = [await ask(id, 'cs_wrong'), await ask(id, 'cs_wrong')]
        const beyond = await ask(id, 'cs_wrong')
        expect(beyond.headers.get('x-ratelimit-remaining')).toBe('0')
        return [...answers, beyond].map(({ status }) => status)
      }
      expect(await tried('client_000000000000')).toEqual([401, 401, 429])
      expect(await tried(made.json.client_id)).toEqual([401, 401, 429])
      expect((await ask(made.json.client_id, made.json.client_secret)).status).toBe(200)
      // Who sends nothing guesses nothing.
      for (let time = 0; time < 3; time++) {
        expect((await ask('client_000000000001')).status).toBe(401)
      }
      const guess = (at: number) => ask(`client_${String(at).padStart(12, '0')}`, 'cs_wrong')
      let status = 0
      for (let at = 2; at < 30 && status !== 429; at++) status = (await guess(at)).status
      // Of the address there were as many as there may be: a good client goes on all the same.
      expect(status).toBe(429)
      const other = await strict.call('POST', path, { body: { name: 'd', scopes } })
      expect((await ask(other.json.client_id, other.json.client_secret)).status).toBe(429)
      expect((await ask(made.json.client_id, made.json.client_secret)).status).toBe(200)
      await strict.stop()
    })
  })

  it('revokes nothing and says so in the same words for what is no token', async () => {
    for (const token of ['junk', 'rt_unknown', 'a.b.c', `${'x'.repeat(50_000)}`]) {
      const answer = await json('revoke', { token })
      expect([answer.status, answer.json.status]).toEqual([200, 'revoked'])
    }
    expect((await json('revoke', {})).status).toBe(400)
    const { client_id } = client
    const wrong = { client_id, token: 'junk', client_secret: 'wrong' }
    expect((await json('revoke', wrong)).status).toBe(401)
  })
})
