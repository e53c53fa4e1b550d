// No route without a permission, but for those that are listed here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const publicRoutes = [
  // What relying parties ask about certificates, by addresses that stand in them.
  'GET /trust/crl/{file}',
  'GET /trust/ca/{file}',
  'POST /trust/ocsp/{token}',
  'GET /trust/ocsp/{token}/{*}',
  // Clients of ACME sign each request instead.
  'GET /trust/acme/{authority}/directory',
  'HEAD /trust/acme/{authority}/new-nonce',
  'GET /trust/acme/{authority}/new-nonce',
  'GET /trust/acme/{authority}/renewal-info/{certificate}',
  'POST /trust/acme/{authority}/new-account',
  'POST /trust/acme/{authority}/account/{account}',
  'POST /trust/acme/{authority}/account/{account}/orders',
  'POST /trust/acme/{authority}/key-change',
  'POST /trust/acme/{authority}/new-order',
  'POST /trust/acme/{authority}/order/{order}',
  'POST /trust/acme/{authority}/authorization/{authorization}',
  'POST /trust/acme/{authority}/challenge/{challenge}',
  'POST /trust/acme/{authority}/order/{order}/finalize',
  'POST /trust/acme/{authority}/certificate/{order}',
  'POST /trust/acme/{authority}/revoke-cert',
  // Authorities that prove a name know a token.
  'GET /trust/acme-challenge/{token}',
  // People who log in have no session yet.
  'POST /trust/api/auth/login',
  'POST /trust/api/auth/verify-2fa',
  'POST /trust/api/auth/reset-password',
  'POST /trust/api/auth/accept-invitation',
  // They authenticate clients, or take a token as proof of itself.
  'POST /identity/v1/oauth/token',
  'POST /identity/v1/oauth/revoke',
  'POST /identity/v1/oauth/introspect',
  'GET /identity/v1/.well-known/jwks.json',
  'GET /identity/v1/.well-known/oauth-authorization-server',
  'GET /identity/.well-known/authzen-configuration',
  'GET /certus/auth/login',
  'POST /certus/auth/login',
  'GET /certus/auth/callback',
  'GET /certus/auth/logout',
  'POST /certus/auth/logout',
  'GET /certus/api/status',
  // An auditor's link: its token is in a header or a cookie, and asked for by the routes.
  'GET /certus/auditor/open',
  'GET /certus/auditor/packs',
  'GET /certus/auditor/evidence',
  'GET /certus/auditor/evidence/{evidence_pack_id}',
  'GET /certus/auditor/evidence/{evidence_pack_id}/bundle',
  'GET /certus/auditor/evidence/{evidence_pack_id}/oscal',
  'GET /certus/auditor/evidence/{evidence_pack_id}/report',
  'GET /certus/auditor/controls',
  'GET /certus/auditor/log/checkpoint',
  'GET /certus/auditor/log/tile/{*}',
  'GET /certus/auditor/log/inclusion',
  'GET /certus/auditor/log/consistency',
  // Code hosts sign what they tell.
  'POST /certus/api/webhooks/github',
  'POST /certus/api/webhooks/gitlab/{link_id}',
  'POST /certus/api/webhooks/bitbucket/{link_id}',
]

describe.skipIf(!hasDatabase)('access', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  interface Operation {
    method: string
    path: string
    security: object[]
    description?: string
  }

  async function operations(): Promise<Operation[]> {
    const all: Operation[] = []
    for (const mount of ['gate', 'trust', 'identity', 'certus', 'console']) {
      const { json } = await server.call('GET', `/${mount}/openapi.json`, { key: null })
      for (const [path, methods] of Object.entries<Record<string, Operation>>(json.paths)) {
        for (const [method, operation] of Object.entries(methods)) {
          all.push({ ...operation, method: method.toUpperCase(), path: `/${mount}${path}` })
        }
      }
    }
    return all
  }

  it('is public only where it is listed', async () => {
    const open = (await operations()).filter(({ security }) => security.length === 0)
    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual(publicRoutes)
  })

  it('is refused to a key without the scope that the route names', async () => {
    const scopes = ['read:scans']
    const made = await server.call('POST', '/console/api/keys', {
      body: { surface: 'gate', name: 'narrow', scopes },
    })
    const others = (await operations()).filter(({ path, description = '' }) => {
      return path.startsWith('/gate/') && !description.includes('read:scans')
    })
    expect(others.length).toBeGreaterThan(10)
    for (const { method, path } of others) {
      const url = path.replaceAll(/\{\w+\}/g, 'x')
      const answer = await server.call(method, url, { key: made.json.api_key })
      expect([answer.status, answer.json.error.code], `${method} ${path}`).toEqual([
        403,
        'forbidden',
      ])
    }
  })

  // Last: so many refusals make this address one whose keys are looked up no more for a minute.
  it('is refused without a key on every other route, before all else', async () => {
    const guarded = (await operations()).filter(({ security }) => security.length > 0)
    expect(guarded.length).toBeGreaterThan(20)
    for (const { method, path } of guarded) {
      const url = path.replaceAll(/\{\w+\}/g, 'x')
      const answer = await server.call(method, url, { key: null })
      // Many refusals from one address are themselves refused after a while.
      expect([401, 429], `${method} ${path}`).toContain(answer.status)
    }
  })
})
