// Policies written as rules, through the whole server: what they mean for what is stored and asked.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('policies as rules', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  const post = (path: string, body: object) => server.call('POST', `/identity/v1/${path}`, { body })
  const person = async (attributes: object): Promise<string> =>
    (await post('principals', { type: 'USER', name: 'x', attributes })).json.id
  const activate = async (name: string, ...rules: object[]) => {
    const made = await post('policies', { name, status: 'active', rules })
    expect([made.status, made.text]).toEqual([201, expect.stringContaining('policy_')])
  }
  const decide = async (body: object) => {
    const { json } = await post('decisions/evaluate', body)
    return `${json.allowed} ${json.reason}`
  }

  it('mean a list as well as a single value, stored or asked', async () => {
    await activate(
      'lists',
      { effect: 'allow', resources: { type: 'list' }, actions: ['*'] },
      {
        effect: 'deny',
        principals: { attributes: { roles: ['contractor', 'guest'] } },
        resources: { type: 'list' },
        actions: ['write:*'],
      },
      {
        effect: 'deny',
        resources: { type: 'list', attributes: { labels: 'secret' } },
        actions: ['read'],
      },
    )
    const several = await person({ roles: ['staff', 'contractor'] })
    const one = await person({ roles: 'guest' })
    const other = await person({ roles: ['staff'] })
    const none = await person({})
    const question = { action: 'write:all', resource: 'list:1' }
    expect(await decide({ ...question, principal: several })).toBe('false forbidden')
    expect(await decide({ ...question, principal: one })).toBe('false forbidden')
    expect(await decide({ ...question, principal: other })).toBe('true permitted')
    expect(await decide({ ...question, principal: none })).toBe('false forbidden')
    const read = { principal: other, action: 'read', resource: 'list:2' }
    const labelled = (labels: unknown) => decide({ ...read, resource_attributes: { labels } })
    expect(await labelled(['secret', 'old'])).toBe('false forbidden')
    expect(await labelled(['old'])).toBe('true permitted')
    expect(await labelled('secret')).toBe('false forbidden')
  })

  it('look at the server’s clock, whatever the request says of it', async () => {
    const day = { start: '00:00', end: '24:00', timezone: 'Europe/Berlin' }
    const rule = {
      effect: 'allow',
      resources: { type: 'clock' },
      actions: ['read:*'],
      conditions: [{ type: 'time', operator: 'between', value: day }],
    }
    const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
    const inTwoDays = week[(new Date().getUTCDay() + 1) % 7]
    await activate('today', rule, {
      effect: 'deny',
      resources: { type: 'clock' },
      actions: ['*'],
      conditions: [{ type: 'time', operator: 'between', value: { ...day, days: [inTwoDays] } }],
    })
    const principal = await person({})
    const panthera = { action: 'write', time: {} }
    const context = { panthera, now: 'never' }
    const question = { principal, action: 'read:x', resource: 'clock:1', context }
    expect(await decide(question)).toBe('true permitted')
    expect(await decide({ ...question, action: 'write' })).toBe('false not_permitted')
  })

  it('fail closed where the context is of another kind', async () => {
    await activate(
      'kinds',
      { effect: 'allow', resources: { type: 'kind' }, actions: ['read'] },
      {
        effect: 'deny',
        resources: { type: 'kind' },
        actions: ['read'],
        conditions: [{ type: 'ip', operator: 'not_in', value: ['10.0.0.0/8'] }],
      },
    )
    const principal = await person({})
    const at = (ip: unknown) =>
      decide({ principal, action: 'read', resource: 'kind:1', context: ip === null ? {} : { ip } })
    expect(await at('10.1.2.3')).toBe('true permitted')
    expect(await at('::ffff:10.1.2.3')).toBe('true permitted')
    expect(await at('192.0.2.1')).toBe('false forbidden')
    expect(await at('nonsense')).toBe('false deny_rule_failed')
    expect(await at(7)).toBe('false deny_rule_failed')
    expect(await at('10.0.0.0/9')).toBe('false deny_rule_failed')
    expect(await at('::ffff:a01:203/128')).toBe('false deny_rule_failed')
    expect(await at(null)).toBe('false forbidden')
  })

  it.each([
    [{ type: 'mfa', operator: 'less_than', value: 1 }, 'operator', 'equals, not_equals'],
    [{ type: 'n', operator: 'less_than', value: 0.5 }, 'value', 'an integer within'],
    [{ type: 'time', operator: 'between', value: { start: '9' } }, 'value.start', '00:00 to'],
  ])('400: %j names its place and what is accepted', async (condition, field, accepted) => {
    const rules = [{ effect: 'allow', actions: ['a'], conditions: [condition] }]
    const { status, json } = await post('policies', { name: 'x', rules })
    expect(status).toBe(400)
    expect(json.error.message).toContain(`rules.0.conditions.0.${field}: `)
    expect(json.error.message).toContain(accepted)
  })
})
