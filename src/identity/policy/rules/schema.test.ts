import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bounds, Rules } from './schema.ts'

const rule = (more: object = {}) => ({ effect: 'allow', actions: ['read'], ...more })
const withCondition = (type: string, operator: string, value?: unknown) =>
  rule({ conditions: [{ type, operator, value }] })

/** The first objection, with its place in the rule. */
function objection(value: unknown): string {
  const [issue] = Rules.safeParse([value]).error?.issues ?? []
  return issue === undefined ? '' : `${issue.path.slice(1).join('.')}: ${issue.message}`
}

const many = (count: number, text = 'x') => Array.from({ length: count }, (_, i) => `${text}${i}`)

describe('rules that are refused', () => {
  it.each([
    [rule({ effect: 'permit' }), 'effect: must be allow or deny'],
    [rule({ actions: [] }), 'actions: '],
    [rule({ actions: ['a\\b'] }), 'actions.0: must be a pattern'],
    [rule({ principals: { type: 'HUMAN' } }), 'principals.type: must be a type of principal: USER'],
    [rule({ principals: { type: 'USER', types: ['USER'] } }), 'principals.types: must not stand'],
    [rule({ principals: { attributes: { a: 1.5 } } }), 'principals.attributes.a: must be text'],
    [rule({ principals: { attributes: { a: 2 ** 53 } } }), 'principals.attributes.a: Too big'],
    [rule({ principals: { attributes: { a: null } } }), 'principals.attributes.a: must be text'],
    [rule({ principals: { attributes: { a: [] } } }), 'principals.attributes.a: Too small'],
    [
      rule({ principals: { attributes: { 'a..b': 1 } } }),
      'principals.attributes.a..b: must be the',
    ],
    [
      rule({ principals: { attributes: { groups: 'x' } } }),
      'principals.attributes.groups: is told',
    ],
    [rule({ principals: { attributes: { owner: 'x' } } }), 'principals.attributes.owner: is a'],
    [rule({ principals: { ids: ['\ud800'] } }), 'principals.ids.0: must be Unicode'],
    [rule({ resources: { identifiers: ['x\\'] } }), 'resources.identifiers.0: must be a pattern'],
    [rule({ conditions: many(bounds.conditionsMax + 1) }), 'conditions: '],
    [rule({ priority: 1 }), ': Unrecognized key: "priority"'],
    [withCondition('panthera.time', 'equals', 1), 'conditions.0.type: is the platform’s own'],
    [withCondition('', 'equals', 1), 'conditions.0.type: must be the name of an attribute'],
    [withCondition('a', 'like', 1), 'conditions.0.operator: must be one of equals'],
    [
      withCondition('ip', 'less_than', 1),
      'conditions.0.operator: less_than has no meaning for an IP',
    ],
    [
      withCondition('mfa', 'less_than', 1),
      'conditions.0.operator: less_than has no meaning for mfa',
    ],
    [withCondition('time', 'equals', '9'), 'conditions.0.operator: equals has no meaning for time'],
    [withCondition('risk_score', 'matches', 'x'), 'conditions.0.operator: matches has no meaning'],
  ])('%j', (value, expected) => {
    expect(objection(value)).toContain(expected)
  })

  it.each([
    ['a', 'equals', ['x'], 'for a list, the operators in and not_in'],
    ['a', 'equals', undefined, 'text of up to 512 characters'],
    ['a', 'equals', 0.5, 'an integer within'],
    ['a', 'less_than', '5', 'an integer within'],
    ['a', 'less_than', 2 ** 53, 'an integer within'],
    ['a', 'between', [2, 1], 'a min that is not greater than max'],
    ['a', 'between', { min: 1 }, '{"min":1,"max":5} or [1,5]'],
    ['a', 'between', { min: 1, max: 2, mix: 3 }, '{"min":1,"max":5} or [1,5]'],
    ['a', 'in', 'x', 'a list of 1 to 200'],
    ['a', 'in', ['x', 1], 'a list of 1 to 200'],
    ['a', 'in', [true], 'a list of 1 to 200'],
    ['a', 'in', many(201), 'a list of 1 to 200'],
    ['a', 'not_in', [], 'a list of 1 to 200'],
    ['a', 'contains', true, 'what the list must contain'],
    ['a', 'matches', 5, 'a pattern in which'],
    ['a', 'matches', 'x'.repeat(513), 'a pattern in which'],
    ['mfa', 'equals', 'true', 'true, false'],
    ['risk_score', 'less_than', '50', 'an integer within'],
    ['risk_score', 'in', ['50'], 'a list of'],
    ['ip', 'equals', '10.0.0.0/8', 'an IP address; for ranges, the operators in'],
    ['client_ip', 'in', ['10.0.0.0/33'], 'addresses or ranges such as'],
    ['ip', 'in', ['10.0.0'], 'addresses or ranges such as'],
    ['ip', 'in', ['fe80::1%eth0'], 'addresses or ranges such as'],
  ])('a condition on %s that it %s %j', (type, operator, value, accepted) => {
    const told = objection(withCondition(type, operator, value))
    expect(told).toContain('conditions.0.value: ')
    expect(told).toContain('; accepted: ')
    expect(told).toContain(accepted)
  })

  it.each([
    ['9-17', 'value: must be a window of the day'],
    [{ start: '9:00', end: '17:00' }, 'value.start: is not a time'],
    [{ start: '09:00', end: '24:01' }, 'value.end: is not a time'],
    [{ start: '24:00', end: '09:00' }, 'value.start: is not a time'],
    [{ start: '09:00', end: '09:00' }, 'value.end: is the same'],
    [{ start: '09:00', end: '17:00', timezone: 'Berlin' }, 'value.timezone: is not a time zone'],
    [{ start: '09:00', end: '17:00', days: ['tues'] }, 'value.days: is not a list of days'],
    [{ start: '09:00', end: '17:00', days: [] }, 'value.days: is not a list of days'],
    [{ start: '09:00', end: '17:00', zone: 'UTC' }, 'value.zone: is not known here'],
  ])('a window %j', (value, expected) => {
    expect(objection(withCondition('time', 'between', value))).toContain(`conditions.0.${expected}`)
  })

  it('are more than there may be', () => {
    const rules = Array.from({ length: bounds.rulesMax + 1 }, () => rule())
    expect(Rules.safeParse(rules).success).toBe(false)
    expect(Rules.safeParse([]).success).toBe(false)
  })
})

describe('rules that are taken', () => {
  it('hold the fewest fields, and all', () => {
    expect(objection(rule())).toBe('')
    const full = rule({
      effect: 'deny',
      description: 'x',
      principals: { types: ['USER'], attributes: { a: [1, 'x', true] }, groups: ['g'], ids: ['i'] },
      resources: { type: 'my db', identifiers: ['a*', '\\*', '\\\\'], attributes: { 'a.b': '' } },
      conditions: [
        {
          type: 'time',
          operator: 'between',
          value: { start: '00:00', end: '24:00', days: ['Monday'] },
        },
        { type: 'network.ip', operator: 'in', value: '::ffff:10.0.0.0/104' },
      ],
    })
    expect(objection(full)).toBe('')
  })

  it('can be told as JSON Schema', () => {
    expect(z.toJSONSchema(Rules, { io: 'input' })).toMatchObject({ type: 'array', maxItems: 100 })
  })
})
