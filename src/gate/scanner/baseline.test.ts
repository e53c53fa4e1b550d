import { describe, expect, it } from 'vitest'
import { BaselineError, readBaseline, splitByBaseline, writeBaseline } from './baseline.ts'
import type { Finding } from './finding.ts'
import { sampleFindings } from './report/sample.ts'

const named = (value: string): Finding[] =>
  sampleFindings.slice(0, 1).map((finding) => ({
    ...finding,
    fingerprints: [{ algorithm: 'ctx1', value }],
  }))

describe('a baseline', () => {
  it('knows what was written into it', () => {
    const baseline = readBaseline(writeBaseline([...named('a'), ...named('b')]))
    const { fresh, known, gone } = splitByBaseline([...named('b'), ...named('c')], baseline)
    expect(known).toEqual(named('b'))
    expect(fresh).toEqual(named('c'))
    expect(gone.map(({ fingerprints }) => fingerprints)).toEqual([
      [{ algorithm: 'ctx1', value: 'a' }],
    ])
  })

  it('is the same whatever the order of the findings', () => {
    const findings = [...sampleFindings, ...named('a')]
    expect(writeBaseline(findings.toReversed())).toBe(writeBaseline(findings))
  })

  it('holds no line of code', () => {
    const text = writeBaseline(sampleFindings)
    for (const { excerpt } of sampleFindings) {
      for (const line of excerpt?.lines ?? []) expect(text).not.toContain(line)
    }
  })

  it('may be empty', () => {
    expect(readBaseline(writeBaseline([]))).toEqual({ findings: [] })
  })

  it.each([
    ['{', 'no JSON'],
    ['[]', 'must be an object'],
    ['{"schemaVersion": 2, "findings": []}', 'schemaVersion 2, and 1 is accepted'],
    ['{"schemaVersion": 1}', 'no list "findings"'],
    ['{"schemaVersion": 1, "findings": [{"rule": 1}]}', 'findings[0] of the baseline: "rule"'],
    [
      '{"schemaVersion": 1, "findings": [{"rule": "a", "fingerprints": {}}]}',
      '"fingerprints" is empty',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => readBaseline(text)).toThrow(BaselineError)
    expect(() => readBaseline(text)).toThrow(message)
  })
})
