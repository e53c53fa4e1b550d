import { describe, expect, it } from 'vitest'
import { doubtsOfRules } from './doubts.ts'
import { Rules } from './schema.ts'

describe('doubtsOfRules', () => {
  it.each<[rule: object, path: (string | number)[], help: string]>([
    [
      { resources: { identifiers: ['a', 'report:1'] } },
      ['resources', 'identifiers', 1],
      'type report',
    ],
    [
      { resources: { type: 'arn', identifiers: ['arn:aws:s3'] } },
      ['resources', 'identifiers', 0],
      'identifier aws:s3',
    ],
    [{ actions: ['*'] }, [], 'name principals'],
  ])('doubts %j', (rule, path, help) => {
    const rules = Rules.parse([{ effect: 'allow', actions: ['read'], ...rule }])
    expect(doubtsOfRules(rules)).toMatchObject([
      { path: [0, ...path], help: expect.stringContaining(help) },
    ])
  })

  it.each([
    { resources: { identifiers: ['arn:aws:s3'] } },
    { resources: { type: 'bucket', identifiers: ['report:1'] } },
    { effect: 'deny', actions: ['*'] },
    { actions: ['*'], principals: { groups: ['admins'] } },
  ])('has no doubt of %j', (rule) => {
    const rules = Rules.parse([{ effect: 'allow', actions: ['read'], ...rule }])
    expect(doubtsOfRules(rules)).toEqual([])
  })
})
