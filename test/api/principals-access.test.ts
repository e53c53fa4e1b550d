// /identity/v1/principals/{id}/access, and what a task token changes about decisions.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/principals'

describe.skipIf(!hasDatabase)('access of principals', () => {
  let server: TestServer
  let ada = ''
  beforeAll(async () => {
    server = await startTestServer()
    ada = await principal({ name: 'ada', attributes: { team: 'mail' }, groups: ['staff'] })
    await policy(
      'staff read',
      `permit(principal in Group::"staff", action in [Action::"read", Action::"list"],
        resource is mail);`,
    )
    await policy(
      'senders',
      `permit(principal, action == Action::"send", resource)
        when { principal.team == "mail" && context.mfa };`,
    )
    await policy(
      'sales',
      `permit(principal, action == Action::"read", resource)
        when { principal.team == "sales" };`,
    )
    await policy(
      'no secrets',
      `forbid(principal, action, resource is mail)
        when { resource has secret && resource.secret };`,
    )
    await store('mail', 'm1')
    await store('mail', 'm2', { attributes: { secret: true } })
    await store('file', 'f1')
  })
  afterAll(() => server.stop())

  async function principal(body: object): Promise<string> {
    const made = await server.call('POST', base, { body: { type: 'USER', ...body } })
    expect(made.status).toBe(201)
    return made.json.id
  }
  async function policy(name: string, cedar: string): Promise<void> {
    const body = { name, status: 'active', cedar }
    expect((await server.call('POST', '/identity/v1/policies', { body })).status).toBe(201)
  }
  const store = (type: string, id: string, body: object = {}) =>
    server.call('PUT', `/identity/v1/resources/${type}/${id}`, { body })
  const access = (id: string, query = '') => server.call('GET', `${base}/${id}/access${query}`)

  it('200: names the policies that apply and what is allowed where', async () => {
    const { status, json } = await access(ada)
    expect(status).toBe(200)
    expect(json).toMatchObject({ principal: ada, status: 'active', truncated: false })
    const named = json.policies.map((each: { name: string }) => each.name)
    expect(named.toSorted()).toEqual(['no secrets', 'senders', 'staff read'])
    expect(json.policies.find(({ name }: { name: string }) => name === 'staff read')).toEqual({
      id: expect.stringMatching(/^policy_/),
      name: 'staff read',
      version: 1,
      effect: 'permit',
      actions: 'action in [Action::"read", Action::"list"]',
      resources: 'resource is mail',
      conditional: false,
    })
    expect(json.actions).toEqual(['list', 'read', 'send'])
    expect(json.access).toEqual([
      { resource: 'file:f1', actions: [], conditional_actions: ['send'] },
      { resource: 'mail:m1', actions: ['list', 'read'], conditional_actions: ['send'] },
    ])
  })

  it('200: agrees with decisions', async () => {
    for (const resource of ['mail:m1', 'mail:m2', 'file:f1', 'mail:unknown']) {
      const { json } = await access(ada, `?resource=${resource}`)
      for (const action of ['list', 'read', 'send']) {
        const body = { principal: ada, action, resource }
        const decided = await server.call('POST', '/identity/v1/decisions/evaluate', { body })
        const told = json.access[0]?.actions.includes(action) ?? false
        expect([resource, action, told]).toEqual([resource, action, decided.json.allowed])
      }
    }
  })

  it('200: is about one action, one resource or one type', async () => {
    expect((await access(ada, '?action=read')).json.access).toEqual([
      { resource: 'mail:m1', actions: ['read'], conditional_actions: [] },
    ])
    const typed = await access(ada, '?resource_type=file')
    expect(typed.json.pagination).toEqual({ total: 1, page: 1, per_page: 50, pages: 1 })
    expect((await access(ada, '?resource=mail')).status).toBe(400)
  })

  it('200: is none of who is suspended', async () => {
    const id = await principal({ name: 'bo', groups: ['staff'] })
    expect((await access(id)).json.access).toHaveLength(1)
    await server.call('PATCH', `${base}/${id}`, { body: { status: 'suspended' } })
    expect((await access(id)).json).toMatchObject({
      status: 'suspended',
      policies: [],
      access: [],
    })
  })

  it('404', async () => {
    const answer = await access('principal_000000000000')
    expect([answer.status, answer.json.error.code]).toEqual([404, 'principal_not_found'])
  })

  it('200: decisions see owners and all that a resource is in', async () => {
    await policy(
      'own',
      `permit(principal, action == Action::"own", resource)
        when { resource.owner == principal };`,
    )
    await policy('within', 'permit(principal, action == Action::"see", resource in folder::"top");')
    await store('page', '1', { owner: ada, parents: ['folder:sub'] })
    await store('folder', 'sub', { parents: ['folder:top'] })
    const allowed = async (principal: string, action: string, resource: string) => {
      const body = { principal, action, resource }
      const decided = await server.call('POST', '/identity/v1/decisions/evaluate', { body })
      return decided.json.allowed
    }
    const other = await principal({ name: 'other' })
    expect(await allowed(ada, 'own', 'page:1')).toBe(true)
    expect(await allowed(other, 'own', 'page:1')).toBe(false)
    expect(await allowed(other, 'see', 'page:1')).toBe(true)
    expect(await allowed(other, 'see', 'page:2')).toBe(false)
    await store('folder', 'sub')
    expect(await allowed(other, 'see', 'page:1')).toBe(false)
  })

  describe('a task token', () => {
    async function token(bounds: object): Promise<string> {
      const made = await server.call('POST', base, {
        body: { type: 'AI_AGENT', name: 'agent', owner: ada, groups: ['staff'] },
      })
      const minted = await server.call('POST', `${base}/${made.json.id}/tokens`, {
        body: { task: 'Sort the mail', ...bounds },
        key: made.json.api_key,
      })
      expect(minted.status).toBe(201)
      return minted.json.access_token
    }
    const evaluate = (key: string, action: string, resource: string, context: object = {}) =>
      server.call('POST', '/identity/v1/decisions/evaluate', {
        key,
        body: { principal: ada, action, resource, context },
      })

    it('decides within its bounds only', async () => {
      const key = await token({ actions: ['read'], resources: ['mail:m*'] })
      expect((await evaluate(key, 'read', 'mail:m1')).json).toMatchObject({ allowed: true })
      for (const [action, resource] of [
        ['list', 'mail:m1'],
        ['read', 'mail:x1'],
      ] as const) {
        const { status, json } = await evaluate(key, action, resource)
        expect([status, json.allowed, json.reason]).toEqual([200, false, 'outside_token'])
      }
    })

    it('tells policies of the task and who answers for it', async () => {
      await policy(
        'for the task',
        `permit(principal, action == Action::"sort", resource) when {
          context has task && context.task.name == "Sort the mail" &&
          context.task.actors.contains("${ada}") && context.task.act.sub == "${ada}" };`,
      )
      const key = await token({})
      expect((await evaluate(key, 'sort', 'mail:m1')).json.allowed).toBe(true)
      // What the request says of a task does not count beside the token’s.
      const forged = { task: { name: 'Something else', actors: [] } }
      expect((await evaluate(key, 'sort', 'mail:m1', forged)).json.allowed).toBe(true)
      const plain = server.keys.identity ?? ''
      expect((await evaluate(plain, 'sort', 'mail:m1')).json.allowed).toBe(false)
    })
  })
})
