import { describe, expect, it } from 'vitest'
import { checkPolicies } from './check.ts'

function forbid(expression: string, kind = 'when'): string {
  return `forbid (principal, action, resource is Doc) ${kind} { ${expression} };`
}

const schema = `entity User { name: String, manager?: User }; entity Doc { secret?: Bool };
  action read appliesTo { principal: User, resource: Doc, context: { mfa?: Bool } };`

describe('checkPolicies', () => {
  it.each([
    'context has mfa && context.mfa',
    '!(context has mfa) || context.mfa',
    'if context has mfa then context.mfa else true',
    'if !(context has mfa) then true else context.mfa',
    'context has a.b.c && context.a.b.c == context.a.b',
    'context has a && context.a has b && context.a.b',
    '(context has a && context has b) && (context.a || context.b)',
    '!(!(context has a) || !(context has b)) && context.a == context.b',
    '((context has a && context.b2()) || context has a) && context.a'.replace('.b2()', ' has b'),
    '(if context has a then true else false) && true',
    'principal.id == "a" || principal.groups.contains("x") || resource.type == "d"',
    'principal.status == "ACTIVE" && principal.name like "a*" && principal.type == "USER"',
    'context.panthera.time["UTC"].minute_of_day < 600',
    'principal.hasTag("a") && principal.getTag("a") == 1',
    '!(context has "x y") || context["x y"] == 1',
    '{a: 1}.a == 1',
    'context has a && [context.a].contains(1) && ip(context.a).isLoopback()',
    'principal has owner && principal.owner has name && principal.owner.name == "x"',
    'User::"a" has x && User::"a".x',
  ])('lets a forbid read what it has asked for: %s', (expression) => {
    expect(checkPolicies(forbid(expression)).errors).toEqual([])
  })

  it.each([
    ['context.mfa', 'context has mfa', 'mfa'],
    ['context.mfa && context has mfa', 'context has mfa', 'mfa'],
    ['context has mfa || context.mfa', 'context has mfa', 'mfa }'],
    ['!(context has mfa) && context.mfa', 'context has mfa', 'mfa }'],
    ['context has a.b && context.a.b.c', 'context.a.b has c', 'c }'],
    ['context has a && (context.a.b || true)', 'context.a has b', 'b ||'],
    ['(context has a || context has b) && context.a', 'context has a', 'a }'],
    [
      '!(context has a && context has b) || context.a == 1 || context.c == 1',
      'context has c',
      'c ==',
    ],
    ['if context has a then true else context.a', 'context has a', 'a }'],
    ['context has a && principal.a', 'principal has a', 'a }'],
    ['principal.owner == resource', 'principal has owner', 'owner'],
    ['resource.name == "x"', 'resource has name', 'name'],
    ['principal.id.x == 1', 'principal.id has x', 'x =='],
    ['context["x y"] == 1', 'context has "x y"', '"x y"'],
    ['principal.getTag("a") == 1', 'principal.hasTag("a")', 'getTag'],
    ['principal.hasTag("a") && principal.getTag("b") == 1', 'principal.hasTag("b")', 'getTag'],
    ['[1, context.a].contains(1)', 'context has a', 'a]'],
    ['(if context has a then {b: 1} else {b: 2}).b == 1', '{b: 2} has b', 'b =='],
  ])('refuses a forbid that does not: %s', (expression, test, at) => {
    const permit = 'permit (principal == User::"a", action, resource) when { context.x };'
    const text = `${permit}\n${forbid(expression)}`
    const { errors } = checkPolicies(text)
    expect(errors).toHaveLength(1)
    expect(errors[0]?.message).toContain(`${test}\``)
    expect(errors[0]?.line).toBe(2)
    expect(text.slice(errors[0]?.start).startsWith(at)).toBe(true)
  })

  it('looks into unless, with what the conditions before it have asked', () => {
    const asked = 'forbid (principal == User::"a", action, resource) when { context has a }'
    expect(checkPolicies(`${asked} unless { context.a };`).errors).toEqual([])
    expect(checkPolicies(`${asked} unless { context.b };`).errors).toHaveLength(1)
    const refused = 'forbid (principal == User::"a", action, resource) unless { !(context has a) }'
    expect(checkPolicies(`${refused} when { context.a };`).errors).toEqual([])
    expect(checkPolicies(forbid('context.a', 'unless')).errors).toHaveLength(1)
  })

  it('warns of a policy about everything', () => {
    const { warnings } = checkPolicies('permit (principal, action, resource) when { context.a };')
    expect(warnings).toMatchObject([{ line: 1, column: 1 }])
    const about = 'permit (principal, action, resource) when { principal is User && context.a };'
    expect(checkPolicies(about).warnings).toEqual([])
    expect(checkPolicies('permit (principal, action in [], resource);').warnings).toEqual([])
  })

  it.each([
    ['permit (principal in Groups::"x", action, resource);', 'no principal is of the type Groups'],
    ['permit (principal == user::"x", action, resource);', 'no principal is of the type user'],
    ['permit (principal is Ai_Agent, action, resource);', 'no principal is of the type Ai_Agent'],
    [
      'permit (principal is User, action, resource) when { principal in [Groups::"x"] };',
      'no principal is of the type Groups',
    ],
    [
      'permit (principal is User, action, resource) when { ip(context.ip) == ip("10.0.0/8") };',
      '`ip("10.0.0/8")` fails for every request',
    ],
    ['permit (principal, action, resource);', 'this policy permits everything to everybody'],
  ])('doubts what can hardly be meant: %s', (text, message) => {
    expect(checkPolicies(text)).toMatchObject({
      errors: [],
      warnings: [{ message: expect.stringContaining(message) }],
    })
  })

  it.each([
    'permit (principal in Group::"x", action, resource == user::"x");',
    'permit (principal is Acme::Robot, action, resource) when { ip(context.ip) == ip("::1") };',
    'forbid (principal, action, resource) when { context has a && context.a };',
  ])('has no doubt of %s', (text) => {
    expect(checkPolicies(text).warnings).toEqual([])
  })

  it('knows from a schema what is optional, of which type, and where', () => {
    const optional = checkPolicies(forbid('resource.secret'), schema)
    expect(optional.errors).toMatchObject([{ line: 1, column: 52 }])
    expect(optional.errors[0]?.message).toContain('optional attribute `secret`')
    expect(checkPolicies(forbid('resource has secret && resource.secret'), schema).errors).toEqual(
      [],
    )
    expect(checkPolicies(forbid('principal.name == "x"'), schema).errors).toEqual([])
    const typo = checkPolicies(forbid('principal.nme == "x"'), schema)
    expect(typo.errors[0]).toMatchObject({ help: 'did you mean `name`?' })
  })

  it.each([
    ['that is none', 'entity', 'schema: '],
    [
      'that nests deeply',
      `type A = ${'Set<'.repeat(5_000)}Long${'>'.repeat(5_000)};`,
      'schema: this nests',
    ],
    ['with too many kinds of request', manyKinds(), 'policies may then be 500 characters'],
    ['of a deep hierarchy', deepHierarchy(), 'schema: it has 4002 declarations'],
    ['of many memberships', manyMemberships(), 'schema: it has 10000 memberships'],
    ['that is small but stands for much', large(60), 'when they are written out'],
  ])('refuses a schema %s', (_, text, says) => {
    const long = forbid(`true${' && true'.repeat(100)}`)
    expect(checkPolicies(long, text).errors[0]?.message).toContain(says)
    expect(checkPolicies(forbid('true')).errors).toEqual([])
  })
})

function manyKinds(): string {
  const types = Array.from({ length: 200 }, (_, i) => `E${i}`)
  const of = `[${types.join(', ')}]`
  return `entity ${types.join(', ')}; action a appliesTo { principal: ${of}, resource: ${of} };`
}

function deepHierarchy(): string {
  const types = Array.from({ length: 4_000 }, (_, i) => `entity E${i} in [E${i + 1}];`)
  return `${types.join('\n')} entity E4000; action a appliesTo { principal: E0, resource: E1 };`
}

function manyMemberships(): string {
  const types = Array.from({ length: 100 }, (_, i) => `E${i}`).join(', ')
  return `entity ${types} in [${types}]; action a appliesTo { principal: E0, resource: E1 };`
}

/** Each type holds the next one twice. */
function large(depth: number): string {
  const types = Array.from(
    { length: depth },
    (_, i) => `type T${i} = { a: T${i + 1}, b: T${i + 1} };`,
  )
  const users = 'entity E { t: T0 }; action a appliesTo { principal: E, resource: E };'
  return `${types.join('\n')} type T${depth} = Long; ${users}`
}
