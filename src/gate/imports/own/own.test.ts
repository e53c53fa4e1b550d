import { expect, it } from 'vitest'
import { readOwnFinding } from './finding.ts'
import { readOwnPackage } from './package.ts'

const place = { line: 1, column: 1, endLine: 1, endColumn: 2 }
const finding = (path: string, more: object = {}) => ({
  ruleId: 'r',
  scanType: 'sast',
  severity: 'high',
  title: 'Title',
  description: '',
  remediation: '',
  cweId: null,
  location: { path, ...place },
  excerpt: null,
  steps: [],
  references: [],
  fingerprints: [{ algorithm: 'ctx1', value: '0' }],
  origin: null,
  ...more,
})
const read = (value: unknown) => readOwnFinding(value, 'findings.0', null)

it('cuts what is too long, and keeps the rest of the scan', () => {
  const steps = [{ path: 'a', line: 1, column: 1, label: 'v'.repeat(700) }]
  const subject = { kind: 'resource', address: 'b'.repeat(2_500) }
  const { steps: kept, subject: known } = read(finding('a.js', { steps, subject }))
  expect(kept[0]?.label).toBe(`${'v'.repeat(499)}…`)
  expect(known).toEqual({ kind: 'resource', address: `${'b'.repeat(1_999)}…` })
})

it('takes every path within the repository', () => {
  expect(read(finding('\\b.js')).location?.path).toBe('\\b.js')
  for (const path of ['/etc/passwd', '../a', 'a/../b', 'a/..']) {
    expect(() => read(finding(path)), path).toThrow(/within the repository/)
  }
})

it('cuts the origin of a package', () => {
  const origin = `https://e.example/${'y'.repeat(3_000)}`
  const texts = { name: 'y', version: '1', range: null, licence: null, integrity: null, origin }
  const lists = { path: ['y@1'], dependsOn: [], direct: null, development: false }
  const at = { path: 'package-lock.json', line: 1, column: 1, endColumn: 2 }
  const one = readOwnPackage({ ecosystem: 'npm', ...texts, ...lists, place: at }, 'packages.0')
  expect(one.origin).toHaveLength(2_000)
})
