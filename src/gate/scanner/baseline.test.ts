import { describe, expect, it } from 'vitest'
import {
  BaselineError,
  isBaseline,
  readBaseline,
  splitByBaseline,
  writeBaseline,
} from './baseline.ts'
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
      const lines = excerpt?.lines.filter(({ length }) => length > 3) ?? []
      for (const line of lines) expect(text).not.toContain(line)
    }
  })

  it('is known for what it is, and nothing else is', () => {
    const plain = sampleFindings.filter(({ location }) => location?.path.includes(':') !== true)
    const text = writeBaseline([...plain, ...named('0123456789abcdef0123456789abcdef')])
    expect(isBaseline(Buffer.from(text))).toBe(true)
    expect(isBaseline(Buffer.from(writeBaseline([])))).toBe(false)
    for (const other of [
      text.replace('"fingerprints":{', '"fingerprints":{"secret0":"not hex",'),
      text.replace('\n  ]', '\n    {"password":"x"}\n  ]'),
      `${text}more`,
      text.slice(0, -20),
      '{}',
    ]) {
      expect(isBaseline(Buffer.from(other))).toBe(false)
    }
  })

  it('may be empty', () => {
    expect(readBaseline(writeBaseline([]))).toEqual({ findings: [] })
  })

  it.each([
    ['src/UserAuthenticationFilter.java', true],
    ['pages/[id]/größe (1).tsx', true],
    [['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_'), false],
    [['AKIA', 'Z3MSJV4WPQXT2KDU'].join(''), false],
    ['a/0b1c2d3e-1111-2222-3333-0123456789ab', false],
    ["password = 'x'", false],
    ['https://user:pass@host', false],
    ['a'.repeat(301), false],
  ])('may name the path %s: %s', (path, named) => {
    const fingerprints = { ctx1: '0123456789abcdef' }
    const entry = JSON.stringify({ rule: 'a-rule', path, fingerprints })
    const text = `{\n  "schemaVersion": 1,\n  "findings": [\n    ${entry}\n  ]\n}\n`
    expect(isBaseline(Buffer.from(text))).toBe(named)
    const inRule = text.replace('a-rule', ['ghp', '16C7e42F292c6912E7710c838347'].join('_'))
    expect(isBaseline(Buffer.from(inRule))).toBe(false)
  })

  it('quotes nothing of what is no baseline', () => {
    expect(() => readBaseline('hidden words')).toThrow(/^the baseline is no JSON$/)
  })

  it.each([
    ['{', 'no JSON'],
    ['[]', 'must be an object'],
    ['{"schemaVersion": 2, "findings": []}', 'another schemaVersion than 1'],
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
