import { describe, expect, it } from 'vitest'
import { createEntities } from './entities.ts'
import { absencesOf, explain, failureWords } from './explain.ts'
import type { CedarJson } from './json.ts'
import { parsePolicies } from './parse.ts'
import { compilePolicySet } from './set.ts'

const user = { type: 'User', id: 'ann' }
const doc = { type: 'Doc', id: 'plan' }
const entities = createEntities([
  {
    uid: user,
    attrs: { name: 'Ann', groups: ['staff'] },
    parents: [{ type: 'Group', id: 'staff' }],
  },
])

function explainBy(text: string, context: Record<string, CedarJson> = {}, nearMissesMax = 10) {
  const set = compilePolicySet(
    parsePolicies(text).policies.map(({ json }, i) => ({ id: `p${i}`, json })),
  )
  const request = {
    principal: user,
    action: { type: 'Action', id: 'read' },
    resource: doc,
    context,
  }
  return explain(set, request, entities, { nearMissesMax })
}

function jsonOf(text: string) {
  const [policy] = parsePolicies(text).policies
  if (policy === undefined) throw new Error(text)
  return policy.json
}

describe('explain', () => {
  it('looks at each part of a long chain a few times and not over and over', () => {
    const terms = 300
    const chain = Array.from({ length: terms }, () => 'principal in Group::"staff"').join(' && ')
    const text = `permit (principal, action, resource) when { ${chain} && context.risk > 9 };`
    let asked = 0
    const counted: typeof entities = {
      find: (key) => entities.find(key),
      has: (key) => entities.has(key),
      ancestors(key) {
        asked += 1
        return entities.ancestors(key)
      },
    }
    const set = compilePolicySet([{ id: 'p', json: jsonOf(text) }])
    const action = { type: 'Action', id: 'read' }
    const request = { principal: user, action, resource: doc, context: { risk: 7 } }
    const { nearMisses } = explain(set, request, counted)
    expect(nearMisses).toMatchObject([{ failed: 'context.risk > 9', actual: 7 }])
    expect(asked).toBeLessThan(terms * 6)
  })

  it('stops at a bound, and says so', () => {
    const chain = Array.from({ length: 400 }, (_, i) => `context.risk != ${i + 10}`).join(' && ')
    const text = `permit (principal, action, resource) when { ${chain} && context.risk > 9 };`
    const one = explainBy(text, { risk: 7 })
    expect(one).toMatchObject({ nearMisses: [{ failed: 'context.risk > 9' }] })
    expect(one.truncated).toBeUndefined()
    const many = explainBy(text.repeat(20), { risk: 7 }, 20)
    expect(many.truncated).toBe(true)
    expect(many.nearMisses.length).toBeGreaterThan(1)
    expect(many.nearMisses.length).toBeLessThan(20)
  })

  it('reads a request once for the words of all policies, and not without end', () => {
    const json = jsonOf('permit (principal, action, resource) when { context.mfa };')
    let read = 0
    const context = {
      get risk() {
        read += 1
        return 7
      },
    }
    const action = { type: 'Action', id: 'read' }
    const request = { principal: user, action, resource: doc, context }
    const words = Array.from({ length: 2_000 }, () => failureWords(json, { request, entities }))
    expect(read).toBe(1)
    expect([words[0], words.at(-1)]).toEqual(['context.mfa is absent', ''])
  })

  it.each<[condition: string, failed: string, actual?: CedarJson]>([
    ['when { context.risk < 3 }', 'context.risk < 3', 7],
    ['when { 3 > context.risk }', '3 > context.risk', 7],
    ['when { context has mfa && context.mfa }', 'context has mfa', { risk: 7 }],
    ['when { true } when { context.mfa }', 'context.mfa'],
    ['when { principal.name like "B*" && context.risk > 1 }', 'principal.name like "B*"', 'Ann'],
    ['when { principal.groups.contains("boss") }', 'principal.groups.contains("boss")', ['staff']],
    [
      'when { ["Bob", "Cid"].contains(principal.name) }',
      '["Bob", "Cid"].contains(principal.name)',
      'Ann',
    ],
    ['when { !(context.risk == 1 || context.risk == 7) }', 'context.risk == 7', 7],
    ['when { !context.risk }', '!context.risk', 7],
    [
      'unless { context.risk > 1 && principal is User }',
      'unless context.risk > 1 && principal is User',
    ],
    ['unless { context.risk == 1 || context.risk == 7 }', 'unless context.risk == 7', 7],
    [
      'when { ip("10.0.0.1").isInRange(ip("10.1.0.0/16")) }',
      'ip("10.0.0.1").isInRange(ip("10.1.0.0/16"))',
    ],
    [
      'when { if context.risk > 1 then false else true }',
      'if context.risk > 1 then false else true',
    ],
  ])(
    'shows the part of a condition that failed and what it saw: %s',
    (condition, failed, actual) => {
      const { nearMisses, matched } = explainBy(
        `permit (principal, action, resource) ${condition};`,
        { risk: 7 },
      )
      const miss = { policyId: 'p0', effect: 'permit', failed, because: expect.any(String) }
      expect(nearMisses).toEqual([actual === undefined ? miss : { ...miss, actual }])
      expect(matched).toEqual([])
    },
  )

  const berlin = { minute_of_day: 1_380, day_of_week: 7 }
  const address = { ip: '192.0.2.1', 'net.ip': 'not one address: 10.0.0.0/7' }
  const panthera = { time: { 'Europe/Berlin': berlin }, address }
  const seen = { risk: 7, ip: '192.0.2.1', panthera }
  const clock = 'context.panthera.time["Europe/Berlin"]'
  it.each<[effect: string, condition: string, because: string]>([
    ['permit', 'context has mfa && context.mfa', 'context.mfa is absent'],
    ['permit', 'context.risk < 3', 'context.risk was 7'],
    [
      'permit',
      'ip(context.ip).isInRange(ip("10.0.0.0/8"))',
      'context.ip was "192.0.2.1", not in 10.0.0.0/8',
    ],
    [
      'permit',
      '!(ip(context.ip).isInRange(ip("192.0.2.0/24")))',
      'context.ip was "192.0.2.1", in 192.0.2.0/24',
    ],
    [
      'permit',
      'ip(context.panthera.address["net.ip"]).isInRange(ip("10.0.0.0/8"))',
      'context.net.ip was "not one address: 10.0.0.0/7", which is no IP address',
    ],
    [
      'permit',
      'ip(context.panthera.address.ip).isInRange(ip("10.0.0.0/8"))',
      'context.ip was "192.0.2.1", not in 10.0.0.0/8',
    ],
    ['permit', 'ip(principal.name).isIpv4()', 'principal.name was "Ann", which is no IP address'],
    ['forbid', '!(context has risk) || context.risk >= 70', 'context.risk was 7'],
    ['permit', 'principal.name > 3', 'principal.name was "Ann", where a number is needed'],
    [
      'permit',
      `${clock}.minute_of_day < 1020`,
      'it was 23:00 in Europe/Berlin, the bound is 17:00',
    ],
    ['permit', `[1, 2].contains(${clock}.day_of_week)`, 'it was Sunday in Europe/Berlin'],
    ['permit', 'principal in Group::"x"', 'the principal was User "ann", in groups: staff'],
    [
      'permit',
      'context.risk == 1 || principal.name == "Bo"',
      'context.risk was 7; principal.name was "Ann"',
    ],
    ['permit', 'false', ''],
    ['permit', '!context.risk', 'context.risk was 7, where true or false is needed'],
  ])('says in words what was looked at: %s %s', (effect, condition, because) => {
    const { nearMisses } = explainBy(
      `${effect} (principal, action, resource) when { ${condition} };`,
      seen,
    )
    expect(nearMisses).toMatchObject([{ because }])
  })

  it.each([
    ['forbid', '!(context has score) || context.score >= 70', ['context.score']],
    ['forbid', '!(context has risk) || context.risk >= 5', []],
    ['forbid', '!(context has a.b) || context.a.b', ['context.a']],
    ['permit', '!(context has score) || context.score >= 70', []],
  ])('knows for want of what a deny holds: %s %s', (effect, condition, absent) => {
    const text = `${effect} (principal, action, resource) when { ${condition} };`
    const [policy] = parsePolicies(text).policies
    if (policy === undefined) throw new Error('no policy')
    const request = {
      principal: user,
      action: { type: 'Action', id: 'read' },
      resource: doc,
      context: seen,
    }
    expect(absencesOf(policy.json, { request, entities })).toEqual(absent)
  })

  it('shows the one part of a scope that did not fit, those first that may yet hold', () => {
    const text = `permit (principal, action == Action::"write", resource);
      permit (principal, action, resource is Folder in Folder::"f");
      permit (principal in Group::"boss", action, resource);
      permit (principal in Group::"boss", action == Action::"write", resource);
      permit (principal in Group::"boss", action, resource) when { context.mfa };
      forbid (principal, action in [Action::"read", Action::"x"], resource) when { false };
      permit (principal in Group::"staff", action, resource);`
    expect(explainBy(text)).toEqual({
      considered: 2,
      matched: ['p6'],
      nearMisses: [
        { policyId: 'p5', effect: 'forbid', failed: 'false', because: '' },
        {
          policyId: 'p2',
          effect: 'permit',
          failed: 'principal in Group::"boss"',
          because: 'the principal was User "ann", in groups: staff',
          actual: { __entity: user },
        },
        {
          policyId: 'p1',
          effect: 'permit',
          failed: 'resource is Folder in Folder::"f"',
          because: 'the resource was Doc "plan"',
          actual: { __entity: doc },
        },
        {
          policyId: 'p0',
          effect: 'permit',
          failed: 'action == Action::"write"',
          because: 'the action was read',
          actual: { __entity: { type: 'Action', id: 'read' } },
        },
      ],
    })
  })

  it('shows first what would have decided otherwise', () => {
    const text = `forbid (principal, action, resource) when { context.risk > 8 };
      permit (principal in Group::"boss", action, resource);`
    const { nearMisses } = explainBy(text, { risk: 7 })
    expect(nearMisses.map(({ policyId }) => policyId)).toEqual(['p1', 'p0'])
  })

  it('counts what the index left, and tells forbidden by what matched', () => {
    const text = `forbid (principal, action, resource == Doc::"plan");
      ${'permit (principal == User::"x", action, resource);'.repeat(20)}`
    expect(explainBy(text)).toMatchObject({ considered: 1, matched: ['p0'] })
  })

  it('is bounded in number and size', () => {
    const text = 'permit (principal, action, resource) when { context.a == "x" };'.repeat(50)
    const { nearMisses } = explainBy(text, { a: ['y'.repeat(10_000), ...Array(100).fill(1)] }, 5)
    expect(nearMisses).toHaveLength(5)
    expect(JSON.stringify(nearMisses).length).toBeLessThan(5_000)
  })
})
