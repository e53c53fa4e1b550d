import { describe, expect, it } from 'vitest'
import { matchFindings } from '../../match.ts'
import type { Package } from '../package.ts'
import { indexOf, osvRecord, packageOf } from './fixtures/packages.ts'
import { matchAdvisories } from './match.ts'

const left = osvRecord('GHSA-aaaa-bbbb-cccc', 'left', '1.2.3', {
  aliases: ['CVE-2024-0001'],
  published: '2024-01-31T00:00:00Z',
  severity: [{ score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  database_specific: { cwe_ids: ['CWE-20', 'CWE-1321'] },
})
const index = indexOf([left])
const match = (...packages: Package[]) => matchAdvisories(packages, index)

describe('matchAdvisories', () => {
  it('tells what is wrong, from where it comes and what to do', () => {
    const path = ['top@1.0.0', 'middle@1.0.0', 'left@1.0.0']
    const { findings, rules, unresolved } = match(
      packageOf('left', '1.0.0', { direct: false, path }),
    )
    expect(findings).toEqual([
      {
        ruleId: 'CVE-2024-0001',
        scanType: 'sca',
        severity: 'critical',
        title: 'left 1.0.0: prototype pollution (CVE-2024-0001)',
        description: [
          'left 1.0.0 is affected by CVE-2024-0001 (GHSA-aaaa-bbbb-cccc): prototype pollution.',
          'CVSS 3.1 rates it 9.8.',
          'According to GitHub, versions before 1.2.3 are affected.',
          'Fixed in 1.2.3.',
          'It is used through top@1.0.0 > middle@1.0.0 > left@1.0.0.',
          'Published on 2024-01-31, last changed on 2024-02-29.',
        ].join(' '),
        remediation: [
          'Upgrade top@1.0.0, which brings left in, to a release that uses left 1.2.3 or later.',
          'Where there is none, add "left": "1.2.3" to "overrides" in package.json.',
        ].join(' '),
        cweId: 'CWE-1321',
        location: { path: 'package-lock.json', line: 7, column: 5, endLine: 7, endColumn: 12 },
        excerpt: null,
        steps: [],
        references: [
          'https://nvd.nist.gov/vuln/detail/CVE-2024-0001',
          'https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc',
        ],
        fingerprints: ['adv1.cve', 'adv1.ghsa', 'advmove1.cve', 'advmove1.ghsa'].map(
          (algorithm) => ({ algorithm, value: expect.stringMatching(/^[0-9a-f]{32}$/) }),
        ),
        origin: null,
        subject: {
          kind: 'package',
          purl: 'pkg:npm/left@1.0.0',
          name: 'left',
          version: '1.0.0',
          aliases: ['CVE-2024-0001', 'GHSA-aaaa-bbbb-cccc'],
          fixedVersions: ['1.2.3'],
          path,
        },
      },
    ])
    expect(rules).toMatchObject([
      { id: 'CVE-2024-0001', severity: 'critical', title: 'Prototype pollution in left' },
    ])
    expect(unresolved).toBe(0)
  })

  it('reports a package once per version and manifest, by its shortest way', () => {
    const deep = { direct: false, path: ['top@1.0.0', 'left@1.0.0'] }
    const other = { path: 'web/package-lock.json', line: 1, column: 1, endColumn: 2 }
    const { findings, rules } = match(
      packageOf('left', '1.0.0', deep),
      packageOf('left', '1.0.0'),
      packageOf('left', '1.0.0', { place: other }),
      packageOf('left', '0.9.0', deep),
      packageOf('left', '1.2.3', deep),
    )
    const found = findings.map(({ location, subject }) =>
      subject?.kind === 'package' ? [location?.path, subject.version, subject.path.length] : null,
    )
    expect(found.toSorted()).toEqual([
      ['package-lock.json', '0.9.0', 2],
      ['package-lock.json', '1.0.0', 1],
      ['web/package-lock.json', '1.0.0', 1],
    ])
    expect(rules).toHaveLength(1)
    const values = new Set(findings.map(({ fingerprints }) => fingerprints[0]?.value))
    expect(values.size).toBe(3)
  })

  it('says what it compared with', () => {
    const python = packageOf('left', '1.0.0', { ecosystem: 'PyPI' })
    expect(match(packageOf('left', '1.2.3'), python)).toMatchObject({
      uncovered: ['PyPI'],
      date: '2024-02-29',
    })
    expect(match()).toMatchObject({ uncovered: [], date: null })
  })

  it('counts what has no version to compare, and leaves out what no registry knows', () => {
    const { findings, unresolved } = match(
      packageOf('left', null, { range: '^1.0.0' }),
      packageOf('left', 'latest'),
      packageOf('left', '1.0.0', { origin: 'git+https://example.com/left.git' }),
    )
    expect(findings).toEqual([])
    expect(unresolved).toBe(2)
  })

  it.each([
    ['direct', {}, null, 'Upgrade left to 1.2.3 or later.'],
    ['Yarn', { path: 'yarn.lock' }, ['top@1'], '"resolutions" in package.json'],
    ['pnpm', { path: 'a/pnpm-lock.yaml' }, ['top@1'], 'in pnpm-workspace.yaml'],
  ])('words the remedy: %s', (_, place, way, remedy) => {
    const [first = ''] = way ?? []
    const at = { path: 'package-lock.json', line: 7, column: 5, endColumn: 12, ...place }
    const more = way === null ? {} : { direct: false, path: [first, 'left@1.0.0'] }
    const { findings } = match(packageOf('left', '1.0.0', { place: at, ...more }))
    expect(findings[0]?.remediation).toContain(remedy)
  })

  it('advises one version that mends all, whichever of them is shown', () => {
    const two = indexOf([
      osvRecord('GHSA-aaaa-bbbb-cccc', 'left', '1.2.3'),
      osvRecord('GHSA-dddd-eeee-ffff', 'left', '1.10.0'),
      osvRecord('GHSA-gggg-hhhh-jjjj', 'left', null),
    ])
    const { findings } = matchAdvisories([packageOf('left', '1.0.0')], two)
    expect(findings.map(({ remediation }) => remediation.split(':')[0])).toEqual([
      'Upgrade left to 1.10.0 or later.',
      'Upgrade left to 1.10.0 or later.',
      'No fixed version is known',
    ])
    expect(findings[0]?.subject).toMatchObject({ fixedVersions: ['1.2.3'] })
  })

  it('marks what only development needs', () => {
    const own = packageOf('left', '1.0.0', { development: true })
    const shipped = packageOf('left', '1.0.0', { development: false })
    const marks = [match(own), match(own, shipped)].map(({ findings }) => findings[0]?.subject)
    expect(marks[0]).toMatchObject({ development: true })
    expect(marks[1]).not.toHaveProperty('development')
  })

  it('says so where nothing mends it, and where it is malware', () => {
    const hopeless = indexOf([
      osvRecord('GHSA-aaaa-bbbb-cccc', 'left', null),
      osvRecord('MAL-2024-1', 'evil', null),
    ])
    const packages = [packageOf('left', '1.0.0'), packageOf('evil', '1.0.0')]
    const { findings } = matchAdvisories(packages, hopeless)
    expect(findings.map(({ ruleId, severity }) => [ruleId, severity])).toEqual([
      ['GHSA-aaaa-bbbb-cccc', 'high'],
      ['MAL-2024-1', 'critical'],
    ])
    expect(findings[0]?.remediation).toMatch(/^No fixed version is known: replace or remove left/)
    expect(findings[1]?.remediation).toMatch(/^Remove evil\. Take every machine/)
  })
})

describe('fingerprints', () => {
  const known = (id: string, aliases: string[], version: string, path = 'package-lock.json') => {
    const place = { path, line: 7, column: 5, endColumn: 12 }
    const data = indexOf([osvRecord(id, 'left', '2.0.0', { aliases })])
    return matchAdvisories([packageOf('left', version, { place })], data).findings
  }
  const before = known('GHSA-aaaa-bbbb-cccc', [], '1.0.0')

  it.each([
    ['another version', known('GHSA-aaaa-bbbb-cccc', [], '1.5.0'), 0],
    ['a further name', known('GHSA-aaaa-bbbb-cccc', ['CVE-2024-0001'], '1.0.0'), 0],
    ['a moved manifest', known('GHSA-aaaa-bbbb-cccc', [], '1.0.0', 'web/package-lock.json'), 0],
    ['another vulnerability', known('GHSA-2222-2222-2222', [], '1.0.0'), null],
  ])('with %s', (_, after, matched) => {
    expect(matchFindings(before, after)).toEqual([matched])
  })
})
