// The token service as others see it: a client written elsewhere, a verifier that knows only the
// published keys, a second node, and whoever sends what nobody should.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import * as oauth from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/platform/config.ts'
import { createLog } from '../../src/platform/log.ts'
import { type Server, startServer } from '../../src/server.ts'
import { send } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { freePort } from '../fixtures/process.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

const v1 = '/identity/v1'
const scopes = ['read:principals', 'manage:keys']

describe.skipIf(!hasDatabase)('from outside', () => {
  let server: TestServer
  let issuer: string
  let client: Json
  let env: Record<string, string>
  beforeAll(async () => {
    const port = String(await freePort())
    env = {
      PANTHERA_PORT: port,
      PANTHERA_PUBLIC_URL: `http://127.0.0.1:${port}`,
      PANTHERA_MASTER_KEY: randomBytes(32).toString('base64'),
      PANTHERA_RATE_LIMITS: '{"identity.keys.hour":10000,"identity.token.hour":10000}',
    }
    server = await startTestServer({ env })
    issuer = `http://127.0.0.1:${port}${v1}`
    const body = { name: 'c', scopes }
    client = (await server.call('POST', `${v1}/oauth/clients`, { body })).json
  })
  afterAll(() => server.stop())

  const discover = (how: oauth.ClientAuth) =>
    oauth.discovery(new URL(issuer), client.client_id, client.client_secret, how, {
      algorithm: 'oauth2',
      execute: [oauth.allowInsecureRequests],
    })

  const token = async (on = server.url, of: Json = client): Promise<Json> => {
    const { client_id, client_secret } = of
    const body = { grant_type: 'client_credentials', client_id, client_secret }
    const answer = await send(on, { method: 'POST', path: `${v1}/oauth/token`, body }, {})
    return answer.json
  }

  describe('openid-client', () => {
    it.each([
      ['Basic', oauth.ClientSecretBasic],
      ['body', oauth.ClientSecretPost],
    ])(
      'finds the endpoints and gets, refreshes, asks about and revokes tokens: %s',
      async (_, how) => {
        const config = await discover(how(client.client_secret))
        expect(config.serverMetadata()).toMatchObject({ issuer })
        const first = await oauth.clientCredentialsGrant(config, { scope: 'read:principals' })
        expect(first).toMatchObject({ expires_in: 3600, scope: 'read:principals' })
        const second = await oauth.refreshTokenGrant(config, first.refresh_token ?? '')
        const known = await oauth.tokenIntrospection(config, second.access_token)
        expect(known).toMatchObject({ active: true, client_id: client.client_id })
        await oauth.tokenRevocation(config, second.refresh_token ?? '')
        const after = await oauth.tokenIntrospection(config, second.access_token)
        expect(after).toEqual({ active: false })
        const refused = oauth.refreshTokenGrant(config, second.refresh_token ?? '')
        await expect(refused).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
        const wide = oauth.clientCredentialsGrant(config, { scope: 'admin:console' })
        await expect(wide).rejects.toMatchObject({ error: 'invalid_scope' })
      },
    )

    it('understands that a secret is wrong', async () => {
      const config = await discover(oauth.ClientSecretPost('cs_wrong'))
      const refused = oauth.clientCredentialsGrant(config)
      await expect(refused).rejects.toMatchObject({ error: 'invalid_client', status: 401 })
      const basic = await discover(oauth.ClientSecretBasic('cs_wrong'))
      await expect(oauth.clientCredentialsGrant(basic)).rejects.toMatchObject({
        status: 401,
        cause: [{ scheme: 'basic' }],
      })
    })
  })

  it('a verifier needs the published keys only', async () => {
    const { access_token } = await token()
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))
    const options = { issuer, audience: issuer, typ: 'at+jwt', algorithms: ['RS256'] }
    const { payload } = await jwtVerify(access_token, keys, options)
    expect(payload.sub).toBe(client.client_id)
    const jwks = await server.call('GET', `${v1}/.well-known/jwks.json`, { key: null })
    expect(jwks.headers.get('cache-control')).toBe('public, max-age=300')
    expect(Object.keys(jwks.json.keys[0]).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
    const inserted = `/.well-known/oauth-authorization-server${v1}`
    expect((await server.call('GET', inserted, { key: null })).json.issuer).toBe(issuer)
  })

  it('withdrawn keys end all tokens at once', async () => {
    const { access_token: key } = await token()
    const path = `${v1}/auth/api-keys`
    expect((await server.call('GET', path, { key })).status).toBe(200)
    const rotated = await server.call('POST', '/console/api/signing-keys/rotate', {
      body: { withdraw: true },
    })
    expect(rotated.status).toBe(201)
    expect((await server.call('GET', path, { key })).status).toBe(401)
    const { access_token: fresh } = await token()
    expect((await server.call('GET', path, { key: fresh })).status).toBe(200)
    const listed = await server.call('GET', '/console/api/signing-keys')
    expect(listed.json.signing_keys.map((one: Json) => one.kid)).toEqual([rotated.json.kid])
  })

  describe('a second node', () => {
    let second: Server
    let dataDir: string
    beforeAll(async () => {
      dataDir = mkdtempSync(join(tmpdir(), 'panthera-second-'))
      const config = readConfig({
        ...env,
        PANTHERA_PORT: '0',
        PANTHERA_DATA_DIR: dataDir,
        PANTHERA_CACHE_DIR: join(dataDir, 'cache'),
        DATABASE_URL: server.databaseUrl,
        PANTHERA_OWNER_EMAIL: 'owner@example.com',
        PANTHERA_OWNER_PASSWORD: randomBytes(12).toString('hex'),
      })
      second = await startServer(config, createLog({ level: 'silent' }))
    })
    afterAll(async () => {
      await second.stop()
      rmSync(dataDir, { recursive: true, force: true })
    })

    const listThere = async (key: string) =>
      (await send(second.url, { method: 'GET', path: `${v1}/auth/api-keys`, key }, {})).status

    /** Long before what the node remembers would be over by itself. */
    const untilRefused = async (key: string): Promise<void> => {
      const from = performance.now()
      while ((await listThere(key)) !== 401) {
        if (performance.now() - from > 5_000) throw new Error('the revocation did not arrive')
      }
    }

    it('knows the tokens of the first, and within a second that one is revoked', async () => {
      const { access_token } = await token()
      expect(await listThere(access_token)).toBe(200)
      const body = { token: access_token }
      await server.call('POST', `${v1}/oauth/revoke`, { key: null, body })
      await untilRefused(access_token)
    })

    it('knows within a second that a key is revoked', async () => {
      const body = { name: 'k', scopes: ['manage:keys'] }
      const made = await server.call('POST', `${v1}/auth/api-keys`, { body })
      expect(await listThere(made.json.api_key)).toBe(200)
      await server.call('DELETE', `${v1}/auth/api-keys/${made.json.id}`)
      await untilRefused(made.json.api_key)
    })

    it('refreshes with the first, and both give one successor', async () => {
      const { refresh_token } = await token()
      const { client_id, client_secret } = client
      const body = { grant_type: 'refresh_token', refresh_token, client_id, client_secret }
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, nth) =>
          send(
            nth % 2 === 0 ? server.url : second.url,
            { method: 'POST', path: `${v1}/oauth/token`, body },
            {},
          ),
        ),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(new Set(answers.map(({ json }) => json.refresh_token)).size).toBe(1)
    })
  })

  describe('nonsense is never an error of ours, and never a grant:', () => {
    const odd = [
      '',
      ' ',
      '\0',
      '%00',
      '\u{1f600}',
      '\ud800',
      'null',
      '-1',
      '1e999',
      "' or 1=1 --",
      '../../etc/passwd',
      '{"$ne":null}',
      'x'.repeat(5_000),
      `rt_${'a'.repeat(38)}`,
      `cs_${'a'.repeat(38)}`,
      'a.b.c',
      '__proto__',
    ]

    it('parameters', async () => {
      const names = ['grant_type', 'client_id', 'client_secret', 'refresh_token', 'scope', 'token']
      const good = { grant_type: 'client_credentials', client_id: client.client_id }
      for (const endpoint of ['token', 'revoke', 'introspect']) {
        for (const name of names) {
          for (const value of odd) {
            for (const body of [
              JSON.stringify({ ...good, [name]: value }),
              new URLSearchParams({ ...good, [name]: value.toWellFormed() }).toString(),
            ]) {
              const type = body.startsWith('{') ? 'json' : 'x-www-form-urlencoded'
              const answer = await server.call('POST', `${v1}/oauth/${endpoint}`, {
                key: null,
                body,
                headers: { 'content-type': `application/${type}` },
              })
              const about = `${endpoint} ${name} ${value.slice(0, 20)}`
              expect(answer.status, about).toBeLessThan(500)
              expect(answer.json.access_token, about).toBeUndefined()
            }
          }
        }
      }
    })

    it('bodies', async () => {
      const bodies = [
        '[',
        '[]'.repeat(30_000),
        '['.repeat(60_000),
        `{"a":${'['.repeat(30_000)}`,
        '{"grant_type":1e400}',
        '{"\\u0000":"x"}',
        '"client_credentials"',
        '&&&===',
        '%',
        '%zz=%zz',
        'grant_type=client_credentials&'.repeat(2_000),
        Array.from({ length: 1_000 }, (_, nth) => `p${nth}=1`).join('&'),
        'x'.repeat(70_000),
        randomBytes(300).toString('latin1'),
      ]
      for (const body of bodies) {
        for (const type of ['json', 'x-www-form-urlencoded', 'xml', '', ';;;']) {
          const headers = { 'content-type': `application/${type}` }
          const path = `${v1}/oauth/token`
          const answer = await server.call('POST', path, { key: null, body, headers })
          const about = `${type} ${body.slice(0, 30)}`
          expect([400, 401, 413, 429], about).toContain(answer.status)
          expect(answer.json.error, about).toBeDefined()
        }
      }
    })

    it('fields of keys and clients', async () => {
      const values: unknown[] = [...odd, null, true, 0, -1, 1.5, 1e300, [], {}, [[]], [null]]
      const nested = JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`) as unknown
      const good = { name: 'n', scopes: ['read:principals'] }
      const key = server.keys.identity ?? ''
      for (const [path, fields] of [
        ['auth/api-keys', ['name', 'description', 'scopes', 'expires_in_days', 'ip_allow', 'x']],
        [
          'oauth/clients',
          ['name', 'scopes', 'grant_types', 'redirect_uris', 'ip_allow', '__proto__'],
        ],
        ['auth/api-keys/key_000000000000/rotate', ['overlap_hours', 'x']],
      ] as const) {
        for (const field of fields) {
          for (const value of [...values, nested, odd]) {
            const text = JSON.stringify(value) ?? 'null'
            // Last, since of two alike the last one counts.
            const before = path.endsWith('rotate') ? '{' : `${JSON.stringify(good).slice(0, -1)},`
            const body = `${before}${JSON.stringify(field)}:${text}}`
            const headers = { 'content-type': 'application/json' }
            const answer = await server.call('POST', `${v1}/${path}`, { key, body, headers })
            const about = `${path} ${field} ${text.slice(0, 40)}`
            expect([201, 400, 403, 404], about).toContain(answer.status)
            if (answer.status === 201) expect(answer.json.scopes, about).toEqual(good.scopes)
          }
        }
      }
    })

    it('headers', async () => {
      const good = new URLSearchParams({ grant_type: 'client_credentials' }).toString()
      const base64 = (text: string) => Buffer.from(text).toString('base64')
      const values = [
        'Basic',
        'Basic ',
        'Basic !!!',
        `Basic ${base64('nocolon')}`,
        `Basic ${base64(':')}`,
        `Basic ${base64('%zz:%zz')}`,
        `Basic ${base64(`${client.client_id}:`)}`,
        `Basic ${base64(`${client.client_id}:\0`)}`,
        `Basic ${'A'.repeat(10_000)}`,
        'Bearer',
        'Bearer x',
        'Digest username="x"',
        `Bearer ${'a.'.repeat(4_000)}`,
      ]
      for (const authorization of values) {
        const answer = await server.call('POST', `${v1}/oauth/token`, {
          key: null,
          body: good,
          headers: { 'content-type': 'application/x-www-form-urlencoded', authorization },
        })
        const about = authorization.slice(0, 30)
        expect([400, 401, 429, 431], about).toContain(answer.status)
        const guarded = await server.call('GET', `${v1}/auth/api-keys`, {
          key: null,
          headers: { authorization },
        })
        expect([401, 429, 431], about).toContain(guarded.status)
      }
    })

    it('tokens, each a good one with one part changed', async () => {
      const { access_token } = await token()
      const [head = '', body = '', signature = ''] = access_token.split('.')
      const claims = decodeJwt(access_token)
      const changed = [
        { ...claims, scope: '*' },
        { ...claims, org: '00000000-0000-4000-8000-000000000000' },
        { ...claims, exp: 9_999_999_999 },
        { ...claims, gid: 'grt_000000000000' },
      ].map((one) => Buffer.from(JSON.stringify(one)).toString('base64url'))
      const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
      const forged = [
        ...changed.map((one) => `${head}.${one}.${signature}`),
        `${none}.${body}.`,
        `${none}.${body}.${signature}`,
        `${head}.${body}.`,
        `${head}..${signature}`,
        `.${body}.${signature}`,
        `${access_token}.`,
        access_token.slice(0, -4),
      ]
      for (const key of forged) {
        const answer = await server.call('GET', `${v1}/auth/api-keys`, { key })
        expect([401, 429]).toContain(answer.status)
      }
      expect((await server.call('GET', `${v1}/auth/api-keys`, { key: access_token })).status).toBe(
        200,
      )
    })

    it('tokens on other surfaces', async () => {
      const { access_token: key } = await token()
      for (const path of ['/gate/api/findings', '/trust/api/certificates', '/console/api/keys']) {
        expect([401, 429]).toContain((await server.call('GET', path, { key })).status)
      }
    })
  })

  it('no secret and no token is in the log', async () => {
    const { access_token, refresh_token } = await token()
    await server.call('GET', `${v1}/auth/api-keys`, { key: access_token })
    const log = server.logLines.join('')
    for (const secret of [client.client_secret, access_token, refresh_token]) {
      expect(log).not.toContain(secret)
    }
  })
})
