import { describe, expect, it } from 'vitest'
import { compareFindings, type Finding } from './finding.ts'
import { sampleFindings } from './report/sample.ts'

const [sample] = sampleFindings

function finding(path: string, line: number, column: number, ruleId: string): Finding {
  if (sample === undefined) throw new Error('no sample')
  return { ...sample, ruleId, location: { path, line, column, endLine: line, endColumn: column } }
}

describe('compareFindings', () => {
  it('orders by path, line, column and rule', () => {
    const ordered = [
      finding('B.ts', 9, 9, 'z'),
      finding('a.ts', 2, 3, 'a'),
      finding('a.ts', 2, 3, 'b'),
      finding('a.ts', 2, 10, 'a'),
      finding('a.ts', 10, 1, 'a'),
      finding('a/b.ts', 1, 1, 'a'),
    ]
    expect(ordered.toReversed().sort(compareFindings)).toEqual(ordered)
  })
})
