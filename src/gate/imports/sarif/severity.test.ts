import { describe, expect, it } from 'vitest'
import { readImport, sarif } from '../fixtures/read.ts'
import { securitySeverityOf } from './severity.ts'

describe('securitySeverityOf', () => {
  it.each([
    ['9.0', 'critical'],
    [8.9, 'high'],
    ['7', 'high'],
    [6.9, 'medium'],
    [4, 'medium'],
    ['0.1', 'low'],
    ['0.0', null],
    [-1, null],
    ['11', null],
    ['Critical', 'critical'],
    ['', null],
    ['NaN', null],
    [null, null],
    [{}, null],
  ])('makes %j %j', (value, severity) => {
    expect(securitySeverityOf(value)).toBe(severity)
  })
})

describe('the severity of a result', () => {
  const driver = (rule: object) => ({
    tool: { driver: { name: 'T', rules: [{ id: 'r', ...rule }] } },
  })
  const level = (value: string) => ({ defaultConfiguration: { level: value } })
  const scored = (value: string) => ({ properties: { 'security-severity': value } })

  it.each([
    [{}, {}, 'medium'],
    [{ level: 'error' }, {}, 'high'],
    [{ level: 'note' }, level('error'), 'low'],
    [{}, level('error'), 'high'],
    [{ level: 'note' }, scored('9.8'), 'critical'],
    [{ level: 'error', ...scored('2') }, scored('9.8'), 'low'],
    [{ level: 'none' }, scored('5'), 'medium'],
    [{ kind: 'review', level: 'none' }, {}, 'low'],
  ])('%j of a rule %j is %s', async (result, rule, severity) => {
    const { findings } = await readImport(sarif([{ ruleId: 'r', ...result }], driver(rule)))
    expect(findings.map((finding) => finding.severity)).toEqual([severity])
  })

  it.each([
    [{ level: 'none' }, 'no_severity'],
    [{ kind: 'pass' }, 'not_a_failure'],
    [{ kind: 'notApplicable' }, 'not_a_failure'],
    [{ kind: 'informational', level: 'none' }, 'not_a_failure'],
    [{ baselineState: 'absent' }, 'absent'],
    [{ suppressions: [{ kind: 'external', status: 'accepted' }] }, 'suppressed'],
  ])('%j is no finding', async (result, reason) => {
    const { findings, skipped } = await readImport(sarif([{ ruleId: 'r', ...result }]))
    expect(findings).toEqual([])
    expect(skipped).toEqual({ [reason]: 1 })
  })

  it.each([
    [{ kind: 'inSource', justification: 'checked\nby hand' }, 'comment', 'checked by hand'],
    [{ kind: 'external', status: 'accepted' }, 'config', null],
  ])('%j is set aside, and named as if it were not', async (suppression, by, reason) => {
    const result = { ruleId: 'r', message: { text: 'm' } }
    const accepted = await readImport(sarif([{ ...result, suppressions: [suppression] }]))
    expect(accepted.setAside).toMatchObject([{ by, reason, finding: { ruleId: 'r' } }])
    const { findings, setAside } = await readImport(sarif([result]))
    expect(setAside).toEqual([])
    const [one] = accepted.setAside
    expect(one?.finding.fingerprints).toEqual(findings[0]?.fingerprints)
  })

  it.each([
    [[]],
    [[{ status: 'rejected' }]],
    [[{ status: 'accepted' }, { status: 'underReview' }]],
  ])('suppressions %j do not count', async (suppressions) => {
    const { findings } = await readImport(sarif([{ ruleId: 'r', suppressions }]))
    expect(findings).toHaveLength(1)
  })
})
