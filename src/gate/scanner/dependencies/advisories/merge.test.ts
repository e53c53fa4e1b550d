import { describe, expect, it } from 'vitest'
import { orderOf } from '../versions/order.ts'
import type { Advisory } from './advisory.ts'
import { findAffected } from './affected.ts'
import { unrated } from './formats/rate.ts'
import { mergeAdvisories } from './merge.ts'
import { readRanges } from './version-range.ts'

/** An advisory of npm's, named by its first id. */
function advisory(source: string, ids: string, ranges = '<1.0.0', more: Partial<Advisory> = {}) {
  const [id = '', ...aliases] = ids.split(' ')
  return {
    ecosystem: 'npm',
    package: 'left',
    id,
    aliases,
    withdrawn: false,
    affected: readRanges(ranges),
    rating: unrated,
    cwes: [],
    parts: [],
    published: null,
    modified: null,
    source,
    ...more,
  } satisfies Advisory
}

describe('mergeAdvisories', () => {
  it('joins what shares a name, also through others, and nothing else', () => {
    const merged = mergeAdvisories('npm', [
      advisory('Retire.js', 'CVE-2024-0002'),
      advisory('Node.js', 'NSWG-ECO-7 CVE-2024-0001'),
      advisory('Other', 'OTHER-1 GHSA-aaaa-bbbb-cccc'),
      advisory('GitHub', 'GHSA-aaaa-bbbb-cccc CVE-2024-0001'),
    ])
    expect(merged.map(({ ids }) => ids)).toEqual([
      ['CVE-2024-0001', 'GHSA-aaaa-bbbb-cccc', 'NSWG-ECO-7', 'OTHER-1'],
      ['CVE-2024-0002'],
    ])
    expect(merged[0]?.statements.map(({ source }) => source)).toEqual([
      'GitHub',
      'Node.js',
      'Other',
    ])
  })

  it('believes the preferred database, and a computed severity before a word', () => {
    const cvss = { version: '3.1', score: 7.5 }
    const [merged] = mergeAdvisories('npm', [
      advisory('Node.js', 'NSWG-ECO-7 CVE-2024-0001', '*', {
        rating: { severity: 'high', cvss },
        cwes: [20],
        published: '2024-03-01',
        modified: '2024-03-02',
      }),
      advisory('GitHub', 'GHSA-aaaa-bbbb-cccc CVE-2024-0001', '*', {
        rating: { severity: 'low', cvss: null },
        cwes: [79],
        published: '2024-02-01',
      }),
    ])
    expect(merged).toMatchObject({
      rating: { severity: 'high', cvss },
      cwes: [79],
      published: '2024-02-01',
      modified: '2024-03-02',
    })
  })

  it('drops what is withdrawn', () => {
    const gone = advisory('GitHub', 'GHSA-aaaa-bbbb-cccc', '', { withdrawn: true })
    expect(mergeAdvisories('npm', [gone])).toEqual([])
  })
})

describe('findAffected', () => {
  const find = (version: string, ...ranges: string[]) => {
    const [merged] = mergeAdvisories(
      'npm',
      ranges.map((each, at) => advisory(`Source ${at}`, `ID-${at} CVE-2024-0001`, each)),
    )
    const found = merged && findAffected(merged, version, orderOf('npm'))
    return found && [found.statement.source, ...found.fixedVersions].join(' ')
  }

  it.each([
    ['before a fix', '1.0.0', ['<1.2.3'], 'Source 0 1.2.3'],
    ['at the fix', '1.2.3', ['<1.2.3'], null],
    ['a pre-release of the fix', '1.2.3-rc.1', ['<1.2.3'], 'Source 0 1.2.3'],
    ['at the last one', '1.2.3', ['=1.2.3'], 'Source 0'],
    ['right after the first', '1.0.0', ['>1.0.0<2.0.0'], null],
    ['fixes of later branches', '1.0.0', ['<1.2.3 2.0.0<2.1.0'], 'Source 0 1.2.3 2.1.0'],
    ['no fix below', '2.0.5', ['<1.2.3 2.0.0<2.1.0'], 'Source 0 2.1.0'],
    ['a later branch that is open', '2.0.5', ['<1.2.3 2.0.0'], 'Source 0'],
    ['only the second says so', '1.5.0', ['<1.2.3', '<2.0.0'], 'Source 1 2.0.0'],
    ['a fix that another database refutes', '1.0.0', ['<1.2.3', '<2.0.0'], 'Source 0 2.0.0'],
    ['an open range, mended elsewhere', '1.5.0', ['*', '<1.2.3'], null],
    ['the same the other way round', '1.5.0', ['<1.2.3', '*'], null],
    ['an open range, not yet mended', '1.0.0', ['*', '<1.2.3'], 'Source 1 1.2.3'],
    ['open, and elsewhere on a later branch', '2.0.5', ['*', '<1.2.3 2.0.0'], 'Source 0'],
    ['fixes that are no versions', '1.0.0', ['1.0.0 @1.0.0', '<next'], 'Source 0'],
    ['equal fixes once', '1.0.0', ['<1.2.3', '<1.2.3+build'], 'Source 0 1.2.3'],
  ])('%s', (_, version, ranges, found) => {
    expect(find(version, ...ranges)).toBe(found)
  })
})
