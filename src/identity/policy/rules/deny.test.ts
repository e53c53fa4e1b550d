// A deny must not be escaped by what a value is written as.
import { expect, it } from 'vitest'
import { decide } from '../decide.ts'
import { createEntities } from '../entities.ts'
import { toCedarRecord, withLists } from '../names.ts'
import { parsePolicies } from '../parse.ts'
import { compilePolicySet } from '../set.ts'
import { compileRules } from './compile.ts'
import { enrichContext } from './context.ts'
import { type Rule, Rules } from './schema.ts'

type Given = Record<string, unknown>
type Denied = Partial<Pick<Rule, 'principals' | 'resources' | 'conditions'>>

const contains = (value: unknown): Denied => ({
  conditions: [{ type: 'tags', operator: 'contains', value }],
})
const fromTen: Denied = { conditions: [{ type: 'ip', operator: 'in', value: ['10.0.0.0/8'] }] }
const notFromTen: Denied = {
  conditions: [{ type: 'ip', operator: 'not_in', value: ['10.0.0.0/8'] }],
}
const principal = (attributes: NonNullable<Rule['principals']>['attributes']): Denied => ({
  principals: { attributes },
})
const resource = (attributes: NonNullable<Rule['resources']>['attributes']): Denied => ({
  resources: { attributes },
})

it.each<[Denied, given: Given, held: boolean, failed?: boolean]>([
  [principal({ banned: true }), { banned: true }, true],
  [principal({ banned: true }), { banned: false }, false],
  [principal({ banned: true }), { banned: 'true' }, false, true],
  [principal({ banned: true }), { banned: {} }, false, true],
  [principal({ banned: true }), {}, true],
  [principal({ clearance: 5 }), { clearance: '5' }, false, true],
  [principal({ clearance: 5 }), { clearance: 4 }, false],
  [principal({ clearance: [4, 5] }), { clearance: true }, false, true],
  [principal({ clearance: 5 }), { clearance: ['5'] }, true],
  [principal({ clearance: 5 }), { clearance: [4, { is: 5 }] }, true],
  [principal({ clearance: 5 }), { clearance: [4] }, false],
  [principal({ clearance: 5 }), { clearance: [] }, false],
  [principal({ clearance: [5, 'five'] }), { clearance: [true] }, true],
  [principal({ clearance: [5, 'five'] }), { clearance: ['six', 6] }, false],
  [principal({ 'a.b': 'x' }), { a: { b: [['x']] } }, true],
  [principal({ department: 'finance' }), { department: { name: 'finance' } }, false, true],
  [principal({ department: 'finance' }), { department: 'sales' }, false],
  [resource({ level: 3 }), { level: '3' }, false, true],
  [resource({ level: 3 }), { level: ['3'] }, true],
  [contains(7), { tags: ['7'] }, true],
  [contains(7), { tags: [7] }, true],
  [contains(7), { tags: [8] }, false],
  [contains(7), { tags: [] }, false],
  [contains('bad'), { tags: [{ name: 'bad' }] }, true],
  [contains('bad'), { tags: ['good', ['bad']] }, true],
  [contains(['bad', 'worse']), { tags: ['good', 1] }, true],
  [contains(['bad', 'worse']), { tags: ['good'] }, false],
  [contains('bad'), { tags: 'bad' }, false, true],
  [contains('bad'), { tags: ['good'], panthera: { kinds: { tags: [] } } }, false],
  [fromTen, { ip: '10.1.2.3' }, true],
  [fromTen, { ip: '::ffff:10.1.2.3' }, true],
  [fromTen, { ip: '::ffff:a01:203' }, true],
  [fromTen, { ip: '192.0.2.1' }, false],
  [fromTen, { ip: '::ffff:a01:203/128' }, false, true],
  [fromTen, { ip: '0.0.0.0/0' }, false, true],
  [fromTen, { ip: '10.1.2.3/32' }, false, true],
  [fromTen, { ip: '' }, false, true],
  [fromTen, { ip: ['10.1.2.3'] }, false, true],
  [fromTen, { ip: '10.1.2.3', panthera: { address: { ip: '192.0.2.1' } } }, true],
  [notFromTen, { ip: '10.0.0.0/9' }, false, true],
  [notFromTen, { ip: '10.1.2.3' }, false],
])('%j of %j', (denied, given, held, failed = false) => {
  const rules = Rules.parse([{ effect: 'deny', actions: ['*'], ...denied }])
  const { cedar, needs } = compileRules(rules)
  const { policies } = parsePolicies(cedar)
  const set = compilePolicySet(policies.map(({ json }) => ({ id: 'p', json })))
  const [who, what] = [
    { type: 'User', id: 'a' },
    { type: 'doc', id: '1' },
  ]
  const attrs = toCedarRecord(given, 'given')
  const entities = [who, what].map((uid) => ({ uid, attrs, parents: [] }))
  const { reasons, errors } = decide(
    set,
    {
      principal: who,
      action: { type: 'Action', id: 'read' },
      resource: what,
      context: enrichContext(attrs, needs, new Date(0), 'read'),
    },
    createEntities(withLists(entities)),
  )
  expect([reasons.length > 0, errors.length > 0]).toEqual([held, failed])
})

it('a range of IPv4 addresses written as IPv6 that would meet none of them is refused', () => {
  const conditions = [{ type: 'ip', operator: 'in', value: ['::ffff:0:0/90'] }]
  const taken = Rules.safeParse([{ effect: 'deny', actions: ['*'], conditions }])
  expect(taken.error?.issues[0]?.path).toEqual([0, 'conditions', 0, 'value'])
})
