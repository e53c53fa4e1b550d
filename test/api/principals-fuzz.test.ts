// Whatever is sent about principals and resources: never a 500, and at once many times.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/principals'

describe.skipIf(!hasDatabase)('whatever is sent', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: { PANTHERA_RATE_LIMITS: '{"identity.enterprise.minute": 100000}' },
    })
  })
  afterAll(() => server.stop())

  const call = (method: string, path: string, body: object) => server.call(method, path, { body })
  const agent = async (more: object = {}): Promise<string> =>
    (await call('POST', base, { type: 'AI_AGENT', name: 'a', ...more })).json.id

  it('is never a 500', async () => {
    const id = await agent()
    const odd = fc.oneof(
      fc.constantFrom<unknown>(null, '', 'x', '\0', '\ud800', -1, 1e308, 2 ** 53, true, '%', id),
      fc.constantFrom<unknown>(id.toUpperCase(), 'a:b', ':', 'x'.repeat(2_000), [], {}, [[]]),
      fc.jsonValue({ maxDepth: 4 }),
    )
    const names = fc.constantFrom(
      ...['type', 'name', 'email', 'attributes', 'groups', 'owner', 'metadata', 'status', 'query'],
      ...['external_id', 'connector_source', 'scopes', 'task', 'resources', 'actions', 'parents'],
      ...['page', 'limit', 'expires_in', 'expires_in_days', '__proto__'],
    )
    const place = fc.constantFrom(
      ['POST', base, { type: 'AI_AGENT', name: 'n' }],
      ['PATCH', `${base}/${id}`, {}],
      ['POST', `${base}/search`, {}],
      ['POST', `${base}/${id}/tokens`, { task: 't' }],
      ['PUT', '/identity/v1/resources/file/1', {}],
    )
    const body = fc.dictionary(names, odd, { maxKeys: 4 })
    await fc.assert(
      fc.asyncProperty(place, body, async ([method, path, own], given) => {
        const answer = await call(String(method), String(path), { ...Object(own), ...given })
        expect([answer.status < 500, answer.text]).toEqual([true, expect.anything()])
      }),
      { numRuns: 300 },
    )
    for (const path of ['%00', '%ff', '%F0%9F%90%88', 'x'.repeat(150), '..%2f', "'--"]) {
      for (const below of ['', '/access', '/relationships']) {
        const { status } = await server.call('GET', `${base}/${path}${below}`)
        expect([400, 404]).toContain(status)
      }
    }
  })

  it('of many who take the same external_id one gets it', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => agent()))
    const body = { external_id: 'contended' }
    const answers = await Promise.all([
      ...ids.map((id) => call('PATCH', `${base}/${id}`, body)),
      ...ids.map(() => call('POST', base, { type: 'USER', name: 'n', ...body })),
    ])
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status < 300)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(15)
  })

  it('no two who own each other at once', async () => {
    const [one, two] = [await agent({}), await agent({})]
    const answers = await Promise.all([
      call('PATCH', `${base}/${one}`, { owner: two }),
      call('PATCH', `${base}/${two}`, { owner: one }),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400])
  })

  it('keys, principals and owners that end at once wait for each other', async () => {
    const made = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { json } = await call('POST', base, { type: 'AI_AGENT', name: 'a' })
        return { id: json.id, key: json.api_key_id }
      }),
    )
    const answers = await Promise.all(
      made.flatMap(({ id, key }, at) => [
        call('DELETE', `/identity/v1/auth/api-keys/${key}`, {}),
        call('PATCH', `${base}/${id}`, { status: at % 2 === 0 ? 'terminated' : 'suspended' }),
        call('POST', `${base}/${id}/tokens`, { task: 't' }),
        call('DELETE', `${base}/${id}`, {}),
      ]),
    )
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
  })
})
