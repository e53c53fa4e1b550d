import { describe, expect, it } from 'vitest'
import type { Finding, Location, ScanType } from './finding.ts'
import { sampleFindings } from './report/sample.ts'
import { withoutTwins } from './same-credential.ts'

const [sample] = sampleFindings as [Finding]

function finding(
  ruleId: string,
  [line, column, endLine, endColumn]: [number, number, number, number],
  more: Partial<Finding> & { path?: string } = {},
): Finding {
  const location: Location = { path: more.path ?? 'src/db.py', line, column, endLine, endColumn }
  return { ...sample, ruleId, scanType: 'sast', cweId: 'CWE-798', ...more, location }
}

const secretAt = (line: number, column: number, path = 'src/db.py') =>
  finding('hard-coded-password', [line, column, line, column + 12], { scanType: 'secrets', path })

const left = (...findings: Finding[]) =>
  withoutTwins(findings, findings).map(({ ruleId, location }) => `${ruleId}:${location?.line}`)

describe('withoutTwins', () => {
  it('keeps the secret of two findings about one literal', () => {
    const use = finding('hardcoded-credential', [5, 12, 5, 83])
    expect(left(use, secretAt(5, 69))).toEqual(['hard-coded-password:5'])
    expect(left(secretAt(5, 69), use)).toEqual(['hard-coded-password:5'])
  })

  it('finds the literal in a call over several lines', () => {
    const use = finding('hardcoded-credential', [5, 12, 8, 2])
    expect(left(use, secretAt(7, 20))).toEqual(['hard-coded-password:7'])
  })

  it.each<[string, Finding, Finding]>([
    ['another line', finding('code', [5, 12, 5, 83]), secretAt(4, 69)],
    ['beside it on its line', finding('code', [5, 12, 5, 30]), secretAt(5, 40)],
    ['another file', finding('code', [5, 12, 5, 83]), secretAt(5, 69, 'src/other.py')],
    ['another class', finding('code', [5, 12, 5, 83], { cweId: 'CWE-89' }), secretAt(5, 69)],
    ['a whole file', finding('code', [1, 1, 900, 1]), secretAt(5, 69)],
    [
      'a resource that holds more',
      finding('iac', [5, 1, 9, 2], { scanType: 'iac' as ScanType }),
      secretAt(6, 20),
    ],
  ])('keeps both: %s', (_, one, secret) => {
    expect(left(one, secret)).toHaveLength(2)
  })

  it('joins a setting on one line', () => {
    const setting = finding('iac', [6, 3, 6, 60], { scanType: 'iac' })
    expect(left(setting, secretAt(6, 20))).toEqual(['hard-coded-password:6'])
  })
})
