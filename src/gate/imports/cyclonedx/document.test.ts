import { describe, expect, it } from 'vitest'
import { CycloneDxReader, describeCycloneDx } from './document.ts'

function read(vulnerabilities: object[], findingsMax = 100) {
  const skipped: string[] = []
  const reader = new CycloneDxReader(findingsMax)
  const skip = (reason: string) => skipped.push(reason)
  const findingsOf = reader.mapper({ skip, fingerprintKey: null })
  return { findings: vulnerabilities.flatMap((one, at) => findingsOf(one, [at])), skipped }
}

const affecting = (...refs: string[]) => ({ id: 'CVE-1', affects: refs.map((ref) => ({ ref })) })

describe('CycloneDxReader', () => {
  it('bounds findings, not only vulnerabilities', () => {
    const many = affecting('pkg:npm/a', 'pkg:npm/b', 'pkg:npm/c')
    expect(read([many], 3).findings).toHaveLength(3)
    expect(() => read([many], 2)).toThrow('vulnerabilities[0] is finding 3; the most is 2')
  })

  it('tells one package once, whichever of its versions are there', () => {
    const { findings, skipped } = read([affecting('pkg:npm/a@1.0.0', 'pkg:npm/a@2.0.0')])
    expect(findings).toHaveLength(1)
    expect(skipped).toEqual(['duplicate'])
  })

  it('takes a vulnerability without a component', () => {
    expect(read([{ id: 'CVE-1' }]).findings).toMatchObject([{ title: 'CVE-1', location: null }])
  })

  it.each(['not_affected', 'false_positive', 'resolved', 'resolved_with_pedigree'])(
    'takes %s for no finding',
    (state) => {
      const { findings, skipped } = read([{ ...affecting('pkg:npm/a'), analysis: { state } }])
      expect({ findings, skipped }).toEqual({ findings: [], skipped: [state] })
    },
  )

  it.each(['exploitable', 'in_triage'])('takes %s for one', (state) => {
    expect(read([{ id: 'CVE-1', analysis: { state } }]).findings).toHaveLength(1)
  })

  it.each([
    [[{ severity: 'critical' }], 'critical'],
    [[{ score: 9.1, method: 'CVSSv31' }], 'critical'],
    [
      [
        { severity: 'low', method: 'CVSSv2' },
        { severity: 'high', method: 'CVSSv4' },
      ],
      'high',
    ],
    [[{ severity: 'unknown' }], 'medium'],
    [[{ severity: 'info' }], 'low'],
    [[], 'medium'],
    ['critical', 'medium'],
  ])('rates %j %s', (ratings, severity) => {
    expect(read([{ id: 'CVE-1', ratings }]).findings[0]?.severity).toBe(severity)
  })

  it.each([
    [5, 'vulnerabilities[0] must be an object, not a number'],
    [{ id: 5 }, 'vulnerabilities[0].id must be text, not a number'],
    [{}, 'vulnerabilities[0].id is missing'],
  ])('refuses %j', (vulnerability, message) => {
    expect(() => read([vulnerability as object])).toThrow(message)
  })
})

describe('describeCycloneDx', () => {
  it.each([
    [{ tools: [{ vendor: 'A', name: 'one' }] }, 'one'],
    [{ tools: { components: [{ name: 'two' }, { name: 'one' }] } }, 'one + two'],
    [{ tools: {} }, 'CycloneDX'],
    [{}, 'CycloneDX'],
  ])('names the tools of %j', (metadata, tool) => {
    expect(describeCycloneDx({ metadata }).tool).toBe(tool)
  })
})
