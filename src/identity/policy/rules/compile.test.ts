import { policySetTextToParts } from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPolicies, parsePolicies } from '../parse.ts'
import { compileRules } from './compile.ts'
import { operators } from './condition.ts'
import { bounds, type Rule, Rules } from './schema.ts'

const actions = ['read']
const rule = (more: Partial<Rule> = {}): Rule => ({ effect: 'allow', actions, ...more })
const cedarOf = (more: Partial<Rule>) => compileRules([rule(more)]).cedar
/** The head, without brackets, and each condition. */
const partsOf = (more: Partial<Rule>) => {
  const cedar = cedarOf(more)
  const head = /\(\n {2}(.*?),\n {2}(.*?),\n {2}(.*?)\n\)/.exec(cedar)?.slice(1)
  return { head, when: [...cedar.matchAll(/when \{ (.*) \}/g)].map(([, text]) => text) }
}

describe('compileRules', () => {
  it('writes policies as a person would', () => {
    const rules = [
      rule({
        description: 'Engineers "read" production',
        principals: { type: 'USER', groups: ['engineering'] },
        resources: { type: 'database', identifiers: ['prod-*'] },
        actions: ['read', 'list'],
        conditions: [{ type: 'mfa', operator: 'equals', value: true }],
      }),
      rule({ effect: 'deny', principals: { type: 'AI_AGENT' }, actions: ['*'] }),
    ]
    expect(compileRules(rules).cedar).toBe(
      `@rule("0")
@description("Engineers \\"read\\" production")
permit (
  principal is User in Group::"engineering",
  action in [Action::"read", Action::"list"],
  resource is database
)
when { resource has id && resource.id like "prod-*" }
when { context has mfa && context.mfa };

@rule("1")
forbid (
  principal is AIAgent,
  action,
  resource
);
`,
    )
  })

  it.each<[Partial<Rule>, string]>([
    [{}, 'principal | action == Action::"read" | resource'],
    [{ principals: { type: 'user', ids: ['p'] } }, 'principal == User::"p" | action == …'],
    [{ principals: { groups: ['a'] } }, 'principal in Group::"a" | action == …'],
    [{ actions: ['read', '*'] }, 'principal | action | resource'],
    [
      { resources: { type: 'my-db', identifiers: ['a'] }, actions: ['*'] },
      'principal | action | resource == my_x2d_db::"a"',
    ],
    [
      { resources: { types: ['doc', 'doc'] }, actions: ['*'] },
      'principal | action | resource is doc',
    ],
  ])('says in the head what can stand there: %j', (more, expected) => {
    const { head, when } = partsOf(more)
    expect(head?.join(' | ')).toContain(expected.replace('…', ''))
    expect(when).toEqual([])
  })

  it.each<[Partial<Rule>, string]>([
    [{ principals: { types: ['USER', 'API_KEY'] } }, 'principal is User || principal is ApiKey'],
    [{ principals: { groups: ['a', 'b'] } }, 'principal in [Group::"a", Group::"b"]'],
    [{ actions: ['read:*'] }, 'context.panthera.action like "read:*"'],
    [
      { resources: { identifiers: ['a', 'b*', '\\*'] } },
      'resource has id && (["a", "*"].contains(resource.id) || resource.id like "b*")',
    ],
    [
      { principals: { attributes: { level: 5 } } },
      'principal has level && (principal.level == 5 || ' +
        '(principal.hasTag("level") && principal.getTag("level").contains(5)))',
    ],
  ])('says else in a condition: %j', (more, expected) => {
    expect(cedarOf(more).replaceAll('\n', ' ').replaceAll(/ +/g, ' ')).toContain(expected)
  })

  it.each<[Rule['conditions'], Rule['effect'], string]>([
    [
      [{ type: 'env', operator: 'equals', value: 'x' }],
      'allow',
      'context has env && context.env == "x"',
    ],
    [
      [{ type: 'env', operator: 'equals', value: 'x' }],
      'deny',
      '!(context has env) || (context.env like "*" && context.env == "x")',
    ],
    [
      [{ type: 'n', operator: 'not_equals', value: 5 }],
      'deny',
      '!(context has n) || context.n < 5 || context.n != 5',
    ],
    [
      [{ type: 'a.if', operator: 'equals', value: 'x' }],
      'allow',
      'context has a && context.a has "if" && context.a["if"] == "x"',
    ],
    [
      [{ type: 'ip', operator: 'in', value: ['10.1.2.3/8'] }],
      'allow',
      'context has ip && ip(context.panthera.address.ip).isInRange(ip("10.0.0.0/8"))',
    ],
    [
      [{ type: 'a.ip', operator: 'equals', value: '::1' }],
      'deny',
      '!(context has a.ip) || ip(context.panthera.address["a.ip"]) == ip("::1")',
    ],
  ])('guards %j in an %s', (conditions, effect, expected) => {
    expect(partsOf({ conditions, effect }).when).toEqual([expected])
  })

  it.each([
    ['deny', ['a.b']],
    ['allow', []],
  ] as const)('looks at the elements of a list in a %s', (effect, lists) => {
    const conditions: Rule['conditions'] = [{ type: 'a.b', operator: 'contains', value: 'x' }]
    expect(compileRules([rule({ effect, conditions })]).needs).toMatchObject({ lists })
  })

  it('tells what the context must hold', () => {
    const window = { start: '22:00', end: '06:00', timezone: 'Europe/Berlin' }
    const conditions: Rule['conditions'] = [
      { type: 'time', operator: 'between', value: window },
      { type: 'device.ip', operator: 'equals', value: '::1' },
    ]
    expect(compileRules([rule({ conditions, actions: ['a*'] })]).needs).toEqual({
      timezones: ['Europe/Berlin'],
      addresses: ['device.ip'],
      lists: [],
      action: true,
    })
  })

  it('passes the checks of policies written in Cedar, also where it denies', () => {
    const conditions: Rule['conditions'] = [
      { type: 'time', operator: 'between', value: { start: '22:00', end: '06:00' } },
      { type: 'device.os x', operator: 'not_in', value: ['a', 'b'] },
      { type: 'n', operator: 'between', value: [1, 2] },
      { type: 'ip', operator: 'not_in', value: ['::1'] },
    ]
    const principals = { type: 'USER', attributes: { 'a.b': [1, 'x'], c: true } }
    const resources = { types: ['a', 'b'], identifiers: ['x*'], attributes: { d: 'e' } }
    const all = { conditions, principals, resources, actions: ['a:*'] }
    const { cedar } = compileRules([rule({ ...all, effect: 'deny' }), rule(all)])
    expect(checkPolicies(cedar).errors).toEqual([])
  })

  it('parses at every bound at once', () => {
    const many = (count: number, text = 'x') =>
      Array.from({ length: count }, (_, i) => `${text}${i}`)
    const full: Rule = {
      effect: 'deny',
      principals: {
        groups: many(bounds.groupsMax),
        ids: many(bounds.idsMax),
        attributes: Object.fromEntries(
          many(bounds.attributesMax, 'a.b.c.d.e.f.g.').map((name) => [name, many(20)]),
        ),
      },
      resources: {
        types: many(bounds.typesMax),
        identifiers: many(bounds.identifiersMax, '*'),
      },
      actions: many(bounds.actionsMax, '*'),
      conditions: many(bounds.conditionsMax, 'if.').map((type) => ({
        type,
        operator: 'matches' as const,
        value: many(100, '*'),
      })),
    }
    expect(Rules.safeParse([full]).error?.issues).toBeUndefined()
    expect(parsePolicies(compileRules([full]).cedar).errors).toEqual([])
  })
})

