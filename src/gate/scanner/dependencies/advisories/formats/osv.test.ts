import { describe, expect, it } from 'vitest'
import { printRanges } from '../version-range.ts'
import { readOsv } from './osv.ts'

const npm = (affected: object) => ({
  id: 'GHSA-aaaa-bbbb-cccc',
  affected: [{ package: { ecosystem: 'npm', name: 'left' }, ...affected }],
})
const semver = (...events: object[]) => ({ ranges: [{ type: 'SEMVER', events }] })
const custom = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.7.3' }] }]
const rangesOf = (affected: object) => {
  const [advisory] = readOsv(npm(affected)) ?? []
  return advisory === undefined ? null : printRanges(advisory.affected)
}

describe('readOsv', () => {
  it('reads the facts of a record', () => {
    const record = {
      id: 'GHSA-aaaa-bbbb-cccc',
      aliases: ['cve-2024-0001', 'CVE-nonsense', 7],
      related: ['CVE-2020-9999'],
      published: '2024-01-31T01:02:03Z',
      modified: '2024-02-29T00:00:00Z',
      severity: [
        { type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:C/I:C/A:C' },
        { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
      ],
      database_specific: { severity: 'LOW', cwe_ids: ['CWE-79', 'CWE-20', 'CWE-79', 'x'] },
      affected: [
        { package: { ecosystem: 'PyPI', name: 'Foo_Bar' }, versions: ['1.0'] },
        { package: { ecosystem: 'Debian:12', name: 'foo' }, versions: ['1.0'] },
      ],
    }
    expect(readOsv(record)).toEqual([
      {
        ecosystem: 'PyPI',
        package: 'foo-bar',
        id: 'GHSA-aaaa-bbbb-cccc',
        aliases: ['CVE-2024-0001'],
        withdrawn: false,
        affected: [{ from: '1.0', after: false, to: '1.0', end: 'last' }],
        rating: { severity: 'critical', cvss: { version: '3.1', score: 9.8 } },
        cwes: [20, 79],
        parts: [],
        published: '2024-01-31',
        modified: '2024-02-29',
        source: 'GitHub',
      },
    ])
  })

  it.each([
    ['a fix', semver({ introduced: '0' }, { fixed: '1.2.3' }), '<1.2.3'],
    ['no fix', semver({ introduced: '1.0.0' }), '1.0.0'],
    ['all', semver({ introduced: '0' }), '*'],
    ['all, with a limit that is none', semver({ introduced: '0' }, { limit: '*' }), '*'],
    ['a limit', semver({ introduced: '0' }, { limit: '2.0.0' }), '~2.0.0'],
    [
      'the last one affected',
      semver({ introduced: '1.0.0' }, { last_affected: '1.5.0' }),
      '1.0.0=1.5.0',
    ],
    ['one version', semver({ introduced: '1.0.0' }, { last_affected: '1.0.0' }), '@1.0.0'],
    [
      'branches out of order',
      semver({ fixed: '2.1.0' }, { introduced: '2.0.0' }, { fixed: '1.9.0' }, { introduced: '0' }),
      '<1.9.0 2.0.0<2.1.0',
    ],
    [
      'a branch that begins where another ends',
      semver({ introduced: '0' }, { fixed: '1.0.0' }, { introduced: '1.0.0' }, { fixed: '1.1.0' }),
      '<1.0.0 1.0.0<1.1.0',
    ],
    ['a fix without a beginning', semver({ fixed: '1.0.0' }), null],
    ['a range without events', { ranges: [{ type: 'SEMVER' }] }, null],
    ['commits', { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }, null],
    ['nothing', {}, null],
    ['versions', { versions: ['1.0.0', '1.0.0', '1.1.0'] }, '@1.0.0 @1.1.0'],
    [
      'versions beside a range that holds some of them',
      { ...semver({ introduced: '1.0.0' }, { fixed: '1.2.0' }), versions: ['1.1.0', '3.0.0'] },
      '1.0.0<1.2.0 @3.0.0',
    ],
    [
      "GitHub's bound of an open range",
      {
        ...semver({ introduced: '0' }),
        database_specific: { last_known_affected_version_range: '<= 1.4.2' },
      },
      '=1.4.2',
    ],
    [
      "Go's ranges of modules that are not semantic",
      { ...semver({ introduced: '0' }), ecosystem_specific: { custom_ranges: custom } },
      '<2.7.3',
    ],
    [
      "Go's ranges of modules that are",
      {
        ...semver({ introduced: '0' }, { fixed: '1.2.0' }),
        ecosystem_specific: { custom_ranges: custom },
      },
      '<1.2.0',
    ],
    ['signs in a version', semver({ introduced: '0' }, { fixed: '<1> 2' }), '*'],
    ['versions of wrong types', { versions: [1, null, {}, '1.0.0'], ranges: 'all' }, '@1.0.0'],
    ['garbage that is named', { versions: ['latest'] }, '@latest'],
  ])('reads %s', (_, affected, ranges) => {
    expect(rangesOf(affected)).toBe(ranges)
  })

  it('joins entries of one package', () => {
    const entry = (events: object[]) => ({
      package: { ecosystem: 'npm', name: 'left' },
      ...semver(...events),
    })
    const record = {
      id: 'GHSA-aaaa-bbbb-cccc',
      affected: [
        entry([{ introduced: '0' }, { fixed: '1.5.0' }]),
        entry([{ introduced: '2.0.0' }, { fixed: '2.1.0' }]),
      ],
    }
    const [advisory, ...others] = readOsv(record) ?? []
    expect(others).toEqual([])
    expect(printRanges(advisory?.affected ?? [])).toBe('<1.5.0 2.0.0<2.1.0')
  })

  it('takes what is withdrawn for a take-back, and malware for critical', () => {
    const affected = [{ package: { ecosystem: 'npm', name: 'left' }, versions: ['1.0.0'] }]
    const withdrawn = { id: 'GHSA-aaaa-bbbb-cccc', withdrawn: '2024-01-01T00:00:00Z', affected }
    expect(readOsv(withdrawn)).toMatchObject([{ withdrawn: true, affected: [] }])
    expect(readOsv({ id: 'MAL-2024-1', affected })).toMatchObject([
      { rating: { severity: 'critical' }, cwes: [506] },
    ])
  })

  it('leaves out crates that are only unmaintained', () => {
    const crate = (informational: string) => ({
      id: 'RUSTSEC-2024-0001',
      affected: [
        {
          package: { ecosystem: 'crates.io', name: 'old' },
          ...semver({ introduced: '0' }),
          database_specific: { informational },
        },
      ],
    })
    expect(readOsv(crate('unmaintained'))).toEqual([])
    expect(readOsv(crate('unsound'))).toMatchObject([{ rating: { severity: 'low' } }])
  })

  it.each([
    [null],
    [[]],
    ['GHSA-aaaa-bbbb-cccc'],
    [{ id: 7, affected: [] }],
    [{ id: 'GHSA-aaaa-bbbb-cccc' }],
    [{ id: 'CVE-2024-1', affected: [] }],
    [{ name: 'left', dependencies: {} }],
  ])('%j is no record', (value) => {
    expect(readOsv(value)).toBe(null)
  })

  it('survives wrong types everywhere', () => {
    const hostile = [null, 1, 'x', [], {}, [null], [[[]]], { __proto__: 'x' }]
    for (const value of hostile) {
      const record = {
        id: 'GHSA-aaaa-bbbb-cccc',
        aliases: value,
        severity: value,
        modified: value,
        database_specific: value,
        affected: [
          value,
          {
            package: { ecosystem: 'npm', name: 'left' },
            ranges: value,
            versions: value,
            database_specific: value,
            ecosystem_specific: value,
          },
          { package: { ecosystem: 'npm', name: 'left' }, ranges: [{ events: value }] },
          { package: { ecosystem: 'npm', name: 'a\tb\n' }, versions: ['1.0.0'] },
        ],
      }
      expect(readOsv(record)).toEqual([])
    }
  })
})
