import { describe, expect, it } from 'vitest'
import type { Severity } from '../seal/grade/score.ts'
import { acceptedBy } from './effect.ts'

const about = (severity: Severity) => ({ title: 'T', severity, rule_id: null, cwe_id: null })

describe('an accepted risk', () => {
  const isAccepted = acceptedBy([{ finding: 'f1', about: about('medium') }])

  it.each([
    ['as it was', { fingerprint: 'f1', severity: 'medium' }, true],
    ['that became less', { id: 'f1', severity: 'low' }, true],
    ['that became worse', { fingerprint: 'f1', severity: 'critical' }, false],
    ['of another finding', { id: 'f1', fingerprint: 'f2', severity: 'low' }, false],
  ] as const)('is one %s', (_, finding, is) => {
    expect(isAccepted(finding)).toBe(is)
  })
})
