import { describe, expect, it } from 'vitest'
import { createEntities } from './entities.ts'
import { explain } from './explain.ts'
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

describe('explain', () => {
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
      const miss = { policyId: 'p0', effect: 'permit', failed }
      expect(nearMisses).toEqual([actual === undefined ? miss : { ...miss, actual }])
      expect(matched).toEqual([])
    },
  )

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
        { policyId: 'p5', effect: 'forbid', failed: 'false' },
        {
          policyId: 'p2',
          effect: 'permit',
          failed: 'principal in Group::"boss"',
          actual: { __entity: user },
        },
        {
          policyId: 'p1',
          effect: 'permit',
          failed: 'resource is Folder in Folder::"f"',
          actual: { __entity: doc },
        },
        {
          policyId: 'p0',
          effect: 'permit',
          failed: 'action == Action::"write"',
          actual: { __entity: { type: 'Action', id: 'read' } },
        },
      ],
    })
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
