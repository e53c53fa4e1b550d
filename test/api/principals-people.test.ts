// Members as principals: what suspending one stops, who may, and what happens when they leave.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Browser, browserEnv, openBrowser, ownerBrowser } from '../fixtures/browser.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { invite, strongPassword } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/principals'

describe.skipIf(!hasDatabase)('members as principals', () => {
  let server: TestServer
  let owner: Browser
  beforeAll(async () => {
    const limits = '{"identity.keys.hour": 1000}'
    server = await startTestServer({ env: { ...browserEnv, PANTHERA_RATE_LIMITS: limits } })
    owner = await ownerBrowser(server)
  })
  afterAll(() => server.stop())

  const principalOf = async (email: string) =>
    (await server.call('POST', `${base}/search`, { body: { query: email, type: 'USER' } })).json
      .data[0]
  const patch = (id: string, body: object, key?: string) =>
    server.call('PATCH', `${base}/${id}`, { body, ...(key ? { key } : {}) })

  it('200: suspending one stops sessions, keys, clients and tokens at once', async () => {
    const { browser } = await invite(server, owner, { email: 'a@example.com', role: 'admin' })
    const made = async (body: object) =>
      (await browser.call('POST', '/console/api/keys', { body: { name: 'k', ...body } })).json
    const gate = (await made({ surface: 'gate' })).api_key
    const identity = await made({ surface: 'identity', scopes: ['*'] })
    const client = await server.call('POST', '/identity/v1/oauth/clients', {
      key: identity.api_key,
      body: { name: 'c', scopes: ['read:principals'] },
    })
    const ask = () =>
      server.call('POST', '/identity/v1/oauth/token', {
        key: null,
        body: {
          grant_type: 'client_credentials',
          client_id: client.json.client_id,
          client_secret: client.json.client_secret,
        },
      })
    const { access_token: token } = (await ask()).json
    const statuses = async () => [
      (await browser.call('GET', '/trust/api/users')).status,
      (await server.call('GET', '/gate/api/findings', { key: gate })).status,
      (await server.call('GET', base, { key: identity.api_key })).status,
      (await server.call('GET', base, { key: token })).status,
      (await ask()).status,
    ]
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])
    const { id } = await principalOf('a@example.com')
    expect((await patch(id, { status: 'suspended' })).status).toBe(200)
    expect(await statuses()).toEqual([403, 401, 401, 401, 401])
    expect((await patch(id, { status: 'active' })).status).toBe(200)
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])
  })

  it('200: the keys of a person are owned by the person’s principal', async () => {
    const { browser } = await invite(server, owner, { email: 'b@example.com', role: 'admin' })
    const body = { surface: 'identity', name: 'key of b', scopes: ['read:audit'] }
    await browser.call('POST', '/console/api/keys', { body })
    const found = await server.call('POST', `${base}/search`, { body: { query: 'key of b' } })
    const person = await principalOf('b@example.com')
    expect(found.json.data).toMatchObject([{ type: 'API_KEY', owner: person.id }])
    expect(Date.now() - Date.parse(person.last_login)).toBeLessThan(60_000)
  })

  it('401: who is suspended everywhere cannot log in', async () => {
    const email = 'h@example.com'
    await invite(server, owner, { email, role: 'admin' })
    const { id } = await principalOf(email)
    const logIn = async () => {
      const body = { email, password: strongPassword }
      return (await openBrowser(server).call('POST', '/trust/api/auth/login', { body })).status
    }
    await patch(id, { status: 'suspended' })
    expect(await logIn()).toBe(401)
    await patch(id, { status: 'active' })
    expect(await logIn()).toBe(200)
  })

  it('200: a new name is what decisions see', async () => {
    const { browser } = await invite(server, owner, { email: 'i@example.com', role: 'viewer' })
    const { id } = await principalOf('i@example.com')
    const cedar =
      'permit(principal, action == Action::"wave", resource) when { principal.name == "Io" };'
    await server.call('POST', '/identity/v1/policies', {
      body: { name: 'io', status: 'active', cedar },
    })
    const evaluate = async () => {
      const body = { principal: id, action: 'wave', resource: 'hand:left' }
      return (await server.call('POST', '/identity/v1/decisions/evaluate', { body })).json.allowed
    }
    expect(await evaluate()).toBe(false)
    await browser.call('PATCH', '/trust/api/auth/me', { body: { name: 'Io' } })
    await vi.waitFor(async () => expect(await evaluate()).toBe(true), { timeout: 5_000 })
    expect((await principalOf('i@example.com')).name).toBe('Io')
  })

  it('200: decisions deny all to who has left or lost the key', async () => {
    const cedar = 'permit(principal, action == Action::"nod", resource);'
    await server.call('POST', '/identity/v1/policies', {
      body: { name: 'all', status: 'active', cedar },
    })
    const evaluate = async (principal: string) => {
      const body = { principal, action: 'nod', resource: 'head:own' }
      const { json } = await server.call('POST', '/identity/v1/decisions/evaluate', { body })
      return [json.allowed, json.reason]
    }
    const { id: person } = await invite(server, owner, { email: 'j@example.com', role: 'viewer' })
    const { id } = await principalOf('j@example.com')
    const key = await server.call('POST', '/identity/v1/auth/api-keys', {
      body: { name: 'soon gone', scopes: ['read:audit'] },
    })
    const found = await server.call('POST', `${base}/search`, { body: { query: 'soon gone' } })
    const ofKey = found.json.data[0].id
    expect(await evaluate(id)).toEqual([true, 'permitted'])
    expect(await evaluate(ofKey)).toEqual([true, 'permitted'])
    await owner.call('DELETE', `/trust/api/users/${person}`)
    await server.call('DELETE', `/identity/v1/auth/api-keys/${key.json.id}`)
    expect(await evaluate(id)).toEqual([false, 'principal_terminated'])
    expect(await evaluate(ofKey)).toEqual([false, 'principal_terminated'])
  })

  it('200: who leaves is terminated, and another principal after coming back', async () => {
    const email = 'c@example.com'
    const { id } = await invite(server, owner, { email, role: 'viewer' })
    const before = await principalOf(email)
    expect((await owner.call('DELETE', `/trust/api/users/${id}`)).status).toBe(200)
    const left = await server.call('GET', `${base}/${before.id}`)
    expect(left.json).toMatchObject({ status: 'terminated', email })
    expect((await server.call('DELETE', `${base}/${before.id}`)).status).toBe(200)
    const login = { email, role: 'viewer' }
    const again = await owner.call('POST', '/trust/api/invitations', { body: login })
    expect(again.status).toBe(201)
  })

  it('403: takes an administrator', async () => {
    await invite(server, owner, { email: 'd@example.com', role: 'viewer' })
    const { id } = await principalOf('d@example.com')
    const made = await server.call('POST', '/identity/v1/auth/api-keys', {
      body: { name: 'k', scopes: ['write:principals'] },
    })
    const { api_key: key } = made.json
    const refused = await patch(id, { status: 'suspended' }, key)
    expect([refused.status, refused.json.error.details]).toEqual([403, { scope: 'admin:console' }])
    expect((await patch(id, { attributes: { team: 'x' } }, key)).status).toBe(200)
  })

  it('400: name and address are the person’s own', async () => {
    await invite(server, owner, { email: 'e@example.com', role: 'viewer' })
    const { id } = await principalOf('e@example.com')
    for (const body of [{ name: 'Mallory' }, { email: 'mallory@example.com' }]) {
      expect((await patch(id, body)).status).toBe(400)
    }
  })

  it('409: members are taken out, not deleted; and one owner is left', async () => {
    await invite(server, owner, { email: 'f@example.com', role: 'viewer' })
    const { id } = await principalOf('f@example.com')
    for (const answer of [
      await server.call('DELETE', `${base}/${id}`),
      await patch(id, { status: 'terminated' }),
    ]) {
      expect([answer.status, answer.json.error.code]).toEqual([409, 'principal_is_member'])
    }
    const only = await principalOf('owner@example.com')
    const last = await patch(only.id, { status: 'suspended' })
    expect([last.status, last.json.error.code]).toEqual([409, 'last_owner'])
    await invite(server, owner, { email: 'g@example.com', role: 'owner' })
    const other = await principalOf('g@example.com')
    expect((await patch(other.id, { status: 'suspended' })).status).toBe(200)
    expect((await patch(only.id, { status: 'suspended' })).status).toBe(409)
  })

  it('409: an owner who is suspended is no owner to leave the organization to', async () => {
    const { id } = (await owner.call('GET', '/trust/api/auth/me')).json.user
    const user = `/trust/api/users/${id}`
    for (const answer of [
      await owner.call('PATCH', user, { body: { role: 'admin' } }),
      await owner.call('DELETE', user),
    ]) {
      expect([answer.status, answer.json.error.code]).toEqual([409, 'LAST_OWNER'])
    }
    const other = await principalOf('g@example.com')
    await patch(other.id, { status: 'active' })
    expect((await owner.call('PATCH', user, { body: { role: 'admin' } })).status).toBe(200)
  })
})
