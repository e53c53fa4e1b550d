// /identity/v1/policies: both forms, their versions, and what a change would do.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/policies'
const cedar = 'permit (principal is User, action == Action::"read", resource is document);'
const rules = [
  {
    effect: 'allow',
    principals: { type: 'USER', attributes: { department: ['engineering', 'finance'] } },
    resources: { type: 'document', identifiers: ['public-*'] },
    actions: ['read'],
    conditions: [{ type: 'risk_score', operator: 'less_than', value: 50 }],
  },
]

describe.skipIf(!hasDatabase)('policies', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: { PANTHERA_RATE_LIMITS: '{"identity.keys.hour": 1000}' },
    })
  })
  afterAll(() => server.stop())

  const call = (method: string, path: string, body?: object, headers?: Record<string, string>) =>
    server.call(method, base + path, {
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    })
  const create = async (more: object = {}): Promise<Json> =>
    (await call('POST', '', { name: 'Readers', cedar, ...more })).json

  const keyWith = async (...scopes: string[]): Promise<string> => {
    const body = { name: 'limited', scopes }
    return (await server.call('POST', '/identity/v1/auth/api-keys', { body })).json.api_key
  }

  describe('201', () => {
    it('creates a draft of version 1 from Cedar', async () => {
      const metadata = { owner: 'security', compliance: ['SOC 2'] }
      const made = await call('POST', '', { name: ' Readers ', description: 'd', cedar, metadata })
      expect([made.status, made.headers.get('etag'), made.json]).toEqual([
        201,
        '"1"',
        {
          id: expect.stringMatching(/^policy_[0-9a-z]{12}$/),
          name: 'Readers',
          description: 'd',
          status: 'draft',
          version: 1,
          metadata,
          cedar,
          warnings: [],
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          updated_at: expect.any(String),
          created_by: expect.stringMatching(/^key_/),
          updated_by: expect.stringMatching(/^key_/),
        },
      ])
      const { warnings: _, ...kept } = made.json
      expect((await call('GET', `/${made.json.id}`)).json).toEqual(kept)
    })

    it('creates from rules, and shows the Cedar that they became', async () => {
      const made = await create({ cedar: undefined, rules, status: 'active' })
      expect(made).toMatchObject({ status: 'active', rules, version: 1 })
      expect(made.cedar).toContain('permit (')
      expect(made.cedar).toContain('principal is User')
    })
  })

  describe('200', () => {
    it('lists with a page, a filter and a status', async () => {
      await create({ name: 'Payroll of 100% trust', status: 'archived' })
      await create({ name: 'Other', description: 'about PAYROLL' })
      const found = await call('GET', '?filter=payroll&limit=1')
      expect(found.json).toMatchObject({
        data: [{ name: 'Other' }],
        pagination: { total: 2, page: 1, per_page: 1, pages: 2 },
      })
      expect(found.json.data[0]).not.toHaveProperty('cedar')
      const archived = await call('GET', '?filter=100%25&status=archived')
      expect(archived.json.data).toMatchObject([{ name: 'Payroll of 100% trust' }])
      expect((await call('GET', '?filter=1_0')).json.data).toEqual([])
    })

    it('counts a version for each change of the content, and none for the status', async () => {
      const { id } = await create()
      const put = await call('PUT', `/${id}`, { name: 'Two', rules })
      expect(put.json).toMatchObject({ version: 2, status: 'draft', name: 'Two', rules })
      expect((await call('POST', `/${id}/activate`)).json).toMatchObject({
        version: 2,
        status: 'active',
      })
      expect((await call('PATCH', `/${id}`, { status: 'archived' })).json.version).toBe(2)
      const named = await call('PATCH', `/${id}`, { description: 'told' })
      expect(named.json).toMatchObject({ version: 3, description: 'told', rules })
      const back = await call('POST', `/${id}/rollback`, { version: 1 })
      expect(back.json).toMatchObject({ version: 4, name: 'Readers', cedar, status: 'archived' })
      const versions = await call('GET', `/${id}/versions`)
      expect(versions.json.data).toMatchObject([
        { version: 4, rolled_back_to: 1, cedar },
        { version: 3, rolled_back_to: null },
        { version: 2, rules },
        { version: 1 },
      ])
      expect((await call('GET', `/${id}/versions/2`)).json).toMatchObject({ name: 'Two', rules })
    })

    it('deletes, and keeps the versions', async () => {
      const { id } = await create()
      const gone = await call('DELETE', `/${id}`)
      expect(gone.json).toEqual({ id, status: 'deleted', deleted_at: expect.any(String) })
      expect((await call('GET', `/${id}`)).status).toBe(404)
      expect((await call('DELETE', `/${id}`)).status).toBe(404)
      expect((await call('GET', `/${id}/versions/1`)).json.cedar).toBe(cedar)
    })

    it('validates both forms without saving', async () => {
      const before = (await call('GET', '')).json.pagination.total
      const good = await call('POST', '/validate', { rules })
      expect(good.json).toMatchObject({ valid: true, errors: [] })
      expect(good.json.cedar).toContain('permit')
      const bad = await call('POST', '/validate', { cedar: 'permit (principal, action);' })
      expect(bad.json).toMatchObject({ valid: false, cedar: null })
      expect(bad.json.errors[0]).toMatchObject({ message: expect.any(String), line: 1 })
      const wrong = await call('POST', '/validate', { rules: [{ ...rules[0], actions: 7 }] })
      expect([wrong.status, wrong.json]).toEqual([
        200,
        {
          valid: false,
          errors: [{ message: expect.stringMatching(/^rules\.0\.actions: /) }],
          warnings: [],
          cedar: null,
        },
      ])
      const deny = [{ effect: 'deny', actions: ['*'], conditions: rules[0]?.conditions }]
      const typed = [{ ...rules[0], resources: { identifiers: ['report:1'] } }]
      for (const [written, warned] of [
        [[{ effect: 'allow', actions: ['*'] }], ['rules.0: allows everything to everybody']],
        [typed, [expect.stringMatching(/^rules\.0\.resources\.identifiers\.0: /)]],
        [deny, []],
      ]) {
        const { json } = await call('POST', '/validate', { rules: written })
        const told = json.warnings.map(({ message }: { message: string }) => message)
        expect(told).toEqual(warned)
      }
      expect((await call('GET', '')).json.pagination.total).toBe(before)
    })

    it('tests given policies with somebody made up, and explains what failed', async () => {
      const request = {
        principal: { type: 'USER', attributes: { department: 'finance' } },
        action: 'read',
        resource: 'document:public-1',
        context: { risk_score: 60 },
      }
      const tests = [
        { name: 'low risk', request: { ...request, context: { risk_score: 10 } }, expect: 'allow' },
        { name: 'high risk', request, expect: 'allow' },
        { request: { ...request, action: 'write' }, expect: 'deny' },
      ]
      const { status, json } = await call('POST', '/test', { tests, policies: [{ rules }] })
      expect([status, json.passed, json.failed]).toEqual([200, 2, 1])
      expect(json.results[1]).toMatchObject({
        name: 'high risk',
        passed: false,
        expected: 'allow',
        decision: 'deny',
        reason: 'not_permitted',
        explanation: { near_misses: [{ failed: expect.stringContaining('risk_score') }] },
      })
      expect(json.results[0]).toMatchObject({ passed: true, policies: [{ id: 'policy_0' }] })
    })

    it('tests the active policies', async () => {
      const made = await create({ name: 'Pings', status: 'active', cedar: pings })
      const request = { principal: { type: 'USER' }, action: 'ping', resource: 'host:a' }
      const tests = [{ request, expect: 'allow' }]
      expect((await call('POST', '/test', { tests })).json).toMatchObject({ passed: 1 })
      await call('POST', `/${made.id}/archive`)
      expect((await call('POST', '/test', { tests })).json).toMatchObject({ failed: 1 })
    })
  })

  describe('200: simulate', () => {
    it('tells what a change newly allows and denies, over the log and given requests', async () => {
      const person = { type: 'USER', name: 'Simon' }
      const { json: simon } = await server.call('POST', '/identity/v1/principals', { body: person })
      const made = await create({ name: 'Pings', status: 'active', cedar: pings })
      const ask = (action: string) =>
        server.call('POST', '/identity/v1/decisions/evaluate', {
          body: { principal: simon.id, action, resource: 'host:a' },
        })
      const asked = [await ask('ping'), await ask('ping'), await ask('pong')]
      expect(asked.map(({ json }) => json.allowed)).toEqual([true, true, false])
      const changes = [
        { id: made.id, status: 'archived' },
        { cedar: pings.replace('ping', 'pong') },
      ]
      const request = { principal: simon.id, action: 'ping', resource: 'host:b' }
      const body = { changes, replay: { limit: 100 }, requests: [request] }
      const { status, json } = await call('POST', '/simulate', body)
      expect([status, json]).toMatchObject([
        200,
        {
          evaluated: 4,
          changed: 4,
          newly_allowed_count: 1,
          newly_denied_count: 3,
          by_principal: [{ principal: simon.id, newly_allowed: 1, newly_denied: 3 }],
          by_action: [
            { action: 'ping', newly_allowed: 0, newly_denied: 3 },
            { action: 'pong', newly_allowed: 1, newly_denied: 0 },
          ],
          complete: true,
        },
      ])
      expect(json.newly_allowed).toMatchObject([
        {
          decision_id: asked[2]?.json.id,
          action: 'pong',
          before: { reason: 'not_permitted', policies: [] },
          after: { reason: 'permitted', policies: [{ id: 'change_1' }] },
        },
      ])
      const one = await call('POST', `/${made.id}/simulate`, {
        cedar: pings.replace('permit', 'forbid'),
        requests: [request],
      })
      expect(one.json).toMatchObject({ newly_denied_count: 1, newly_allowed_count: 0 })
      expect((await call('GET', `/${made.id}`)).json).toMatchObject({ version: 1 })
      // Without a word of what to try, what was asked before.
      const all = await call('POST', `/${made.id}/simulate`, { status: 'archived' })
      expect(all.json.newly_denied_count).toBeGreaterThanOrEqual(2)
    })
  })

  describe('400', () => {
    it.each([
      ['no form', { cedar: undefined }, 'rules', 'exactly one of rules, cedar, and template'],
      ['two forms', { rules }, 'rules', 'exactly one of rules, cedar, and template'],
      ['no name', { name: '' }, 'name', ''],
      ['a status of its own', { status: 'shadow' }, 'status', 'draft'],
      ['no rules', { cedar: undefined, rules: [] }, 'rules', ''],
      ['a field of its own', { ttl: 1 }, 'ttl', 'not a known field'],
    ])('refuses %s', async (_, more, field, message) => {
      const { status, json } = await call('POST', '', { name: 'Bad', cedar, ...more })
      expect([status, json.error.code]).toEqual([400, 'invalid_request'])
      expect(json.error.details.fields[0].field).toBe(field)
      expect(json.error.message).toContain(message)
    })

    it.each([
      ['what is no Cedar', 'permit (principal, action);'],
      [
        'a number that is rounded elsewhere',
        `${cedar.slice(0, -1)} when { 9007199254740993 > 1 };`,
      ],
      ['no policy at all', '// nothing'],
      ['a template beside another', `${cedar} permit (principal == ?principal, action, resource);`],
      [
        'a forbid that reads what may be absent',
        'forbid (principal, action, resource) when { context.mfa == false };',
      ],
    ])('refuses %s, and stores nothing', async (_, text) => {
      const before = (await call('GET', '')).json.pagination.total
      const { status, json } = await call('POST', '', { name: 'Bad', cedar: text })
      expect([status, json.error.code]).toEqual([400, 'invalid_policy'])
      expect(json.error.details.errors[0].message).not.toBe('')
      expect((await call('GET', '')).json.pagination.total).toBe(before)
    })

    it('refuses a version that is none', async () => {
      const { id } = await create()
      const { status, json } = await call(
        'PATCH',
        `/${id}`,
        { status: 'active' },
        { 'if-match': 'x' },
      )
      expect([status, json.error.details.fields[0].field]).toEqual([400, 'If-Match'])
    })

    it('answers whatever is sent below 500', async () => {
      const value = fc.jsonValue({ maxDepth: 4 })
      const text = fc.oneof(
        fc.string({ maxLength: 200 }),
        fc.string({ maxLength: 60 }).map((part) => cedar.replace('document', part)),
        fc.string({ maxLength: 60 }).map((part) => `${cedar.slice(0, -1)} when { ${part} };`),
      )
      const body = fc.record(
        { name: value, cedar: fc.oneof(text, value), rules: value, metadata: value },
        { requiredKeys: [] },
      )
      await fc.assert(
        fc.asyncProperty(
          body,
          fc.constantFrom('', '/validate', '/test', '/simulate'),
          async (sent, path) => {
            const { status } = await call('POST', path, sent)
            expect(status).toBeLessThan(500)
          },
        ),
        { numRuns: 150 },
      )
    })
  })

  describe('403', () => {
    it('asks for the scopes', async () => {
      const reader = await keyWith('read:policies')
      const body = { name: 'Mine', cedar }
      expect((await server.call('GET', base, { key: reader })).status).toBe(200)
      expect((await server.call('POST', base, { key: reader, body })).status).toBe(403)
      const writer = await keyWith('write:policies')
      expect((await server.call('POST', base, { key: writer, body })).status).toBe(201)
      expect((await server.call('GET', base, { key: writer })).status).toBe(403)
    })
  })

  describe('404', () => {
    it('tells of no other organization whether there is one', async () => {
      const { id } = await create({ status: 'active' })
      const made = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Other', plan: 'pro' },
      })
      const key = made.json.admin_key
      const answers = await Promise.all(
        [`/${id}`, '/policy_000000000000', `/${id}/versions`, '/policy_000000000000/versions'].map(
          (path) => server.call('GET', base + path, { key }),
        ),
      )
      const shapes = answers.map(({ status, json }) => {
        const { request_id: _, ...rest } = json.error
        return [status, rest]
      })
      expect(shapes[0]).toEqual(shapes[1])
      expect(shapes[2]).toEqual(shapes[3])
      expect(shapes[0]?.[0]).toBe(404)
      const changed = await server.call('PATCH', `${base}/${id}`, {
        key,
        body: { status: 'draft' },
      })
      expect(changed.status).toBe(404)
      const simulated = await server.call('POST', `${base}/${id}/simulate`, { key, body: {} })
      expect(simulated.status).toBe(404)
    })
  })

  describe('409', () => {
    it('refuses a change of a version that is not the last', async () => {
      const { id } = await create()
      await call('PUT', `/${id}`, { name: 'Two', cedar })
      const lost = await call('PUT', `/${id}`, { name: 'Lost', cedar, version: 1 })
      expect([lost.status, lost.json.error.code]).toEqual([409, 'policy_changed'])
      expect(lost.json.error.details).toEqual({ version: 2 })
      const late = await call('PATCH', `/${id}`, { status: 'active' }, { 'if-match': '"1"' })
      expect(late.status).toBe(409)
      const right = await call('PATCH', `/${id}`, { status: 'active' }, { 'if-match': '"2"' })
      expect(right.json).toMatchObject({ version: 2, status: 'active', name: 'Two' })
    })
  })

  it('403: who may not read principals tries policies out with made-up ones only', async () => {
    const principal = 'principal_000000000000'
    const request = { principal, action: 'read', resource: 'document:1' }
    const key = await keyWith('read:policies', 'write:policies')
    const tests = [{ request, expect: 'deny' }]
    for (const [path, body] of [
      ['/test', { tests }],
      ['/simulate', { changes: [{ cedar }], requests: [request] }],
    ] as const) {
      expect((await server.call('POST', base + path, { body, key })).status).toBe(403)
    }
    const made = [{ request: { ...request, principal: { type: 'USER' } }, expect: 'deny' }]
    const body = { tests: made, policies: [{ rules }] }
    expect((await server.call('POST', `${base}/test`, { body, key })).status).toBe(200)
  })

  describe('schema', () => {
    const schema = `entity User { level: Long };
      entity document;
      action read appliesTo { principal: [User], resource: [document] };`

    it('is what policies are checked against from then on', async () => {
      expect((await call('GET', '/schema')).status).toBe(404)
      const active = (await call('GET', '?status=active&limit=100')).json.data
      for (const { id } of active) await call('POST', `/${id}/archive`)
      const { status, json } = await call('PUT', '/schema', { schema })
      expect([status, json.schema]).toEqual([200, schema])
      expect((await call('GET', '/schema')).json).toEqual(json)
      const misspelt = cedar.replace(';', ' when { principal.levle > 1 };')
      const refused = await call('POST', '', { name: 'Levels', cedar: misspelt })
      expect([refused.status, refused.json.error.code]).toEqual([400, 'invalid_policy'])
      expect(refused.json.error.message).toContain('levle')
      expect((await call('POST', '/validate', { cedar: misspelt })).json.valid).toBe(false)
      const right = cedar.replace(';', ' when { principal.level > 1 };')
      expect((await call('POST', '', { name: 'Levels', cedar: right })).status).toBe(201)
      expect((await call('DELETE', '/schema')).json).toEqual({ status: 'deleted' })
      expect((await call('POST', '', { name: 'Levels', cedar: misspelt })).status).toBe(201)
    })

    it('is refused where it is none', async () => {
      const { status, json } = await call('PUT', '/schema', { schema: 'entity ;' })
      expect([status, json.error.details.fields[0].field]).toEqual([400, 'schema'])
    })
  })

  it('writes an audit row with each change', async () => {
    const { id } = await create()
    await call('PUT', `/${id}`, { name: 'Two', cedar, status: 'active' })
    await call('POST', `/${id}/rollback`, { version: 1 })
    await call('DELETE', `/${id}`)
    const db = openDatabase({ connection: server.databaseUrl, onError: () => {} })
    const rows = await db.inTenant(server.organization_id, (tx) =>
      tx.rows<{ action: string }>(sql`select action from audit_events
        where object_id = ${id} order by at, id`),
    )
    await db.close()
    expect(rows.map(({ action }) => action)).toEqual([
      'policy.created',
      'policy.updated',
      'policy.rolled_back',
      'policy.deleted',
    ])
  })
})

const pings = 'permit (principal is User, action == Action::"ping", resource is host);'
