import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserEnv, ownerBrowser } from '../fixtures/browser.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { invite } from '../fixtures/people.ts'
import { type Answer, startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('organizations', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
  })
  afterAll(() => server.stop())

  const create = (body: object) => server.call('POST', '/console/api/organizations', { body })

  it('201: makes one with a key that opens it and no other', async () => {
    const made = await create({ name: 'Second' })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ name: 'Second', plan: 'free', is_first: false })
    const keys = await server.call('GET', '/console/api/keys', { key: made.json.admin_key })
    expect(keys.json.keys.map((key: { name: string }) => key.name)).toEqual(['First key'])
  })

  it('201: its first key carries no more than the key that made it', async () => {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString()
    const ip_allow = ['127.0.0.0/8', '::1']
    const body = { surface: 'identity', name: 'm', scopes: ['admin:console'], expires_at, ip_allow }
    const maker = await server.call('POST', '/console/api/keys', { body })
    const made = await server.call('POST', '/console/api/organizations', {
      key: maker.json.api_key,
      body: { name: 'Lent' },
    })
    const { json } = await server.call('GET', '/console/api/keys', { key: made.json.admin_key })
    expect(json.keys).toEqual([
      expect.objectContaining({ expires_at, ip_allow, scopes: ['admin:console'] }),
    ])
  })

  it('200: lists them, and changes a plan and with it the limits', async () => {
    const { json } = await create({ name: 'Growing' })
    const limit = async () => {
      const made = await server.call('POST', '/console/api/keys', {
        key: json.admin_key,
        body: { surface: 'gate', name: 'x' },
      })
      const path = `/gate/api/scans?organization_id=${json.id}`
      return (await server.call('GET', path, { key: made.json.api_key })).headers.get(
        'x-ratelimit-limit',
      )
    }
    expect(await limit()).toBe('60')
    const changed = await server.call('PATCH', `/console/api/organizations/${json.id}`, {
      body: { plan: 'pro' },
    })
    expect(changed.json.plan).toBe('pro')
    expect(await limit()).toBe('300')
    const list = await server.call('GET', '/console/api/organizations')
    expect(list.json.organizations.map((one: { id: string }) => one.id)).toContain(json.id)
  })

  it.each([
    [{}, 'name'],
    [{ name: ' ' }, 'name'],
    [{ name: 'x', plan: 'gold' }, 'plan'],
    [{ name: 'x', is_first: true }, 'is_first'],
  ])('400: %j names %s', async (body, field) => {
    const answer = await create(body)
    expect(answer.status).toBe(400)
    expect(answer.json.error.details.fields[0].field).toBe(field)
  })

  it('403: only the first organization’s owners manage organizations', async () => {
    const { json } = await create({ name: 'Curious' })
    const answer = await server.call('GET', '/console/api/organizations', { key: json.admin_key })
    expect([answer.status, answer.json.error.code]).toEqual([403, 'not_first_organization'])
  })

  describe('403: who operates nothing', () => {
    const operations = [
      ['GET', '/organizations', undefined],
      ['POST', '/organizations', { name: 'Taken' }],
      ['PATCH', '/organizations/00000000-0000-4000-8000-000000000000', { plan: 'pro' }],
      ['GET', '/signing-keys', undefined],
      ['POST', '/signing-keys/rotate', { withdraw: true }],
    ] as const

    const everyRefusal = async (
      ask: (method: string, path: string, options: { body?: object }) => Promise<Answer>,
    ) => {
      for (const [method, path, body] of operations) {
        const answer = await ask(method, `/console/api${path}`, body === undefined ? {} : { body })
        const what = [answer.status, answer.json.error?.code]
        expect(what, `${method} ${path}`).toEqual([403, 'not_first_organization'])
      }
    }

    it('is a key, or whoever is for the moment, in one workspace', async () => {
      const owner = await ownerBrowser(server)
      const { json } = await owner.call('POST', '/trust/api/workspaces', { body: { name: 'W' } })
      const headers = { 'x-workspace-id': json.data.id }
      const made = await server.call('POST', '/identity/v1/auth/api-keys', {
        body: { name: 'there', scopes: ['*'] },
        headers,
      })
      const key = made.json.api_key
      await everyRefusal((method, path, more) => server.call(method, path, { key, ...more }))
      await everyRefusal((method, path, more) => server.call(method, path, { headers, ...more }))
      await everyRefusal((method, path, more) => owner.call(method, path, { headers, ...more }))
    })

    it('is an admin, and a key that came of one, until they are an owner', async () => {
      const owner = await ownerBrowser(server)
      expect((await owner.call('GET', '/console/api/organizations')).status).toBe(200)
      const admin = await invite(server, owner, { email: 'admin@example.com', role: 'admin' })
      await everyRefusal(admin.browser.call)
      const body = { surface: 'identity', name: 'of an admin', scopes: ['*'] }
      const first = await admin.browser.call('POST', '/console/api/keys', { body })
      const second = await server.call('POST', '/console/api/keys', {
        key: first.json.api_key,
        body,
      })
      const key = second.json.api_key
      await everyRefusal((method, path, more) => server.call(method, path, { key, ...more }))
      await owner.call('PATCH', `/trust/api/users/${admin.id}`, { body: { role: 'owner' } })
      expect((await server.call('GET', '/console/api/organizations', { key })).status).toBe(200)
    })
  })

  it('tells in its own log how it began, and not who operates the installation', async () => {
    const { json } = await create({ name: 'Watched' })
    await server.call('PATCH', `/console/api/organizations/${json.id}`, { body: { plan: 'pro' } })
    const log = await server.call('GET', '/identity/v1/audit/events', { key: json.admin_key })
    const actions = log.json.data.map(({ action }: { action: string }) => action)
    const began = ['key.created', 'organization.created', 'organization.plan_changed']
    expect(actions).toEqual(expect.arrayContaining(began))
    expect(log.text).not.toContain('First run')
    const first = await server.call('GET', '/identity/v1/audit/events')
    expect(first.text).toContain(json.id)
  })

  it('404: for one that does not exist', async () => {
    const path = '/console/api/organizations/00000000-0000-4000-8000-000000000000'
    expect((await server.call('PATCH', path, { body: { plan: 'pro' } })).status).toBe(404)
  })
})
