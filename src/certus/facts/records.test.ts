import { describe, expect, it } from 'vitest'
import { recordOf } from './records.ts'
import type { FactKind, FactSum } from './store.ts'

const now = new Date('2026-06-01T00:00:00Z')

const lately = '2026-05-20T00:00:00.000Z'

function sum(kind: FactKind, state: FactSum['state'], more: Partial<FactSum> = {}): FactSum {
  const named = ['shop.example.com']
  return {
    kind,
    state,
    count: 1,
    oldest: '2026-05-01T00:00:00.000Z',
    named,
    loggedAt: null,
    ...more,
  }
}

describe('what records come to', () => {
  it.each<[string, FactKind, FactSum[], string]>([
    ['nothing', 'certificates', [], 'none'],
    ['those of another kind', 'certificates', [sum('audit', 'good')], 'none'],
    ['good ones', 'certificates', [sum('certificates', 'good')], 'good'],
    [
      'the worst of them',
      'certificates',
      [sum('certificates', 'good'), sum('certificates', 'bad'), sum('certificates', 'warning')],
      'bad',
    ],
    ['policies without decisions', 'decisions', [sum('decisions', 'good')], 'warning'],
    ['decisions alone', 'decisions', [sum('decisions', 'good', { loggedAt: lately })], 'warning'],
    ['both', 'decisions', [sum('decisions', 'good', { loggedAt: lately, count: 2 })], 'good'],
    [
      'old policies, and a log that was heard of lately',
      'decisions',
      [
        sum('decisions', 'good', {
          loggedAt: lately,
          count: 2,
          oldest: '2025-01-01T00:00:00.000Z',
        }),
      ],
      'good',
    ],
    [
      'a log that has fallen silent',
      'decisions',
      [sum('decisions', 'good', { loggedAt: '2026-01-01T00:00:00.000Z', count: 2 })],
      'warning',
    ],
    ['a chain that was signed lately', 'audit', [sum('audit', 'good')], 'good'],
    [
      'a chain that was signed long ago',
      'audit',
      [sum('audit', 'good', { oldest: '2026-01-01T00:00:00.000Z' })],
      'warning',
    ],
  ])('is told of %s', (_, kind, sums, state) => {
    expect(recordOf(kind, sums, now).state).toBe(state)
  })

  it('names a few, and counts the rest', () => {
    const { told, fresh_as_of } = recordOf(
      'certificates',
      [sum('certificates', 'bad', { count: 9, named: ['a: weak', 'b: ended 2026-01-01'] })],
      now,
    )
    expect([told, fresh_as_of]).toEqual([
      'a: weak; b: ended 2026-01-01 and 7 more',
      '2026-05-01T00:00:00.000Z',
    ])
  })
})
