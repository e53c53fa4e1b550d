// The examples of the two references of authentication, request by request as they stand there, but
// for the port and for what is secret: same hosts, paths, headers and bodies, and in each answer
// the same fields in the same form.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { browserEnv } from '../fixtures/browser.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

interface Answered {
  status: number
  headers: Record<string, string | string[] | undefined>
  json: Json
}

interface Sent {
  method: string
  url: string
  headers?: Record<string, string>
  body?: object
}

const json = { 'content-type': 'application/json' }
const identity = 'https://api.tigeridentity.com/v1'
const trust = 'https://api.tigertrust.io/api'
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

describe.skipIf(!hasDatabase)('the references', () => {
  let server: TestServer
  beforeAll(async () => {
    const hosts = 'identity=api.tigeridentity.com,trust=api.tigertrust.io'
    server = await startTestServer({ env: { ...browserEnv, PANTHERA_SURFACE_HOSTS: hosts } })
  })
  afterAll(() => server.stop())

  /** To where the reference's own host stands for ours. */
  function send({ method, url, headers = {}, body }: Sent): Promise<Answered> {
    const { host, pathname, search } = new URL(url)
    const { hostname, port } = new URL(server.url)
    return new Promise((resolve, reject) => {
      const asked = request(
        { method, hostname, port, path: `${pathname}${search}`, headers: { ...headers, host } },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (part) => {
            text += part
          })
          answer.on('end', () => {
            const { statusCode: status = 0, headers: got } = answer
            resolve({ status, headers: got, json: text === '' ? null : JSON.parse(text) })
          })
        },
      )
      asked.on('error', reject)
      asked.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  const bearer = (token: string | undefined) => ({ authorization: `Bearer ${token}` })

  function expectLimit({ headers }: Answered, limit: number): void {
    expect(Number(headers['x-ratelimit-limit'])).toBe(limit)
    expect(Number(headers['x-ratelimit-remaining'])).toBeLessThan(limit)
    const seconds = Number(headers['x-ratelimit-reset']) - Date.now() / 1000
    expect(seconds).toBeGreaterThan(-1)
    expect(seconds).toBeLessThanOrEqual(3_601)
  }

  describe('of Identity', () => {
    const scopes = ['read:principals', 'write:policies', 'evaluate:decisions']
    const id = expect.stringMatching(/^key_[0-9a-z]{12}$/)
    const listed = { id, name: 'Production Service', scopes, created_at: time, expires_at: time }
    let owner: Record<string, string>
    beforeAll(() => {
      owner = bearer(server.keys.identity)
    })

    it('overview: a bearer token opens the API', async () => {
      const answer = await send({
        method: 'GET',
        url: `${identity}/principals`,
        headers: { ...owner, ...json },
      })
      expect([answer.status, answer.json.data]).toEqual([200, expect.any(Array)])
    })

    it('API keys: generate, list, revoke', async () => {
      const made = await send({
        method: 'POST',
        url: `${identity}/auth/api-keys`,
        headers: { ...owner, ...json },
        body: {
          name: 'Production Service',
          description: 'API key for prod backend',
          scopes,
          expires_in_days: 365,
        },
      })
      expect(made.json).toEqual({
        ...listed,
        api_key: expect.stringMatching(/^ti_live_/),
        last_used_at: null,
      })
      expectLimit(made, 50)
      const days = (Date.parse(made.json.expires_at) - Date.parse(made.json.created_at)) / 86_400e3
      expect(days).toBeCloseTo(365, 4)
      await send({
        method: 'GET',
        url: `${identity}/principals`,
        headers: bearer(made.json.api_key),
      })
      const list = await send({ method: 'GET', url: `${identity}/auth/api-keys`, headers: owner })
      const { pagination, data } = list.json
      expect(Object.keys(list.json)).toEqual(['data', 'pagination'])
      expect(pagination).toEqual({ total: data.length, page: 1, per_page: 50 })
      expect(data[0]).toEqual({ ...listed, last_used_at: time })
      const gone = await send({
        method: 'DELETE',
        url: `${identity}/auth/api-keys/${made.json.id}`,
        headers: owner,
      })
      expect(gone.json).toEqual({ id: made.json.id, status: 'revoked', revoked_at: time })
    })

    it('OAuth 2.0: exchange, refresh, revoke', async () => {
      const client = await send({
        method: 'POST',
        url: `${identity}/oauth/clients`,
        headers: { ...owner, ...json },
        body: { name: 'Reference', scopes: ['read:principals', 'write:policies'] },
      })
      const { client_id, client_secret } = client.json
      const ask = (path: string, body: object) =>
        send({ method: 'POST', url: `${identity}${path}`, headers: json, body })
      const issued = await ask('/oauth/token', {
        grant_type: 'client_credentials',
        client_id,
        client_secret,
        scope: 'read:principals write:policies',
      })
      const rs256 = Buffer.from('{"alg":"RS256"').toString('base64url').slice(0, 18)
      const form = {
        access_token: expect.stringMatching(new RegExp(`^${rs256}`)),
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: expect.stringMatching(/^rt_/),
      }
      expect(issued.json).toEqual({ ...form, scope: 'read:principals write:policies' })
      expectLimit(issued, 100)
      const { refresh_token } = issued.json
      const refreshed = await ask('/oauth/token', {
        grant_type: 'refresh_token',
        refresh_token,
        client_id,
        client_secret,
      })
      expect(refreshed.json).toEqual(form)
      expect(refreshed.json.refresh_token).not.toBe(refresh_token)
      expectLimit(refreshed, 1_000)
      const opened = () =>
        send({
          method: 'GET',
          url: `${identity}/principals`,
          headers: bearer(refreshed.json.access_token),
        })
      expect((await opened()).status).toBe(200)
      const revoked = await ask('/oauth/revoke', {
        token: refreshed.json.access_token,
        token_type_hint: 'access_token',
      })
      expect([revoked.status, revoked.json]).toEqual([200, { status: 'revoked', revoked_at: time }])
      expect((await opened()).status).toBe(401)
    })

    it.each([
      [401, 'unauthorized', {}],
      [401, 'unauthorized', bearer('YOUR_ACCESS_TOKEN')],
    ])('errors: %i %s %j', async (status, code, headers) => {
      const answer = await send({ method: 'GET', url: `${identity}/principals`, headers })
      expect(answer.status).toBe(status)
      expect(answer.json).toEqual({
        error: {
          code,
          message: expect.any(String),
          details: expect.any(Object),
          request_id: expect.stringMatching(/^req_[0-9a-z]{12}$/),
        },
      })
    })

    it('errors: 403 without the permission', async () => {
      const { json: made } = await send({
        method: 'POST',
        url: `${identity}/auth/api-keys`,
        headers: { ...owner, ...json },
        body: { name: 'narrow', scopes: ['read:principals'] },
      })
      const headers = bearer(made.api_key)
      const answer = await send({ method: 'GET', url: `${identity}/auth/api-keys`, headers })
      expect([answer.status, answer.json.error.code]).toEqual([403, 'forbidden'])
    })

    it('errors: what has expired says when', async () => {
      const { json: made } = await send({
        method: 'POST',
        url: `${identity}/auth/api-keys`,
        headers: { ...owner, ...json },
        body: { name: 'over', scopes: ['read:principals'], expires_in_days: 1 },
      })
      await change(sql`update api_keys set expires_at = '2026-02-05T12:00:00Z'
        where id = ${made.id}`)
      const answer = await send({
        method: 'GET',
        url: `${identity}/principals`,
        headers: bearer(made.api_key),
      })
      expect([answer.status, answer.json]).toEqual([
        401,
        {
          error: {
            code: 'unauthorized',
            // With what to do after it.
            message: expect.stringMatching(/^Invalid or expired access token\. Create /),
            details: { token_expired_at: '2026-02-05T12:00:00Z' },
            request_id: expect.any(String),
          },
        },
      ])
    })
  })

  describe('of Trust', () => {
    const certificates = `${trust}/certificates`

    it('API keys: in either header, with a workspace or without', async () => {
      const key = server.keys.trust_agent ?? ''
      for (const headers of [
        { 'X-Agent-API-Key': key },
        { Authorization: `Bearer ${key}` },
        { 'X-Agent-API-Key': key, 'X-Workspace-ID': server.workspace_id },
      ]) {
        const answer = await send({ method: 'GET', url: certificates, headers })
        expect([answer.status, answer.json.data]).toEqual([200, []])
        expect(Number(answer.headers['x-ratelimit-limit'])).toBeGreaterThan(0)
      }
    })

    it('login: the session’s cookie, for seven days', async () => {
      const { email } = server.owner
      const answer = await send({
        method: 'POST',
        url: `${trust}/auth/login`,
        headers: json,
        body: { email, password: server.ownerPassword },
      })
      expect(answer.status).toBe(200)
      const [cookie = ''] = [answer.headers['set-cookie']].flat()
      expect(cookie.split('; ').map((part) => part.split('=', 1)[0])).toEqual([
        'connect.sid',
        'Path',
        'Max-Age',
        'HttpOnly',
        'Secure',
        'SameSite',
      ])
      expect(cookie).toContain(`Max-Age=${7 * 24 * 3600}; HttpOnly; Secure; SameSite=Strict`)
      const headers = { cookie: cookie.split(';', 1)[0] ?? '' }
      expect((await send({ method: 'GET', url: certificates, headers })).status).toBe(200)
    })

    const cases: [number, string, (key: Made) => Promise<Record<string, string>>][] = [
      [401, 'UNAUTHORIZED', async () => ({})],
      [401, 'UNAUTHORIZED', async () => ({ 'X-Agent-API-Key': 'ak_your_api_key_here' })],
      [401, 'TOKEN_EXPIRED', ended(sql`expires_at = now() - interval '1 day'`)],
      [401, 'KEY_REVOKED', ended(sql`revoked_at = now()`)],
      [401, 'UNAUTHORIZED', ended(sql`deactivated_at = now()`)],
      // In the reference's order: active, then expiration, then revocation.
      [401, 'TOKEN_EXPIRED', ended(sql`revoked_at = now(), expires_at = now()`)],
      [403, 'FORBIDDEN', ended(sql`scopes = '{}'`)],
      [
        403,
        'WORKSPACE_ACCESS_DENIED',
        async ({ api_key }) => ({ 'X-Agent-API-Key': api_key, 'X-Workspace-ID': 'ws_123456' }),
      ],
    ]
    it.each(cases)('errors: %i %s', async (status, code, headersOf) => {
      const { json: made } = await server.call('POST', '/console/api/keys', {
        body: { surface: 'trust', type: 'agent', name: 'ended' },
      })
      const headers = await headersOf(made)
      const answer = await send({ method: 'GET', url: certificates, headers })
      expect([answer.status, answer.json.error.code]).toEqual([status, code])
    })

    it.each([
      ['free', 60, 1_000],
      ['pro', 300, 10_000],
      ['enterprise', 1_000, 50_000],
    ])('limits: %s has %i a minute and %i an hour', async (plan, minute, hour) => {
      const organization = await server.call('POST', '/console/api/organizations', {
        body: { name: plan, plan },
      })
      const made = await server.call('POST', '/console/api/keys', {
        key: organization.json.admin_key,
        body: { surface: 'trust', type: 'public', name: plan },
      })
      const headers = { 'X-Agent-API-Key': made.json.api_key }
      const answer = await send({ method: 'GET', url: certificates, headers })
      // The window with the least left is told: the minute, while the hour has more.
      expect([answer.status, Number(answer.headers['x-ratelimit-limit'])]).toEqual([200, minute])
      expect(Number(answer.headers['x-ratelimit-remaining'])).toBe(minute - 1)
      const granted = await query(sql`select window_name from limit_windows
        where subject = ${`trust ${made.json.id}`} order by 1`)
      expect(granted).toEqual([{ window_name: 'hour' }, { window_name: 'minute' }])
      expect(hour).toBeGreaterThan(minute)
    })
  })

  interface Made {
    id: string
    api_key: string
  }

  function ended(how: ReturnType<typeof sql>) {
    return async ({ id, api_key }: Made) => {
      await change(sql`update api_keys set ${how} where id = ${id}`)
      return { 'X-Agent-API-Key': api_key }
    }
  }

  const change = (statement: ReturnType<typeof sql>) =>
    within((db) => db.inTenant(server.organization_id, (tx) => tx.run(statement)))
  const query = (statement: ReturnType<typeof sql>) =>
    within((db) => db.inSystem((tx) => tx.rows(statement)))

  async function within<Result>(
    work: (db: ReturnType<typeof openDatabase>) => Promise<Result>,
  ): Promise<Result> {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    try {
      return await work(db)
    } finally {
      await db.close()
    }
  }
})
