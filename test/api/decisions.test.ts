// /identity/v1/decisions: what is asked, what is answered, and what the log tells of it.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/identity/v1/decisions'

describe.skipIf(!hasDatabase)('decisions', () => {
  let server: TestServer
  let alice: string
  let policy: Json
  beforeAll(async () => {
    server = await startTestServer({
      env: { PANTHERA_RATE_LIMITS: '{"identity.keys.hour": 1000}' },
    })
    alice = await person({ name: 'Alice', attributes: { department: 'finance' } })
    policy = await activePolicy(
      'Finance reads',
      `permit(principal is User, action == Action::"read", resource is document)
       when { principal has department && principal.department == "finance" };`,
    )
  })
  afterAll(() => server.stop())

  const person = async (more: object): Promise<string> => {
    const body = { type: 'USER', ...more }
    const made = await server.call('POST', '/identity/v1/principals', { body })
    expect(made.text).toContain('principal_')
    return made.json.id
  }

  const activePolicy = async (name: string, cedar: string): Promise<Json> => {
    const body = { name, cedar, status: 'active' }
    const made = await server.call('POST', '/identity/v1/policies', { body })
    expect([made.status, made.text]).toEqual([201, expect.stringContaining('policy_')])
    return made.json
  }

  const evaluate = (body: object, key?: string) =>
    server.call('POST', `${base}/evaluate`, { body, ...(key === undefined ? {} : { key }) })

  const keyWith = async (...scopes: string[]): Promise<string> => {
    const body = { name: 'limited', scopes }
    return (await server.call('POST', '/identity/v1/auth/api-keys', { body })).json.api_key
  }

  const question = (more: object = {}) => ({
    principal: alice,
    action: 'read',
    resource: 'document:1',
    context: {},
    ...more,
  })

  describe('200: evaluate', () => {
    it('permits what a policy permits, and says which', async () => {
      const { status, json } = await evaluate(question())
      expect([status, json]).toEqual([
        200,
        {
          id: expect.stringMatching(/^decision_[0-9a-z]{20}$/),
          allowed: true,
          decision: 'allow',
          reason: 'permitted',
          message: 'The policy "Finance reads" permits this',
          policies: [
            { id: policy.id, name: 'Finance reads', version: 1, effect: 'permit', rule: 0 },
          ],
          evaluated_at: expect.stringMatching(/Z$/),
          latency_ms: expect.any(Number),
        },
      ])
    })

    it('tells what is forbidden from what nobody permits', async () => {
      const { id, name } = await activePolicy(
        'No secrets',
        'forbid (principal, action, resource == document::"secret");',
      )
      const forbidden = await evaluate(question({ resource: 'document:secret' }))
      expect(forbidden.json).toMatchObject({
        allowed: false,
        decision: 'deny',
        reason: 'forbidden',
        policies: [{ id, name, effect: 'forbid' }],
      })
      const unknown = await evaluate(question({ action: 'write' }))
      expect(unknown.json).toMatchObject({ allowed: false, reason: 'not_permitted', policies: [] })
    })

    it('denies where a deny rule cannot be evaluated, although Cedar would not', async () => {
      await activePolicy(
        'Risky',
        `forbid (principal, action, resource == document::"risky")
         when { context has risk && context.risk > 50 };`,
      )
      const ask = (risk: unknown) =>
        evaluate(question({ resource: 'document:risky', context: { risk } }))
      expect((await ask(10)).json).toMatchObject({ allowed: true, reason: 'permitted' })
      expect((await ask(60)).json).toMatchObject({ allowed: false, reason: 'forbidden' })
      expect((await ask('high')).json).toMatchObject({
        allowed: false,
        reason: 'deny_rule_failed',
        policies: [{ name: 'Risky', effect: 'forbid' }],
        errors: [{ name: 'Risky', message: expect.stringContaining('type error') }],
      })
    })

    it('denies where the attribute of a deny rule is absent', async () => {
      const body = {
        name: 'Devices',
        status: 'active',
        rules: [
          { effect: 'allow', resources: { type: 'vault' }, actions: ['open'] },
          {
            effect: 'deny',
            resources: { type: 'vault' },
            actions: ['open'],
            conditions: [{ type: 'device_trusted', operator: 'equals', value: false }],
          },
        ],
      }
      expect((await server.call('POST', '/identity/v1/policies', { body })).status).toBe(201)
      const ask = async (context: object) =>
        (await evaluate(question({ action: 'open', resource: 'vault:1', context }))).json.reason
      expect(await ask({ device_trusted: true })).toBe('permitted')
      expect(await ask({ device_trusted: false })).toBe('forbidden')
      expect(await ask({})).toBe('forbidden')
      const asked = question({ action: 'open', resource: 'vault:1', context: {}, explain: true })
      const { json } = await evaluate(asked)
      expect(json.message).toBe(
        'The policy "Devices" (rules.1) forbids this: ' +
          'context.device_trusted is absent, which counts as holding in a deny',
      )
      expect(json.policies).toMatchObject([{ name: 'Devices', rule: 1 }])
      const held = { name: 'Devices', rule: 1, absent: ['context.device_trusted'] }
      expect(json.explanation.matched).toContainEqual(expect.objectContaining(held))
      const text = question({ action: 'open', resource: 'vault:1', context: { device_trusted: 7 } })
      const failed = (await evaluate(text)).json
      expect(failed.reason).toBe('deny_rule_failed')
      expect(failed.errors[0].message).toContain(
        'context.device_trusted was 7, where true or false is needed',
      )
    })

    it('denies everything to who is unknown, suspended or terminated', async () => {
      const bob = await person({ name: 'Bob', attributes: { department: 'finance' } })
      const ask = async (principal: string) => (await evaluate(question({ principal }))).json
      const patch = (body: object) =>
        server.call('PATCH', `/identity/v1/principals/${bob}`, { body })
      expect(await ask(bob)).toMatchObject({ allowed: true })
      expect((await patch({ status: 'suspended' })).status).toBe(200)
      expect(await ask(bob)).toMatchObject({ allowed: false, reason: 'principal_suspended' })
      expect((await patch({ status: 'active' })).status).toBe(200)
      expect(await ask(bob)).toMatchObject({ allowed: true })
      expect((await patch({ attributes: { department: 'sales' } })).status).toBe(200)
      expect(await ask(bob)).toMatchObject({ allowed: false, reason: 'not_permitted' })
      expect((await server.call('DELETE', `/identity/v1/principals/${bob}`)).status).toBe(200)
      expect(await ask(bob)).toMatchObject({ allowed: false, reason: 'principal_not_found' })
      expect(await ask('nobody')).toMatchObject({ allowed: false, policies: [] })
    })

    it('explains with the condition that failed', async () => {
      const carol = await person({ name: 'Carol', attributes: { department: 'sales' } })
      const { json } = await evaluate(question({ principal: carol, explain: true }))
      expect(json.explanation).toMatchObject({ considered: expect.any(Number), matched: [] })
      expect(json.explanation.near_misses).toContainEqual({
        id: policy.id,
        name: 'Finance reads',
        version: 1,
        effect: 'permit',
        rule: 0,
        failed: expect.stringContaining('principal.department == "finance"'),
        because: 'principal.department was "sales"',
        actual: 'sales',
      })
    })

    it('tells no stored values to who may not read principals', async () => {
      const asked = { ...question({ principal: await person({ name: 'Hidden' }) }), explain: true }
      const secret = await person({ name: 'S', attributes: { department: 'secret-7' } })
      const key = await keyWith('evaluate:decisions')
      const { text, json } = await evaluate({ ...asked, principal: secret }, key)
      expect(json.explanation.near_misses.length).toBeGreaterThan(0)
      expect(text).not.toContain('secret-7')
      expect((await evaluate({ ...asked, principal: secret })).text).toContain('secret-7')
    })

    it('holds a changed policy and status from the next answer on', async () => {
      const made = await activePolicy(
        'Prints',
        'permit (principal, action == Action::"print", resource);',
      )
      const path = `/identity/v1/policies/${made.id}`
      const ask = async () => (await evaluate(question({ action: 'print' }))).json
      expect(await ask()).toMatchObject({ allowed: true, policies: [{ version: 1 }] })
      const cedar = 'forbid (principal, action == Action::"print", resource);'
      await server.call('PUT', path, { body: { name: 'No prints', cedar } })
      expect(await ask()).toMatchObject({ reason: 'forbidden', policies: [{ version: 2 }] })
      await server.call('POST', `${path}/rollback`, { body: { version: 1 } })
      expect(await ask()).toMatchObject({ allowed: true, policies: [{ version: 3 }] })
      await server.call('DELETE', path)
      expect(await ask()).toMatchObject({ reason: 'not_permitted' })
    })

    it('reads what is stored of the resource', async () => {
      await activePolicy(
        'Owners edit',
        `permit (principal, action == Action::"edit", resource)
         when { resource has owner && resource.owner == principal };`,
      )
      const ask = async () =>
        (await evaluate(question({ action: 'edit', resource: 'page:1' }))).json.reason
      expect(await ask()).toBe('not_permitted')
      const body = { owner: alice }
      const stored = await server.call('PUT', '/identity/v1/resources/page/1', { body })
      expect(stored.status).toBeLessThan(300)
      expect(await ask()).toBe('permitted')
    })

    it('reads what is stored of the owners of the resource and of what it is in', async () => {
      await activePolicy(
        'Teams read',
        `permit (principal, action == Action::"skim", resource)
         when { resource has owner && resource.owner has team && principal has team
           && resource.owner.team == principal.team };`,
      )
      const team = (name: string) => person({ name, attributes: { team: 'blue' } })
      const [author, reader] = [await team('Author'), await team('Reader')]
      await server.call('PUT', '/identity/v1/resources/page/2', { body: { owner: author } })
      const ask = async (more: object = {}) =>
        (await evaluate(question({ action: 'skim', resource: 'page:2', ...more }))).json
      expect((await ask({ principal: reader })).reason).toBe('permitted')
      expect((await ask()).reason).toBe('not_permitted')
      // What a trusted caller says of the principal holds for it as the owner, too.
      const own = { principal: author, principal_attributes: { team: 'red' } }
      const { id, reason } = await ask(own)
      expect(reason).toBe('permitted')
      const body = { name: 'Author', attributes: { team: 'green' } }
      await server.call('PATCH', `/identity/v1/principals/${author}`, { body })
      expect((await ask({ principal: reader })).reason).toBe('not_permitted')
      const logged = (await server.call('GET', `/identity/v1/decisions/${id}`)).json
      expect(logged.replay).toMatchObject({ reason: 'permitted', agrees: true })
    })
  })

  describe('200: attributes of the request', () => {
    it('give way to stored ones, unless the key has trust:attributes', async () => {
      const plain = await keyWith('evaluate:decisions')
      const trusted = await keyWith('evaluate:decisions', 'trust:attributes')
      const sales = question({ principal_attributes: { department: 'sales' } })
      expect((await evaluate(sales, plain)).json.reason).toBe('permitted')
      expect((await evaluate(sales, trusted)).json.reason).toBe('not_permitted')
      const unset = await person({ name: 'Dan', attributes: {} })
      const more = { principal: unset, principal_attributes: { department: 'finance' } }
      expect((await evaluate(question(more), plain)).json.reason).toBe('not_permitted')
      expect((await evaluate(question(more), trusted)).json.reason).toBe('permitted')
    })

    it('count without the scope where the resource is stored nowhere', async () => {
      await activePolicy(
        'Open folders',
        `permit (principal, action == Action::"list", resource)
         when { resource has open && resource.open };`,
      )
      await server.call('PUT', '/identity/v1/resources/folder/stored', { body: {} })
      const plain = await keyWith('evaluate:decisions')
      const ask = async (resource: string, key?: string) => {
        const resource_attributes = { open: true }
        return (await evaluate(question({ action: 'list', resource, resource_attributes }), key))
          .json
      }
      expect((await ask('folder:elsewhere', plain)).reason).toBe('permitted')
      expect((await ask('folder:stored', plain)).reason).toBe('not_permitted')
      expect((await ask('folder:stored')).reason).toBe('permitted')
    })

    it('never say who somebody is', async () => {
      await activePolicy(
        'By id',
        `permit (principal, action == Action::"impersonate", resource)
         when { principal.id == "somebody" || principal.status == "root"
           || resource.id == "else" };`,
      )
      const asked = question({
        action: 'impersonate',
        principal_attributes: { id: 'somebody', status: 'root' },
        resource_attributes: { id: 'else' },
      })
      expect((await evaluate(asked)).json.reason).toBe('not_permitted')
    })

    it('speak of a task only with trust:attributes, or with the task’s own token', async () => {
      await activePolicy(
        'Tasks',
        'permit (principal, action == Action::"work", resource) when { context has task };',
      )
      const asked = question({ action: 'work', context: { task: { name: 'forged' } } })
      const plain = await keyWith('evaluate:decisions')
      expect((await evaluate(asked, plain)).json.reason).toBe('not_permitted')
      expect((await evaluate(asked)).json.reason).toBe('permitted')
    })

    it('bring a time of their own only with trust:attributes', async () => {
      const body = {
        name: 'Office hours',
        status: 'active',
        rules: [
          {
            effect: 'allow',
            resources: { type: 'office' },
            actions: ['enter'],
            conditions: [
              {
                type: 'time',
                operator: 'between',
                value: { start: '00:00', end: '00:01', timezone: 'UTC' },
              },
            ],
          },
        ],
      }
      expect((await server.call('POST', '/identity/v1/policies', { body })).status).toBe(201)
      const time = '2026-01-05T00:00:30Z'
      const asked = question({ action: 'enter', resource: 'office:1', context: { time } })
      expect((await evaluate(asked)).json.reason).toBe('permitted')
      const late = { ...asked, context: { time: '2026-01-05T12:00:00Z' } }
      expect((await evaluate(late)).json.reason).toBe('not_permitted')
      for (const wrong of ['noon', '2026-01-05', 7]) {
        const { status, json } = await evaluate({ ...asked, context: { time: wrong } })
        expect([status, json.error?.details.fields[0].field]).toEqual([400, 'context.time'])
      }
    })
  })

  describe('200: batch', () => {
    const batch = (requests: unknown[]) =>
      server.call('POST', `${base}/batch`, { body: { requests } })

    it('answers in order, and each error in its place', async () => {
      const requests = [
        question(),
        question({ action: 'write' }),
        { principal: alice },
        question({ resource: 'nothing' }),
        question({ context: { share: 0.5 } }),
        question({ principal: 'nobody' }),
      ]
      const { status, json } = await batch(requests)
      expect(status).toBe(200)
      const told = json.decisions.map((one: Json) => one.reason ?? one.error.code)
      expect(told).toEqual([
        'permitted',
        'not_permitted',
        'invalid_request',
        'invalid_request',
        'invalid_request',
        'principal_not_found',
      ])
      expect(json.decisions[4].error.message).toContain('context.share')
      expect(json.decisions.map((one: Json) => one.allowed)).not.toContain(undefined)
    })

    it('takes a thousand, and not one more', async () => {
      const many = Array.from({ length: 1_000 }, (_, at) =>
        question({ resource: `document:${at}` }),
      )
      const { json } = await batch(many)
      expect(json.decisions).toHaveLength(1_000)
      expect(json.decisions.every((one: Json) => one.allowed)).toBe(true)
      expect((await batch([...many, question()])).status).toBe(400)
      expect((await batch([])).status).toBe(400)
    })

    it('counts as many requests as there are decisions in it', async () => {
      const made = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Small', plan: 'free' },
      })
      const call = (path: string, body: object) =>
        server.call('POST', path, { key: made.json.admin_key, body })
      const several = { evaluations: Array.from({ length: 600 }, () => ({})) }
      const requests = Array.from({ length: 600 }, () => question())
      const answers: number[] = []
      // A minute may begin in between, once.
      for (let each = 0; each < 2; each++) {
        answers.push((await call(`${base}/batch`, { requests })).status)
        answers.push((await call('/identity/access/v1/evaluations', several)).status)
      }
      expect(answers.filter((status) => status === 200).length).toBeLessThan(3)
      expect(answers).toContain(429)
    })
  })

  describe('200: the log', () => {
    it('has a decision as soon as it is answered, and shows why it was made', async () => {
      const asked = question({ context: { ip: '10.0.0.1', api_token: 'abc', deep: { mfa: true } } })
      const made = (await evaluate(asked)).json
      const { status, json } = await server.call('GET', `${base}/${made.id}`)
      expect([status, json]).toMatchObject([
        200,
        {
          id: made.id,
          allowed: true,
          principal: alice,
          action: 'read',
          resource: 'document:1',
          context: { ip: '10.0.0.1', api_token: '[masked]', deep: { mfa: true } },
          policies: made.policies,
          evaluated_at: made.evaluated_at,
          actor_id: expect.stringMatching(/^key_/),
          request_id: expect.stringMatching(/^req_/),
          replay: null,
        },
      ])
    })

    it('keeps no secrets, of whatever they were said', async () => {
      const agent = await person({ name: 'Eve', attributes: { pwd: 'stored' } })
      const asked = question({
        principal: agent,
        principal_attributes: { password: 'hunter2' },
        resource_attributes: { api_token: 'TTT', token_count: 5 },
        context: { header: 'Bearer abc', token_count: 5 },
      })
      const { id } = (await evaluate(asked)).json
      const { json, text } = await server.call('GET', `${base}/${id}`)
      expect(text).not.toMatch(/hunter2|TTT|abc|stored/)
      expect(json.context).toEqual({ header: '[masked]', token_count: 5 })
      expect(json.entities[1].attrs).toMatchObject({ api_token: '[masked]', token_count: 5 })
      const { id: harmless } = (await evaluate(question({ context: { token_count: 5 } }))).json
      const shown = (await server.call('GET', `${base}/${harmless}`)).json
      expect(shown.replay).toMatchObject({ agrees: true })
    })

    it('replays with the policies and attributes of then', async () => {
      const erin = await person({ name: 'Erin', attributes: { level: 3 } })
      const made = await activePolicy(
        'Levels',
        `permit (principal, action == Action::"climb", resource)
         when { principal has level && principal.level > 2 };`,
      )
      const asked = question({ principal: erin, action: 'climb', resource: 'tower:1' })
      const { id } = (await evaluate(asked)).json
      await server.call('PATCH', `/identity/v1/principals/${erin}`, {
        body: { attributes: { level: 1 } },
      })
      await server.call('DELETE', `/identity/v1/policies/${made.id}`)
      expect((await evaluate(asked)).json.allowed).toBe(false)
      const { json } = await server.call('GET', `${base}/${id}`)
      expect(json.entities).toContainEqual(
        expect.objectContaining({ attrs: expect.objectContaining({ level: 3 }) }),
      )
      expect(json.replay).toMatchObject({
        allowed: true,
        reason: 'permitted',
        agrees: true,
        explanation: { matched: [{ id: made.id, version: 1 }] },
      })
    })

    it('filters, and pages with a cursor', async () => {
      const frank = await person({ name: 'Frank', attributes: { department: 'finance' } })
      const ids: string[] = []
      for (const action of ['read', 'write', 'read']) {
        ids.unshift((await evaluate(question({ principal: frank, action }))).json.id)
      }
      const list = async (query: string) =>
        (await server.call('GET', `${base}?principal=${frank}&${query}`)).json
      const first = await list('limit=2')
      expect(first.data.map(({ id }: Json) => id)).toEqual(ids.slice(0, 2))
      expect(first).toMatchObject({ next_cursor: ids[1], dropped: 0 })
      const second = await list(`limit=2&cursor=${first.next_cursor}`)
      expect(second.data.map(({ id }: Json) => id)).toEqual(ids.slice(2))
      expect(second.next_cursor).toBeNull()
      expect((await list('allowed=false')).data).toMatchObject([{ action: 'write' }])
      expect((await list('action=read&resource=document:1')).data).toHaveLength(2)
      expect((await list('reason=forbidden')).data).toEqual([])
      const at = encodeURIComponent(first.data[0].evaluated_at)
      expect((await list(`to=${at}`)).data.length).toBeLessThan(3)
      expect((await list(`from=${at}`)).data.length).toBeGreaterThan(0)
      expect((await list('from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z')).data).toHaveLength(3)
    })
  })

  describe('400', () => {
    it.each([
      ['no principal', { principal: undefined }, 'principal'],
      ['a resource without a type', { resource: 'document' }, 'resource'],
      ['a resource without an id', { resource: 'document:' }, 'resource'],
      ['a resource of too many bytes', { resource: `doc:${'語'.repeat(400)}` }, 'resource'],
      [
        'attributes that are too long',
        { resource_attributes: { text: 'x'.repeat(70_000) } },
        'resource_attributes',
      ],
      ['a fraction', { context: { a: [{ b: 0.1 }] } }, 'context.a[0].b'],
      ['a forged entity', { context: { who: { __entity: {} } } }, 'context.who.__entity'],
      ['a number beyond 2^53', { resource_attributes: { n: 2 ** 53 } }, 'resource_attributes.n'],
      ['a context that is a list', { context: [] }, 'context'],
      ['a name of 1,002 bytes', { resource: `doc:${'犬'.repeat(333)}` }, 'resource'],
      ['a time without a zone', { context: { time: '2026-01-01T03:00' } }, 'context.time'],
      ['a day that is none', { context: { time: '2026-02-30T03:00:00Z' } }, 'context.time'],
      ['a time that is a number', { context: { time: 5 } }, 'context.time'],
      ['a field of its own', { subject: 'x' }, 'subject'],
    ])('refuses %s', async (_, more, field) => {
      const { status, json } = await evaluate(question(more))
      expect([status, json.error.code]).toEqual([400, 'invalid_request'])
      expect(json.error.details.fields[0].field).toBe(field)
    })

    it.each([
      ['49.9999999999999999', 'context.risk_score'],
      ['9007199254740990.6', 'context.risk_score'],
      ['1e-400', 'context.risk_score'],
    ])('refuses %s, which would be rounded to an integer', async (written, field) => {
      const text = JSON.stringify(question({ context: { risk_score: 1 } }))
      const body = text.replace('"risk_score":1', `"risk_score":${written}`)
      const { status, json } = await server.call('POST', `${base}/evaluate`, { body })
      expect([status, json.error.details?.fields[0].field]).toEqual([400, field])
    })

    it('refuses a context that is too long', async () => {
      const { status, json } = await evaluate(question({ context: { text: 'x'.repeat(70_000) } }))
      expect([status, json.error.details.fields[0].field]).toEqual([400, 'context'])
    })

    it('answers whatever is sent below 500', async () => {
      const value = fc.jsonValue({ maxDepth: 5 })
      const body = fc.record(
        {
          principal: fc.oneof(fc.constant(alice), value),
          action: fc.oneof(fc.string(), value),
          resource: fc.oneof(
            fc.string().map((text) => `document:${text}`),
            value,
          ),
          context: fc.oneof(fc.dictionary(fc.string(), value), value),
          principal_attributes: value,
          resource_attributes: value,
        },
        { requiredKeys: [] },
      )
      await fc.assert(
        fc.asyncProperty(fc.array(body, { maxLength: 20 }), async (requests) => {
          const all = await server.call('POST', `${base}/batch`, { body: { requests } })
          expect(all.status).toBeLessThan(500)
          const one = await evaluate({ ...requests[0], explain: true })
          expect(one.status).toBeLessThan(500)
        }),
        { numRuns: 100 },
      )
    })
  })

  describe('403', () => {
    it('asks for the scopes', async () => {
      const evaluator = await keyWith('evaluate:decisions')
      expect((await evaluate(question(), evaluator)).status).toBe(200)
      expect((await server.call('GET', base, { key: evaluator })).status).toBe(403)
      const reader = await keyWith('read:decisions')
      expect((await evaluate(question(), reader)).status).toBe(403)
    })
  })

  describe('404', () => {
    it('is the same for what is not there and what is another organization’s', async () => {
      const { id } = (await evaluate(question())).json
      const other = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Other', plan: 'pro' },
      })
      const key = other.json.admin_key
      const answers = await Promise.all(
        [id, `decision_${'0'.repeat(20)}`, 'decision_1', 'x'].map((name) =>
          server.call('GET', `${base}/${name}`, { key }),
        ),
      )
      for (const { status, json } of answers) {
        expect([status, json.error.code]).toEqual([404, 'decision_not_found'])
      }
      const foreign = await evaluate(question(), key)
      expect(foreign.json).toMatchObject({ allowed: false, reason: 'principal_not_found' })
    })
  })
})
