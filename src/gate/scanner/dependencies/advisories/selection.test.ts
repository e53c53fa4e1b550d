import { describe, expect, it } from 'vitest'
import type { Ecosystem } from '../package.ts'
import { AdvisoryCollection } from './collect.ts'
import { encoded, osvRecord, packageOf } from './fixtures/packages.ts'
import { readSelected } from './formats/selected.ts'
import { openIndex } from './index-file.ts'
import { advisoryIndex } from './lookup.ts'
import { matchAdvisories } from './match.ts'

const written = {
  lodash: { 'CVE-2021-23337': ['<4.17.21', 'high', 94] },
  minimist: {
    'CVE-2021-44906 GHSA-xvch-5gv4-984h': ['<0.2.4 1.0.0<1.2.6', 'critical', 1321],
    'CVE-2020-7598': ['<0.2.1 1.0.0<1.2.3', 'medium', 1321],
  },
}

function selection(ecosystem: Ecosystem = 'npm') {
  const collection = new AdvisoryCollection()
  for (const advisory of readSelected(written, ecosystem)) collection.add(advisory)
  const [index] = collection.indexes(new Map([['Panthera', '2025-12-31']]))
  return openIndex(index?.bytes ?? Buffer.alloc(0))
}

function indexWith(...records: readonly object[]) {
  const imported = encoded(records).get('npm')
  return advisoryIndex((ecosystem) => {
    const databases = imported === undefined ? [] : [openIndex(imported)]
    return ecosystem === 'npm' ? [selection(), ...databases] : []
  })
}

const minimist = packageOf('minimist', '1.2.0')

describe('the selection', () => {
  it('finds what it names, and says that it was alone', () => {
    const { findings, selected, uncovered, date } = matchAdvisories([minimist], indexWith())
    expect(findings.map(({ ruleId, severity }) => `${ruleId} ${severity}`)).toEqual([
      'CVE-2020-7598 medium',
      'CVE-2021-44906 critical',
    ])
    expect(selected).toEqual({ ecosystems: ['npm'], vulnerabilities: 3, date: '2025-12-31' })
    expect({ uncovered, date }).toEqual({ uncovered: [], date: '2025-12-31' })
  })

  it('lists what it would have told, only where it is alone', () => {
    const ids = ['CVE-2020-7598', 'CVE-2021-23337', 'CVE-2021-44906']
    expect(matchAdvisories([minimist], indexWith()).selectedIds).toEqual(ids)
    const imported = osvRecord('GHSA-xvch-5gv4-984h', 'minimist', '1.2.0')
    expect(matchAdvisories([minimist], indexWith(imported)).selectedIds).toEqual([])
  })

  it('is silent on versions that it takes for mended', () => {
    const mended = packageOf('minimist', '1.2.6')
    expect(matchAdvisories([mended], indexWith()).findings).toEqual([])
  })

  it('gives way to a database, under whatever name that knows the vulnerability', () => {
    const older = osvRecord('GHSA-xvch-5gv4-984h', 'minimist', '1.2.0')
    const { findings, selected } = matchAdvisories([minimist], indexWith(older))
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(['CVE-2020-7598'])
    expect(selected).toBeNull()
  })

  it('rates what a database does not', () => {
    const unrated = osvRecord('CVE-2020-7598', 'minimist', '1.2.3')
    const { findings } = matchAdvisories([minimist], indexWith(unrated))
    expect(findings.map(({ ruleId, severity }) => `${ruleId} ${severity}`)).toContain(
      'CVE-2020-7598 medium',
    )
  })

  it('gives way to what a database took back', () => {
    const back = osvRecord('CVE-2020-7598', 'minimist', '1.2.3', { withdrawn: '2024-01-01' })
    const { findings } = matchAdvisories([minimist], indexWith(back))
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(['CVE-2021-44906'])
  })
})

describe('its files', () => {
  it.each([
    ['no packages', {}, 'no packages'],
    ['a package without entries', { a: {} }, 'nothing is said of a'],
    ['a name that is none', { a: { 'cve 1': ['<1.0.0', 'high', 1] } }, '1 is no name'],
    ['a severity that is none', { a: { 'CVE-2020-0001': ['<1.0.0', 'bad', 1] } }, 'the severity'],
    ['too few facts', { a: { 'CVE-2020-0001': ['<1.0.0', 'high'] } }, 'weakness class'],
    ['ranges of another form', { a: { 'CVE-2020-0001': ['< 1.0', 'high', 1] } }, 'no ranges'],
    ['no version', { a: { 'CVE-2020-0001': ['<one', 'high', 1] } }, '<one holds no version'],
    ['an empty range', { a: { 'CVE-2020-0001': ['2.0.0<1.0.0', 'high', 1] } }, 'holds no version'],
  ])('may not hold %s', (_, value, reason) => {
    expect(() => readSelected(value, 'npm')).toThrow(reason)
  })
})
