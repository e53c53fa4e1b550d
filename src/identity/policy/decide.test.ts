import { describe, expect, it } from 'vitest'
import { decide } from './decide.ts'
import { createEntities } from './entities.ts'
import type { AccessRequest, CedarJson, PolicyJson } from './json.ts'
import { parsePolicies } from './parse.ts'
import type { PolicySource } from './set.ts'
import { compilePolicySet } from './set.ts'

const user = { type: 'User', id: 'ann' }
const doc = { type: 'Doc', id: 'plan' }
const read = { type: 'Action', id: 'read' }
const entities = createEntities([
  { uid: user, attrs: { level: 3 }, parents: [{ type: 'Group', id: 'staff' }] },
  { uid: doc, attrs: { owner: { __entity: user } }, parents: [{ type: 'Folder', id: 'f' }] },
  { uid: read, attrs: {}, parents: [{ type: 'Action', id: 'any' }] },
])

function request(context: Record<string, CedarJson> = {}): AccessRequest {
  return { principal: user, action: read, resource: doc, context }
}

function sources(text: string): PolicySource[] {
  const { policies, errors } = parsePolicies(text)
  expect(errors).toEqual([])
  return policies.map(({ json }, i) => ({ id: `p${i}`, json }))
}

function decideBy(text: string, context?: Record<string, CedarJson>) {
  return decide(compilePolicySet(sources(text)), request(context), entities)
}

describe('decide', () => {
  it('denies where nothing permits, and has no reason for it', () => {
    expect(decideBy('')).toEqual({ decision: 'deny', reasons: [], errors: [] })
  })

  it('lets a forbid win, whose name alone is the reason', () => {
    const text = `permit (principal, action, resource); forbid (principal, action, resource);
      forbid (principal, action, resource is Folder);
      forbid (principal == User::"ann", action, resource);`
    expect(decideBy(text)).toMatchObject({ decision: 'deny', reasons: ['p1', 'p3'] })
  })

  it('decides as if a policy that fails were not there, and says so', () => {
    const text = `permit (principal, action, resource);
      forbid (principal, action, resource) when { context.risk > 3 };
      permit (principal, action, resource) when { context.risk > "3" };`
    expect(decideBy(text)).toEqual({
      decision: 'allow',
      reasons: ['p0'],
      errors: [
        { policyId: 'p1', message: 'record does not have the attribute `risk`' },
        { policyId: 'p2', message: 'record does not have the attribute `risk`' },
      ],
    })
    expect(decideBy(text, { risk: 1 }).errors).toEqual([
      { policyId: 'p2', message: 'type error: expected long, got string' },
    ])
  })

  it('gives reasons in the order of the set, wherever the index found them', () => {
    const text = `permit (principal, action, resource == Doc::"plan");
      permit (principal in Group::"staff", action, resource);
      permit (principal, action, resource);
      permit (principal is User, action in [Action::"any", Action::"read"], resource);
      permit (principal, action == Action::"read", resource in Folder::"f");`
    expect(decideBy(text).reasons).toEqual(['p0', 'p1', 'p2', 'p3', 'p4'])
  })

  it.each([
    ['principal in [Group::"none", Group::"staff"]', true],
    ['[User::"bob", User::"ann"].contains(principal)', true],
    ['principal is User || principal is Group', true],
    ['principal is Group || principal is Folder', false],
    ['resource == Doc::"other" || resource == Doc::"plan"', true],
    ['context has a && context.a == "x"', true],
    ['context has b && context.b == "x"', false],
    ['["w", "x"].contains(context.a)', true],
    ['["w", "y"].contains(context.a)', false],
    ['resource.owner == principal', true],
    ['resource.owner == User::"bob"', false],
  ])('is not misled by what a condition begins with: %s', (expression, allowed) => {
    // Enough alike that the index asks them together.
    const others = Array.from({ length: 5 }, (_, i) =>
      expression.replace(/"(x|y|ann|bob)"/, `"${i}"`),
    )
    const policies = [expression, ...others].map(
      (each) => `permit (principal, action, resource) when { ${each} };`,
    )
    const { reasons, errors } = decideBy(policies.join('\n'), { a: 'x' })
    expect([reasons.includes('p0'), errors]).toEqual([allowed, []])
  })

  it('decides by the links of a template, not by the template', () => {
    const [template] = sources('permit (principal in ?principal, action, resource == ?resource);')
    const json = template?.json as PolicyJson
    const link = (id: string, group: string): PolicySource => ({
      id,
      json,
      link: {
        templateId: 'template',
        slots: { principal: { type: 'Group', id: group }, resource: doc },
      },
    })
    const set = compilePolicySet([{ id: 'template', json }, link('a', 'staff'), link('b', 'x')])
    expect(decide(set, request(), entities).reasons).toEqual(['a'])
    const unfilled = { id: 'c', json, link: { templateId: 'template', slots: {} } }
    expect(() => compilePolicySet([unfilled])).toThrow('the slot ?principal is not filled')
  })

  it('refuses a context that has no meaning in Cedar', () => {
    expect(() => decideBy('', { risk: 0.5 })).toThrow('context.risk: must be an integer')
  })
})

describe('compilePolicySet', () => {
  it.each<[json: unknown, says: string]>([
    [{}, 'a scope must be an object'],
    [{ effect: 'allow' }, 'effect permit or forbid'],
    [{ conditions: [{ kind: 'if', body: { Value: true } }] }, 'when or unless'],
    [{ conditions: [{ kind: 'when', body: {} }] }, 'exactly one operator'],
    [{ conditions: [{ kind: 'when', body: { eval: [] } }] }, 'no operator or function eval'],
    [{ conditions: [{ kind: 'when', body: { Var: 'process' } }] }, 'no variable process'],
    [{ conditions: [{ kind: 'when', body: { Value: 1.5 } }] }, 'must be an integer'],
    [{ conditions: [{ kind: 'when', body: nested(2_000) }] }, 'nests deeper'],
    [{ principal: { op: 'like' } }, 'no operator like'],
    [{ resource: { op: '==', entity: 'User::"a"' } }, 'an entity must be'],
  ])('refuses what is no policy: %#', (json, says) => {
    const any = { op: 'All' }
    const whole = { effect: 'permit', principal: any, action: any, resource: any, conditions: [] }
    const source = {
      id: 'p',
      json: (says.startsWith('a scope must')
        ? json
        : { ...whole, ...(json as object) }) as PolicyJson,
    }
    expect(() => compilePolicySet([source])).toThrow(says)
  })
})

function nested(depth: number): unknown {
  let json: unknown = { Value: true }
  for (let i = 0; i < depth; i++) json = { '!': { arg: json } }
  return json
}
