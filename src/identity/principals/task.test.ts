// What a task token lets be decided, and what policies see of it.
import { describe, expect, it } from 'vitest'
import { boundBroken, taskContext } from './task.ts'

describe('bounds of a task', () => {
  it.each([
    [['document:*'], 'document:1', null],
    [['document:*'], 'documents:1', 'resource'],
    [['document:1'], 'document:12', 'resource'],
    [['a*b*c'], 'a-b-c', null],
    [['a*b*c'], 'acb', 'resource'],
    [['ab*ba'], 'aba', 'resource'],
    [['*'], 'anything:at all', null],
    [['**x'], 'yx', null],
    [['no', 'document:*'], 'document:', null],
  ])('%j and %s: %s', (resources, resource, broken) => {
    expect(boundBroken({ task: 't', resources }, { action: 'read', resource })).toBe(broken)
  })

  it('names the action first, and needs none', () => {
    const request = { action: 'write', resource: 'document:1' }
    expect(boundBroken({ task: 't', actions: ['read*'], resources: ['x:*'] }, request)).toBe(
      'action',
    )
    expect(boundBroken({ task: 't' }, request)).toBeNull()
  })
})

describe('the context of a task', () => {
  it('has the chain of owners, nested and as a set', () => {
    const act = { sub: 'principal_b', act: { sub: 'principal_c' } }
    expect(taskContext('principal_a', { task: 'Sort the mail', act })).toEqual({
      name: 'Sort the mail',
      principal: 'principal_a',
      actors: ['principal_b', 'principal_c'],
      act,
    })
    expect(taskContext('principal_a', { task: 't' })).toEqual({
      name: 't',
      principal: 'principal_a',
      actors: [],
    })
  })
})
