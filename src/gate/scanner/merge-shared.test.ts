import { describe, expect, it } from 'vitest'
import type { Finding, Severity } from './finding.ts'
import { unnumbered, WeaknessFingerprints } from './fingerprint.ts'
import { mergeShared } from './merge-shared.ts'

const place = { ruleId: 'r', path: 'dao.js', context: 'query(x)' }

function finding(line: number, severity: Severity, ...way: string[]): Finding {
  return {
    ruleId: 'r',
    scanType: 'sast',
    severity,
    title: '',
    description: '',
    remediation: '',
    cweId: null,
    location: { path: 'dao.js', line, column: 1, endLine: line, endColumn: 2 },
    excerpt: null,
    steps: way.map((path) => ({ path, line: 1, column: 1, label: '' })),
    references: [],
    fingerprints: unnumbered.name(place, []),
    origin: null,
  }
}

const reported = (...findings: Finding[]) => ({ findings, suppressed: [] })
const merged = (...all: ReturnType<typeof reported>[]) =>
  mergeShared(all).get('dao.js')?.findings ?? []

describe('what several files lead to', () => {
  const fromA = finding(3, 'high', 'a.js', 'dao.js')
  const fromB = finding(3, 'high', 'b.js', 'dao.js')

  it('is told once, by the same way whoever was first', () => {
    const found = merged(reported(fromB), reported(fromA))
    expect(found).toHaveLength(1)
    expect(found).toEqual(merged(reported(fromA), reported(fromB)))
    expect(found[0]?.steps[0]?.path).toBe('a.js')
  })

  it.each([
    ['the worse', finding(3, 'critical', 'z.js', 'y.js', 'dao.js'), 'z.js'],
    ['the shorter', finding(3, 'high', 'z.js'), 'z.js'],
    ['not the milder', finding(3, 'low', 'z.js'), 'a.js'],
  ])('is told by %s', (_, other, path) => {
    expect(merged(reported(fromA), reported(other))[0]?.steps[0]?.path).toBe(path)
  })

  it('has the names that it has when one file tells all', () => {
    const names = new WeaknessFingerprints()
    const whole = [names.name(place, []), names.name(place, [])]
    const later = finding(9, 'high', 'b.js')
    for (const all of [
      [reported(later), reported(fromA)],
      [reported(fromA, later), reported(later)],
    ]) {
      expect(merged(...all).map(({ fingerprints }) => fingerprints)).toEqual(whole)
    }
  })

  it('stays set aside where a comment says so', () => {
    const suppressed = [{ finding: fromA, by: 'comment' as const, source: 'x', reason: '' }]
    const [file] = mergeShared([
      { findings: [], suppressed },
      { findings: [], suppressed },
    ]).values()
    expect(file?.findings).toEqual([])
    expect(file?.suppressed).toHaveLength(1)
  })
})
