// /identity/access/v1: what AuthZEN leaves to us, and what must hold beside its certification.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import {
  type Answer,
  type CallOptions,
  type Json,
  startTestServer,
  type TestServer,
} from '../fixtures/server.ts'

const v1 = '/identity/v1'
const access = '/identity/access/v1'

describe.skipIf(!hasDatabase)('AuthZEN', () => {
  let server: TestServer
  /** May evaluate, and is not believed. */
  let enforcer: string
  let ada: Json
  beforeAll(async () => {
    const limits = {
      'identity.enterprise.minute': 1_000_000,
      'identity.keys.hour': 10_000,
    }
    server = await startTestServer({
      env: {
        PANTHERA_RATE_LIMITS: JSON.stringify(limits),
        PANTHERA_SURFACE_HOSTS: 'identity=authzen.localhost',
      },
    })
    enforcer = await keyWith(['evaluate:decisions', 'read:principals'])
    ada = await person('ada', { attributes: { level: 3 }, email: 'ada@example.com' })
    await person('bea', { attributes: { level: 1 } })
    await put('record', 'a', { level: 2 })
    await put('record', 'b', { level: 5 })
    await policy(
      'levels',
      `permit(principal, action == Action::"read", resource is record)
        when { principal.level >= resource.level };`,
    )
    await policy(
      'drafts',
      `permit(principal is User, action in [Action::"edit", Action::"share"], resource is draft)
        when { principal.level >= 3 };`,
    )
  })
  afterAll(() => server.stop())

  const act = async (method: string, path: string, body?: object): Promise<Json> => {
    const answer = await server.call(method, `${v1}${path}`, body === undefined ? {} : { body })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.json
  }
  const keyWith = async (scopes: string[]): Promise<string> =>
    (await act('POST', '/auth/api-keys', { name: 'k', scopes })).api_key
  const person = (id: string, more: object = {}) =>
    act('POST', '/principals', { type: 'USER', name: id, external_id: id, ...more })
  const put = (type: string, id: string, attributes: object) =>
    act('PUT', `/resources/${type}/${id}`, { attributes })
  const policy = (name: string, cedar: string) =>
    act('POST', '/policies', { name, status: 'active', cedar })

  const ask = (path: string, body: unknown, options: CallOptions = {}): Promise<Answer> =>
    server.call('POST', `${access}/${path}`, { body, ...options })
  const subject = (id: string, properties?: object) => ({ type: 'user', id, properties })
  const record = (id: string, properties?: object) => ({ type: 'record', id, properties })
  const read = { name: 'read' }
  const reading = (who: object, what: object) => ({ subject: who, action: read, resource: what })

  async function decided(body: object, key?: string): Promise<boolean> {
    const answer = await ask('evaluation', body, key === undefined ? {} : { key })
    expect(answer.status, answer.text).toBe(200)
    return answer.json.decision
  }

  async function found(path: string, body: object, key?: string): Promise<string[]> {
    const { status, json, text } = await ask(`search/${path}`, body, key ? { key } : {})
    expect(status, text).toBe(200)
    return json.results.map((each: Json) => each.name ?? each.id)
  }

  describe('a subject', () => {
    it('is a principal by its id, the organization’s id or its address', async () => {
      for (const id of [ada.id, 'ada', 'ada@example.com', 'Ada@Example.com']) {
        expect(await decided(reading(subject(id), record('a')), enforcer), id).toBe(true)
      }
    })

    it('is of the type that it is stored with, however that is written', async () => {
      const answers = await Promise.all(
        ['USER', 'User', 'ai_agent', 'service-account'].map((type) =>
          decided(reading({ type, id: 'ada' }, record('a')), enforcer),
        ),
      )
      expect(answers).toEqual([true, true, false, false])
    })

    it('that nobody knows is denied, but to callers who are believed', async () => {
      const body = reading(subject('cleo', { level: 9 }), record('a'))
      const answer = await ask('evaluation', body, { key: enforcer })
      expect(answer.json).toMatchObject({
        decision: false,
        context: { reason: 'principal_not_found' },
      })
      expect(await decided(body)).toBe(true)
    })

    it('of another type has properties for callers who are believed only', async () => {
      const body = reading({ type: 'device', id: 'd1', properties: { level: 9 } }, record('a'))
      expect([await decided(body), await decided(body, enforcer)]).toEqual([true, false])
    })

    it('cannot be passed off under a stored principal’s id of another type', async () => {
      const body = reading(
        { type: 'service_account', id: ada.id, properties: { level: 9 } },
        record('a'),
      )
      expect(await decided(body)).toBe(false)
    })

    it('is denied everything while suspended', async () => {
      const { id } = await person('sus', { attributes: { level: 9 } })
      expect(await decided(reading(subject('sus'), record('a')))).toBe(true)
      await act('PATCH', `/principals/${id}`, { status: 'suspended' })
      const { json } = await ask('evaluation', reading(subject('sus'), record('a')))
      expect([json.decision, json.context.reason]).toEqual([false, 'principal_suspended'])
      expect(await found('subject', reading({ type: 'user' }, record('a')))).not.toContain('sus')
      await act('DELETE', `/principals/${id}`)
      const gone = await ask('evaluation', reading(subject(id), record('a')))
      expect(gone.json.context.reason).toBe('principal_not_found')
    })

    it('of an address that two have is nobody', async () => {
      for (const id of ['t1', 't2']) {
        await person(id, { attributes: { level: 9 }, email: 'twin@example.com' })
      }
      const body = reading(subject('twin@example.com', { level: 9 }), record('a'))
      expect([await decided(body), await decided(body, enforcer)]).toEqual([false, false])
      expect(await decided(reading(subject('t2'), record('a')), enforcer)).toBe(true)
    })
  })

  it('an address is first of all the one of the account that logs in with it', async () => {
    const body = reading(subject('owner@example.com'), record('a'))
    const { context: before } = (await ask('evaluation', body)).json
    await person('twin of the owner', { attributes: { level: 9 }, email: 'owner@example.com' })
    const { context: after } = (await ask('evaluation', body)).json
    expect([before.reason, after.reason]).toEqual(['not_permitted', 'not_permitted'])
  })

  it('properties win over stored attributes for callers who are believed only', async () => {
    const body = reading(subject('bea', { level: 9 }), record('b', { level: 2 }))
    expect([await decided(body), await decided(body, enforcer)]).toEqual([true, false])
  })

  it('a decision says why, and stands in the log', async () => {
    const { json } = await ask('evaluation', reading(subject('ada'), record('a')))
    expect(json).toEqual({
      decision: true,
      context: {
        id: expect.stringMatching(/^decision_/),
        reason: 'permitted',
        message: 'The policy "levels" permits this',
        policies: [expect.stringMatching(/^policy_/)],
      },
    })
    const logged = await act('GET', `/decisions/${json.context.id}`)
    expect(logged).toMatchObject({ allowed: true, principal: ada.id, resource: 'record:a' })
  })

  describe('evaluations', () => {
    const [yes, no] = [record('a'), record('b')].map((resource) => ({ resource }))
    const semantic = (evaluations_semantic: string, evaluations: unknown[]) =>
      ask('evaluations', {
        subject: subject('ada'),
        action: read,
        options: { evaluations_semantic },
        evaluations,
      })
    const decisions = ({ json }: Answer) => json.evaluations.map((each: Json) => each.decision)

    it.each([
      ['execute_all', [true, false, true]],
      ['deny_on_first_deny', [true, false]],
      ['permit_on_first_permit', [true]],
    ])('%s', async (name, expected) => {
      expect(decisions(await semantic(name, [yes, no, yes]))).toEqual(expected)
    })

    it('one that is not valid counts as a denial and says what is wrong with it', async () => {
      const wrong = [{ resource: { type: 'record' } }, 'x', { context: { n: 1.5 }, ...yes }]
      const all = await semantic('execute_all', [...wrong, yes])
      expect(decisions(all)).toEqual([false, false, false, true])
      expect(all.json.evaluations[0].context.error).toMatchObject({ status: 400 })
      expect(all.json.evaluations[2].context.message).toContain('context.n')
      expect(decisions(await semantic('permit_on_first_permit', [...wrong, yes, yes]))).toEqual([
        false,
        false,
        false,
        true,
      ])
    })

    it('400: a semantic that there is not, and more than a thousand', async () => {
      expect((await semantic('any', [yes])).status).toBe(400)
      expect(
        (
          await semantic(
            'execute_all',
            Array.from({ length: 1_001 }, () => yes),
          )
        ).status,
      ).toBe(400)
      expect(decisions(await semantic('execute_all', Array(1_000).fill(yes)))).toHaveLength(1_000)
    })
  })

  describe('searches', () => {
    it('find whom, what and on what, and nothing that would be denied', async () => {
      const readers = reading({ type: 'user' }, record('a'))
      expect(await found('subject', readers, enforcer)).toContain('ada')
      expect(await found('subject', readers, enforcer)).not.toContain('bea')
      const readable = reading(subject('ada'), { type: 'record' })
      expect(await found('resource', readable, enforcer)).toEqual(['a'])
      const draft = { type: 'draft', id: 'd' }
      expect(await found('action', { subject: subject('ada'), resource: draft })).toEqual([
        'edit',
        'share',
      ])
      expect(await found('action', { subject: subject('bea'), resource: draft })).toEqual([])
    })

    it('answer principals without an id of the organization’s by their own', async () => {
      const made = await act('POST', '/principals', {
        type: 'SERVICE_ACCOUNT',
        name: 's',
        attributes: { level: 4 },
      })
      const robots = reading({ type: 'service_account' }, record('a'))
      expect(await found('subject', robots)).toEqual([made.id])
    })

    it('go page by page, and a token belongs to its question', async () => {
      for (let nth = 0; nth < 12; nth++) await put('page', `p${nth}`, { level: 0 })
      await policy(
        'pages',
        `permit(principal, action == Action::"read", resource is page)
          unless { resource.id like "*1" };`,
      )
      const question = reading(subject('ada'), { type: 'page' })
      const ids: string[] = []
      let token = ''
      do {
        const { json } = await ask('search/resource', { ...question, page: { limit: 4, token } })
        expect(json.page.count).toBe(json.results.length)
        ids.push(...json.results.map(({ id }: Json) => id))
        token = json.page.next_token
      } while (token !== '')
      expect([...ids].sort()).toEqual(['p0', 'p10', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9'])
      const first = await ask('search/resource', { ...question, page: { limit: 4 } })
      const page = { token: first.json.page.next_token }
      const other = [
        { ...question, subject: subject('bea'), page },
        { ...question, page: { ...page, limit: 5 } },
        { ...question, page: { token: 'WzEsMiwzXQ' } },
      ]
      for (const body of other) {
        const { status, json } = await ask('search/resource', body)
        expect([status, json.error.details.fields[0].field]).toEqual([400, 'page.token'])
      }
    })

    it('403: of people and things without read:principals', async () => {
      const key = await keyWith(['evaluate:decisions'])
      const body = reading({ type: 'user', id: 'ada' }, record('a'))
      for (const kind of ['subject', 'resource']) {
        const { status, json } = await ask(`search/${kind}`, body, { key })
        expect([status, json.error.details.scope]).toEqual([403, 'read:principals'])
      }
      expect((await ask('search/action', body, { key })).status).toBe(200)
    })
  })

  it('403 and 401 without the right, with the client’s X-Request-ID', async () => {
    const headers = { 'x-request-id': 'mine' }
    const body = reading(subject('ada'), record('a'))
    const key = await keyWith(['read:principals'])
    const answers = [
      await ask('evaluation', body, { key, headers }),
      await ask('evaluation', body, { key: null, headers }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([403, 401])
    expect(answers.map((answer) => answer.headers.get('x-request-id'))).toEqual(['mine', 'mine'])
    const elsewhere = await server.call('GET', `${v1}/principals`, { headers })
    expect(elsewhere.headers.get('x-request-id')).toMatch(/^req_/)
  })

  it('400 under the names that the client used', async () => {
    const wrong: [object, string][] = [
      [reading(subject('ada', { x: 0.5 }), record('a')), 'subject.properties.x'],
      [reading(subject('ada'), record('a', { x: 0.5 })), 'resource.properties.x'],
      [
        {
          ...reading(subject('ada'), record('a')),
          action: { name: 'read', properties: { x: 0.5 } },
        },
        'action.properties.x',
      ],
      [{ ...reading(subject('ada'), record('a')), context: [] }, 'context'],
    ]
    for (const [body, field] of wrong) {
      const { status, json } = await ask('evaluation', body)
      expect([status, json.error.details.fields[0].field]).toEqual([400, field])
    }
    const twice = '{"subject":{"type":"user","id":"ada","id":"bea"},"action":{"name":"read"}}'
    expect((await ask('evaluation', twice)).status).toBe(400)
  })

  it('sees nothing of another organization', async () => {
    const made = await server.call('POST', '/console/api/organizations', {
      body: { name: 'Other' },
    })
    expect(made.status, made.text).toBe(201)
    const wanted = { surface: 'identity', name: 'k', scopes: ['*'] }
    const { json } = await server.call('POST', '/console/api/keys', {
      key: made.json.admin_key,
      body: wanted,
    })
    const key = json.api_key as string
    const foreign = {
      ...(await ask('evaluation', reading(subject(ada.id), record('a')), { key })).json,
    }
    expect(foreign).toMatchObject({ decision: false, context: { reason: 'principal_not_found' } })
    expect(await found('subject', reading({ type: 'user' }, record('a')), key)).toEqual([])
    expect(await found('resource', reading(subject('x'), { type: 'record' }), key)).toEqual([])
  })

  describe('metadata', () => {
    const path = '/.well-known/authzen-configuration'
    it('stands at both places and names the base path', async () => {
      for (const place of [`/identity${path}`, `${path}/identity`]) {
        const { status, json, headers } = await server.call('GET', place, { key: null })
        expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=300'])
        expect(json.access_evaluation_endpoint).toBe(
          `${json.policy_decision_point}/access/v1/evaluation`,
        )
        expect(json.policy_decision_point).toMatch(/^http:\/\/localhost(:\d+)?\/identity$/)
      }
    })
  })

  it('answers whatever is sent, never with 500', async () => {
    const anything = fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc
        .record(
          {
            subject: fc.oneof(
              fc.jsonValue(),
              fc.record({
                type: fc.string({ unit: 'binary' }),
                id: fc.string({ unit: 'binary' }),
                properties: fc.dictionary(fc.string(), fc.jsonValue()),
              }),
            ),
            action: fc.oneof(
              fc.jsonValue(),
              fc.record({ name: fc.string(), properties: fc.jsonValue() }),
            ),
            resource: fc.oneof(
              fc.jsonValue(),
              fc.record({ type: fc.string({ unit: 'binary' }), id: fc.string() }),
            ),
            context: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
            evaluations: fc.array(fc.jsonValue(), { maxLength: 4 }),
            page: fc.oneof(
              fc.jsonValue(),
              fc.record({ token: fc.base64String(), limit: fc.integer() }),
            ),
          },
          { requiredKeys: [] },
        )
        .map((body) => JSON.stringify(body)),
    )
    const paths = [
      'evaluation',
      'evaluations',
      'search/subject',
      'search/resource',
      'search/action',
    ]
    await fc.assert(
      fc.asyncProperty(anything, fc.constantFrom(...paths), async (body, path) => {
        const { status, text } = await ask(path, body)
        expect([200, 400], `${path} ${body} ${text}`).toContain(status)
      }),
      { numRuns: 300 },
    )
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
    for (const path of paths) {
      for (const [type, id] of [
        ['user', 'ada'],
        ['user', 'nobody'],
        ['device', 'x'],
      ]) {
        const subject = `{"type":"${type}","id":"${id}","properties":${deep}}`
        const rest = `"action":{"name":"read"},"resource":{"type":"record","id":"a"}`
        const body = `{"subject":${subject},${rest},"context":${deep}}`
        expect((await ask(path, body, { key: enforcer })).status, `${path} ${id}`).toBe(400)
      }
    }
  })
})
