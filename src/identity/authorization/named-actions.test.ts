import { expect, it } from 'vitest'
import type { PolicyJson } from '../policy/json.ts'
import { namedActions } from './named-actions.ts'

const policy = (action: PolicyJson['action']): PolicyJson => ({
  effect: 'permit',
  principal: { op: 'All' },
  action,
  resource: { op: 'All' },
  conditions: [],
})

it('names each action once, in order, however a head names it', () => {
  const found = namedActions([
    policy({ op: '==', entity: { type: 'Action', id: 'write' } }),
    policy({ op: 'All' }),
    policy({
      op: 'in',
      entities: [{ __entity: { type: 'Action', id: 'read' } }, { type: 'Action', id: 'write' }],
    }),
    policy({ op: '==', entity: { type: 'Other::Action', id: 'drive' } }),
  ])
  expect(found).toEqual(['read', 'write'])
})
