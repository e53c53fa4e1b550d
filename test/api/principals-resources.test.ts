// /identity/v1/resources
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/resources'

describe.skipIf(!hasDatabase)('resources', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  const put = (name: string, body: object = {}, key?: string) =>
    server.call('PUT', `${base}/${name}`, { body, ...(key ? { key } : {}) })
  const get = (name: string) => server.call('GET', `${base}/${name}`)

  describe('200', () => {
    it('stores, shows, replaces and forgets', async () => {
      const owner = (
        await server.call('POST', '/identity/v1/principals', { body: { type: 'USER', name: 'n' } })
      ).json.id
      const body = { attributes: { secret: true, level: 2 }, parents: ['folder:f1'], owner }
      const made = await put('document/d1', body)
      expect(made.status).toBe(200)
      expect(made.json).toEqual({
        type: 'document',
        id: 'd1',
        ...body,
        created_at: expect.stringMatching(/:\d\dZ$/),
        updated_at: expect.stringMatching(/:\d\dZ$/),
      })
      expect((await get('document/d1')).json).toEqual(made.json)
      const next = await put('document/d1', { attributes: { level: 3 } })
      expect(next.json).toMatchObject({ attributes: { level: 3 }, parents: [], owner: null })
      const gone = await server.call('DELETE', `${base}/document/d1`)
      expect([gone.status, gone.json]).toEqual([
        200,
        {
          type: 'document',
          id: 'd1',
          status: 'deleted',
          deleted_at: expect.stringMatching(/:\d\dZ$/),
        },
      ])
      expect((await get('document/d1')).json.error.code).toBe('resource_not_found')
    })

    it('lists by type and pages', async () => {
      for (const id of ['b', 'a', 'c']) await put(`listed/${id}`)
      const page = await server.call('GET', `${base}?type=listed&limit=2`)
      expect(page.json.data.map(({ id }: { id: string }) => id)).toEqual(['a', 'b'])
      expect(page.json.pagination).toEqual({ total: 3, page: 1, per_page: 2, pages: 2 })
      expect((await server.call('GET', base)).json.data[0].type).toBe('listed')
    })

    it('takes ids with slashes and colons, encoded', async () => {
      const made = await put(`file/${encodeURIComponent('a/b:c')}`)
      expect([made.status, made.json.id]).toEqual([200, 'a/b:c'])
      expect((await get('file/a%2Fb%3Ac')).status).toBe(200)
    })
  })

  describe('400', () => {
    it.each([
      [{ attributes: { ratio: 0.1 } }, 'attributes.ratio'],
      [{ attributes: { owner: { __entity: {} } } }, '__entity'],
      [{ parents: ['no-colon'] }, 'parents'],
      [{ parents: Array.from({ length: 60 }, (_, at) => `f:${at}`) }, 'parents'],
      [{ parents: ['document:self'] }, 'parents'],
      [{ owner: 'principal_000000000000' }, 'owner'],
      [{ name: 'x' }, 'name'],
    ])('refuses %j', async (body, field) => {
      const answer = await put('document/self', body)
      expect([answer.status, answer.json.error.message]).toEqual([
        400,
        expect.stringContaining(field),
      ])
    })

    it('refuses a hierarchy that is in itself', async () => {
      await put('f/1', { parents: ['f:2'] })
      await put('f/2', { parents: ['f:3'] })
      const answer = await put('f/3', { parents: ['f:1'] })
      expect([answer.status, answer.json.error.message]).toEqual([
        400,
        expect.stringContaining('in itself'),
      ])
    })

    it('refuses a hierarchy that is too deep', async () => {
      for (let at = 0; at < 10; at++) {
        const { status } = await put(`deep/${at}`, { parents: [`deep:${at - 1}`] })
        expect(status).toBe(200)
      }
      expect((await put('deep/10', { parents: ['deep:9'] })).status).toBe(400)
    })

    it('refuses a colon in a type', async () => {
      expect((await put('a%3Ab/1')).status).toBe(400)
    })
  })

  it('403: asks for the scopes of principals', async () => {
    const made = await server.call('POST', '/identity/v1/auth/api-keys', {
      body: { name: 'k', scopes: ['read:principals'] },
    })
    const { api_key: key } = made.json
    expect((await server.call('GET', base, { key })).status).toBe(200)
    expect((await put('document/x', {}, key)).status).toBe(403)
  })

  it('404: says of another organization’s what it says of none', async () => {
    const other = await server.call('POST', '/console/api/organizations', {
      body: { name: 'Other', plan: 'free' },
    })
    const key = other.json.admin_key
    await put('document/theirs')
    for (const method of ['GET', 'DELETE']) {
      const answer = await server.call(method, `${base}/document/theirs`, { key })
      expect([answer.status, answer.json.error.code]).toEqual([404, 'resource_not_found'])
    }
    expect((await put('document/theirs', { attributes: { mine: true } }, key)).status).toBe(200)
    expect((await get('document/theirs')).json.attributes).toEqual({})
  })
})
