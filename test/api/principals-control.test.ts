// What nobody changes of themselves or above, who answers for agents, and keys of agents.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/principals'
const keys = '/identity/v1/auth/api-keys'

describe.skipIf(!hasDatabase)('control over principals', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: { PANTHERA_RATE_LIMITS: '{"identity.keys.hour": 1000}' },
    })
  })
  afterAll(() => server.stop())

  const call = (method: string, path: string, body?: object, key?: string) =>
    server.call(method, path, { ...(body && { body }), ...(key && { key }) })
  const agent = async (scopes: string[]): Promise<Json> => {
    const made = await call('POST', base, { type: 'AI_AGENT', name: 'agent', scopes })
    expect([made.status, made.text]).toEqual([201, expect.any(String)])
    return made.json
  }
  const keyWith = async (...scopes: string[]): Promise<string> =>
    (await call('POST', keys, { name: 'k', scopes })).json.api_key

  it('403: nobody changes what decides over them, of themselves or of their owners', async () => {
    const { id, api_key: own, owner } = await agent(['write:principals', 'read:principals'])
    const other = (await call('POST', base, { type: 'SERVICE_ACCOUNT', name: 'other' })).json.id
    for (const body of [{ owner: other }, { groups: ['admins'] }, { attributes: { role: 'x' } }]) {
      expect((await call('PATCH', `${base}/${id}`, body, own)).status).toBe(403)
    }
    expect((await call('PATCH', `${base}/${owner}`, { groups: ['a'] }, own)).status).toBe(403)
    expect((await call('PATCH', `${base}/${other}`, { groups: ['a'] }, own)).status).toBe(200)
    const mine = await call('PATCH', `${base}/${id}`, { description: 'mine' }, own)
    expect(mine.status).toBe(200)
  })

  it('400: an AI agent always has an owner', async () => {
    const { id } = await agent(['evaluate:decisions'])
    const freed = await call('PATCH', `${base}/${id}`, { owner: null })
    expect([freed.status, freed.json.error.details.fields[0].field]).toEqual([400, 'owner'])
    const body = { type: 'AI_AGENT', name: 'free', owner: null }
    expect((await call('POST', base, body)).status).toBe(400)
    const client = await call('POST', '/identity/v1/oauth/clients', {
      name: 'c',
      scopes: ['write:principals'],
    })
    const { client_id, client_secret } = client.json
    const grant = { grant_type: 'client_credentials', client_id, client_secret }
    const token = (
      await server.call('POST', '/identity/v1/oauth/token', { key: null, body: grant })
    ).json.access_token
    const made = await call('POST', base, { type: 'AI_AGENT', name: 'of a client' }, token)
    // Made by a key, nobody is behind the client.
    expect([made.status, made.json.error?.details?.fields?.[0]?.field]).toEqual([400, 'owner'])
  })

  it('a suspension stays, whoever sends the former status at the same time', async () => {
    const { id } = await agent(['evaluate:decisions', 'read:audit'])
    const weak = await keyWith('write:principals')
    for (let round = 0; round < 5; round++) {
      await call('PATCH', `${base}/${id}`, { status: 'active' })
      await Promise.all([
        ...Array.from({ length: 6 }, () =>
          call('PATCH', `${base}/${id}`, { status: 'active' }, weak),
        ),
        call('PATCH', `${base}/${id}`, { status: 'suspended' }),
        ...Array.from({ length: 6 }, () =>
          call('PATCH', `${base}/${id}`, { status: 'active' }, weak),
        ),
      ])
      expect((await call('GET', `${base}/${id}`)).json.status).toBe('suspended')
    }
  })

  it('201: an agent whose key was revoked gets another, within its maker', async () => {
    const { id, api_key_id, api_key } = await agent(['evaluate:decisions'])
    await call('DELETE', `${keys}/${api_key_id}`)
    const path = `${base}/${id}/keys`
    const weak = await keyWith('write:principals')
    const more = await call('POST', path, { scopes: ['read:audit'] }, weak)
    expect([more.status, more.json.error.code]).toEqual([403, 'scope_exceeds_maker'])
    const made = await call('POST', path, {})
    expect([made.status, made.json]).toEqual([
      201,
      {
        api_key: expect.any(String),
        api_key_id: expect.stringMatching(/^key_/),
        scopes: ['evaluate:decisions'],
      },
    ])
    expect(made.json.api_key).not.toBe(api_key)
    const body = { task: 'one', expires_in: 60 }
    const token = await call('POST', `${base}/${id}/tokens`, body, made.json.api_key)
    expect(token.json).toMatchObject({ principal: id, act: { sub: expect.any(String) } })
    expect((await call('POST', path, {}, weak)).status).toBe(403)
  })

  it('409: only agents that are not terminated have keys of their own', async () => {
    const robot = (await call('POST', base, { type: 'SERVICE_ACCOUNT', name: 'r' })).json.id
    const gone = (await agent(['evaluate:decisions'])).id
    await call('PATCH', `${base}/${gone}`, { status: 'terminated' })
    for (const [id, code] of [
      [robot, 'principal_not_agent'],
      [gone, 'principal_terminated'],
    ]) {
      const { status, json } = await call('POST', `${base}/${id}/keys`, {})
      expect([status, json.error.code]).toEqual([409, code])
    }
    expect((await call('POST', `${base}/principal_000000000000/keys`, {})).status).toBe(404)
  })
})
