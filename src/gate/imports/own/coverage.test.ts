import { describe, expect, it } from 'vitest'
import { readOwnCoverage, readSelected } from './coverage.ts'

const seen = {
  files: 2,
  bytes: 10,
  suppressed: 1,
  durationMs: 5,
  skipped: { binary: 1 },
  shortfalls: [{ path: 'a.js', reason: 'the time limit' }],
  advisories: {
    date: '2026-01-31',
    uncovered: ['Go'],
    unresolved: 1,
    selected: { ecosystems: ['npm'], vulnerabilities: 9, date: null },
  },
}

describe('what a scan elsewhere says that it looked at', () => {
  it('is kept as it is', () => {
    expect(readOwnCoverage({ ...seen, complete: true })).toEqual(seen)
  })

  it.each([
    [{ files: -1 }, { files: 0 }],
    [{ bytes: 'many' }, { bytes: 0 }],
    [{ skipped: ['x'] }, { skipped: {} }],
    [{ shortfalls: 'none' }, { shortfalls: [] }],
    [{ shortfalls: [{ path: null, reason: 'a\0b' }] }, { shortfalls: [{ reason: 'ab' }] }],
    [{ advisories: { date: 'today' } }, { files: 2 }],
  ])('is cut to what is understood: %j', (wrong, kept) => {
    expect(readOwnCoverage({ ...seen, ...wrong })).toMatchObject(kept)
  })

  it('is nothing where it is no object', () => {
    expect(readOwnCoverage('x')).toBeNull()
    expect(readSelected({ ecosystems: 'all' })).toBeNull()
  })
})