describe('anything in the form of rules', () => {
  const names = fc.oneof(
    fc.constantFrom('a', 'ip', 'mfa', 'time', 'risk_score', '__proto__'),
    fc.string(),
  )
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.integer(),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.constantFrom('10.0.0.0/8', '::1', true),
    fc.constant({ start: '09:00', end: '17:00', timezone: 'Europe/Berlin' }),
  )
  const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 2 })
  const attributes = fc.dictionary(names, values, { maxKeys: 2 })
  const forms = fc.record(
    {
      effect: fc.constantFrom('allow', 'deny'),
      description: fc.string({ unit: 'binary' }),
      principals: fc.record(
        { type: fc.constantFrom('USER', 'x'), groups: texts, ids: texts, attributes },
        { requiredKeys: [] },
      ),
      resources: fc.record({ types: texts, identifiers: texts, attributes }, { requiredKeys: [] }),
      actions: texts,
      conditions: fc.array(
        fc.record({ type: names, operator: fc.constantFrom(...operators), value: values }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: ['effect', 'actions'] },
  )

  it('is refused, or is a policy', () => {
    let taken = 0
    fc.assert(
      fc.property(forms, (form) => {
        const parsed = Rules.safeParse([form])
        if (!parsed.success) return
        taken++
        const { cedar } = compileRules(parsed.data)
        expect(checkPolicies(cedar).errors).toEqual([])
        expect(parsePolicies(cedar).policies).toHaveLength(1)
      }),
      { numRuns: 1_000 },
    )
    expect(taken).toBeGreaterThan(5)
  })
})

describe('texts that try to break out', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc
      .array(
        fc.constantFrom(
          '"',
          '\\\\',
          '\\*',
          '*',
          ')',
          '}',
          ';',
          '//',
          '\n',
          ' ',
          '::',
          'permit',
          '(',
        ),
        {
          minLength: 1,
          maxLength: 8,
        },
      )
      .map((pieces) => pieces.join('')),
  )

  it('stay texts, and each rule one policy', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (text, name, pattern) => {
        const rules = [
          rule({
            description: text,
            principals: { groups: [text], ids: [text], attributes: { [name]: [text, 1] } },
            resources: { type: name, identifiers: [pattern], attributes: { [name]: text } },
            actions: [pattern],
            conditions: [
              { type: name, operator: 'equals', value: text },
              { type: name, operator: 'matches', value: pattern },
            ],
          }),
          rule({ effect: 'deny' }),
        ]
        const valid = Rules.safeParse(rules)
        fc.pre(valid.success)
        const { cedar } = compileRules(rules)
        const parts = policySetTextToParts(cedar)
        if (parts.type === 'failure') throw new Error(cedar)
        expect(parts.policies).toHaveLength(2)
        const [policy] = parsePolicies(cedar).policies
        expect(policy?.json.annotations).toEqual({ rule: '0', description: text })
        expect(valuesIn(policy?.json)).toEqual(expect.arrayContaining([text]))
      }),
      { numRuns: 300 },
    )
  })
})

function valuesIn(json: unknown): unknown[] {
  if (typeof json !== 'object' || json === null) return []
  const own = 'Value' in json ? [json.Value] : []
  return [...own, ...Object.values(json).flatMap(valuesIn)]
}
