// Templates, the policies that fill their slots, and a schema that must fit what is active.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/policies'
const template = (action: string) =>
  `permit (principal in ?principal, action == Action::"${action}", resource == ?resource);`

describe.skipIf(!hasDatabase)('templates of policies', () => {
  let server: TestServer
  let alice: string
  beforeAll(async () => {
    server = await startTestServer({
      env: { PANTHERA_RATE_LIMITS: '{"identity.keys.hour": 1000}' },
    })
    const body = { type: 'USER', name: 'Alice', groups: ['editors'] }
    alice = (await server.call('POST', '/identity/v1/principals', { body })).json.id
  })
  afterAll(() => server.stop())

  const call = (method: string, path: string, body?: object) =>
    server.call(method, base + path, body === undefined ? {} : { body })
  const create = async (body: object): Promise<Json> => {
    const made = await call('POST', '', { name: 'P', ...body })
    expect([made.status, made.text]).toEqual([201, expect.any(String)])
    return made.json
  }
  const link = (id: string, more: object = {}) => ({
    name: 'Link',
    status: 'active',
    template: id,
    slots: { principal: 'Group::editors', resource: 'page:1' },
    ...more,
  })
  const ask = async (action: string, resource = 'page:1') => {
    const body = { principal: alice, action, resource, context: {} }
    return (await server.call('POST', '/identity/v1/decisions/evaluate', { body })).json
  }
  const refusal = (answer: { status: number; json: Json }) => [
    answer.status,
    answer.json.error.code,
  ]

  it('decide nothing by themselves, and what their links fill in', async () => {
    const { id } = await create({ cedar: template('edit'), status: 'active' })
    expect((await ask('edit')).reason).toBe('not_permitted')
    const made = await create(link(id))
    expect(made).toMatchObject({
      template: id,
      slots: { principal: 'Group::editors', resource: 'page:1' },
      cedar: expect.stringContaining('principal in Group::"editors"'),
      version: 1,
    })
    const answer = await ask('edit')
    expect(answer).toMatchObject({ reason: 'permitted', policies: [{ id: made.id }] })
    expect((await ask('edit', 'page:2')).reason).toBe('not_permitted')
    const moved = await call('PATCH', `/${made.id}`, {
      slots: { principal: alice, resource: 'page:2' },
    })
    expect(moved.json).toMatchObject({ version: 2, slots: { principal: alice } })
    expect((await ask('edit', 'page:2')).reason).toBe('permitted')
    const back = await call('POST', `/${made.id}/rollback`, { version: 1 })
    expect(back.json).toMatchObject({ version: 3, slots: { resource: 'page:1' } })
    expect((await ask('edit')).reason).toBe('permitted')
    const off = await call('POST', `/${made.id}/archive`)
    expect(off.json).toMatchObject({ status: 'archived', template: id, version: 3 })
    expect((await ask('edit')).reason).toBe('not_permitted')
  })

  it('hold for their links when they change, and are tried out with them', async () => {
    const { id } = await create({ cedar: template('print'), status: 'active' })
    const made = await create(link(id))
    expect((await ask('print')).reason).toBe('permitted')
    const request = { principal: alice, action: 'print', resource: 'page:1', context: {} }
    const simulated = await call('POST', '/simulate', {
      changes: [{ id, cedar: template('scan') }],
      requests: [request],
    })
    expect(simulated.json).toMatchObject({ newly_denied_count: 1 })
    const decided = await ask('print')
    expect((await call('PATCH', `/${id}`, { cedar: template('scan') })).status).toBe(200)
    expect([(await ask('print')).reason, (await ask('scan')).reason]).toEqual([
      'not_permitted',
      'permitted',
    ])
    expect((await call('GET', `/${made.id}`)).json).toMatchObject({
      version: 2,
      cedar: expect.stringContaining('Action::"scan"'),
    })
    const logged = await server.call('GET', `/identity/v1/decisions/${decided.id}`)
    expect(logged.json.replay).toMatchObject({ reason: 'permitted', agrees: true })
    await call('POST', `/${id}/rollback`, { version: 1 })
    expect((await ask('print')).reason).toBe('permitted')
  })

  it('hold for their links once they are active, and not while they are drafts', async () => {
    const { id } = await create({ cedar: template('sign'), status: 'active' })
    const made = await create(link(id))
    await call('POST', `/${id}/deactivate`)
    const cedar = template('sign').replace('permit', 'forbid')
    expect((await call('PATCH', `/${id}`, { cedar })).json).toMatchObject({ status: 'draft' })
    expect((await ask('sign')).reason).toBe('permitted')
    expect((await call('GET', `/${made.id}`)).json.version).toBe(1)
    await call('POST', `/${id}/activate`)
    expect((await ask('sign')).reason).toBe('forbidden')
    await call('PATCH', `/${id}`, { name: 'Another name' })
    expect((await call('GET', `/${made.id}`)).json.version).toBe(2)
  })

  it('409: stay, with their slots, while there are links', async () => {
    const { id } = await create({ cedar: template('keep'), status: 'active' })
    const made = await create(link(id, { status: 'draft' }))
    const gone = await call('DELETE', `/${id}`)
    expect(refusal(gone)).toEqual([409, 'policy_has_links'])
    expect(gone.json.error.details).toMatchObject({ links: 1, policies: [made.id] })
    for (const cedar of [
      'permit (principal, action, resource == ?resource);',
      'permit (principal is User, action, resource);',
    ]) {
      expect(refusal(await call('PATCH', `/${id}`, { cedar }))).toEqual([409, 'policy_has_links'])
    }
    expect((await call('DELETE', `/${made.id}`)).status).toBe(200)
    expect((await call('DELETE', `/${id}`)).status).toBe(200)
  })

  it('400: names what is wrong with a link', async () => {
    const { id } = await create({ cedar: template('check'), status: 'active' })
    const draft = await create({ cedar: template('check') })
    const plain = await create({
      cedar: 'permit (principal is User, action == Action::"none", resource);',
      status: 'active',
    })
    const slots = { principal: 'Group::editors', resource: 'page:1' }
    for (const [body, code, field] of [
      [link('policy_unknown'), 'invalid_request', 'template'],
      [link(draft.id), 'invalid_request', 'is not active'],
      [link(plain.id), 'not_a_template', ''],
      [link(id, { slots: { principal: 'Group::a' } }), 'invalid_request', 'slots.resource'],
      [link(id, { slots: { ...slots, principal: 'nobody' } }), 'invalid_request', 'slots.pri'],
      [link(id, { slots: { ...slots, principal: 'a b::c' } }), 'invalid_request', 'slots.pri'],
      [link(id, { slots: { ...slots, resource: 'page' } }), 'invalid_request', 'slots.resource'],
      [link(id, { slots: undefined }), 'invalid_request', 'template with slots'],
      [link(id, { cedar: plain.cedar }), 'invalid_request', 'template with slots'],
      [{ name: 'Two', cedar: template('a') + template('b') }, 'invalid_policy', 'stands alone'],
    ] as const) {
      const answer = await call('POST', '', body)
      expect([...refusal(answer), answer.text]).toEqual([400, code, expect.stringContaining(field)])
    }
    const odd = { principal: 'Group::"a\\" \\n b', resource: 'my-db:x"); permit(' }
    expect((await create(link(id, { slots: odd }))).cedar.match(/permit \(/g)).toHaveLength(1)
  })

  it('a schema is not saved that active policies do not fit', async () => {
    const active = await create({
      name: 'Nobody knows colours',
      cedar: 'permit (principal is User, action, resource) when { principal.colour == "red" };',
      status: 'active',
    })
    const schema =
      'entity User; entity page; action "read" appliesTo { principal: User, resource: page };'
    const put = await server.call('PUT', `${base}/schema`, { body: { schema } })
    expect(refusal(put)).toEqual([400, 'schema_refuses_policies'])
    const refused: Json[] = put.json.error.details.policies
    expect(refused.find(({ id }) => id === active.id)).toMatchObject({
      name: 'Nobody knows colours',
      errors: [{ message: expect.stringContaining('colour'), line: 1 }],
    })
    expect((await server.call('GET', `${base}/schema`)).status).toBe(404)
    for (const { id } of refused) await call('POST', `/${id}/deactivate`)
    expect((await server.call('PUT', `${base}/schema`, { body: { schema } })).status).toBe(200)
    await server.call('DELETE', `${base}/schema`)
  })
})
