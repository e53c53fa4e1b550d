import { describe, expect, it } from 'vitest'
import { sampleFindings, sampleReport } from '../report/sample.ts'
import { settle } from '../settle.ts'
import { nearMisses } from './near-miss.ts'
import { readSettings } from './read-settings.ts'
import type { ProjectWord } from './word.ts'

const word = (text: string): ProjectWord => ({
  settings: readSettings(text, 'panthera.yaml'),
  settingsPath: 'panthera.yaml',
  prefix: '',
  inherited: [],
})
const notesOn = (text: string, more: object = {}) => {
  const found = { findings: sampleFindings, suppressed: [], rules: sampleReport.rules }
  const about = { today: '2026-01-31', whole: true, everyRule: true, ...more }
  return settle(found, word(text), about).notes
}

describe('a rule that settings name and nobody knows', () => {
  it.each([
    [
      'rules: { disable: [sql-injektion] }',
      'panthera.yaml: rules.disable: no rule is called sql-injektion (did you mean sql-injection?)',
    ],
    [
      'rules: { severity: { example-apikey: low } }',
      'panthera.yaml: rules.severity: no rule is called example-apikey ' +
        '(did you mean example-api-key?)',
    ],
    [
      'ignores:\n  - { rule: sqlinjection, reason: why }',
      'panthera.yaml:2: no rule is called sqlinjection (did you mean sql-injection?)',
    ],
    [
      'ignores:\n  - { rule: "checkov:CKV_AWS_1", reason: why }',
      'panthera.yaml:2: no rule is called checkov:CKV_AWS_1',
    ],
  ])('is told of: %s', (text, note) => {
    expect(notesOn(text)).toEqual([note])
  })

  it.each([
    'ignores: [{ rule: CVE-2099-9999, reason: why }]',
    'ignores: [{ rule: GHSA-aaaa-bbbb-cccc, reason: why }]',
    'ignores: [{ rule: "checkov:CKV_AWS_20", reason: why }]',
    'rules: { disable: [sql-injection] }',
  ])('is none of: %s', (text) => {
    expect(notesOn(text, { whole: false })).toEqual([])
  })

  it('is not told of where some engines did not run', () => {
    expect(notesOn('rules: { disable: [sql-injektion] }', { everyRule: false })).toEqual([])
  })
})

describe('an entry that misses a finding', () => {
  const finding = sampleFindings.find(({ ruleId }) => ruleId === 'example-api-key')
  const missOf = (entry: string) => {
    if (finding === undefined) throw new Error('the sample has no key')
    const about = word(`ignores: [{ ${entry}, reason: why }]`)
    return nearMisses(about, { finding, rule: null, today: '2026-01-31' })
  }

  it.each([
    ['path: /docs/', 'its path /docs/ is another'],
    ['package: lodash', 'its package lodash is another'],
    ['fingerprint: aaaaaaaaaaaaaaaa', 'its fingerprint aaaaaaaaaaaaaaaa is another'],
    ['expires: 2026-01-30', 'expired on 2026-01-30'],
  ])('says so of { %s }', (entry, why) => {
    const expected = [`panthera.yaml:1 names example-api-key, but ${why}`]
    expect(missOf(`rule: example-api-key, ${entry}`)).toEqual(expected)
  })

  it('is none where it fits, or is about another rule', () => {
    expect(missOf('rule: example-api-key, path: /src/')).toEqual([])
    expect(missOf('rule: sql-injection, path: /docs/')).toEqual([])
  })
})
