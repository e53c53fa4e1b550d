import { describe, expect, it } from 'vitest'
import { encoded, indexOf, osvRecord } from './fixtures/packages.ts'
import { IndexFileError, openIndex } from './index-file.ts'

const ids = (found: readonly { ids: readonly string[] }[]) =>
  found.map((each) => each.ids.join(' '))

/** Enough for several blocks. */
const many = Array.from({ length: 1200 }, (_, at) =>
  osvRecord(`GHSA-aaaa-bbbb-${String(at).padStart(4, '0')}`, `package-${at % 600}`, `1.${at}.0`, {
    aliases: [`CVE-2024-${10_000 + at}`],
  }),
)

function npmFile(records: readonly object[]): Buffer {
  const bytes = encoded(records).get('npm')
  if (bytes === undefined) throw new Error('no index of npm')
  return bytes
}

describe('openIndex', () => {
  it('finds every package, and none that is not there', () => {
    const file = openIndex(npmFile(many))
    expect(file.description).toMatchObject({
      ecosystem: 'npm',
      date: '2024-02-29',
      packages: 600,
      vulnerabilities: 1200,
      sources: [{ name: 'GitHub', records: 1200, date: '2024-02-29' }],
    })
    for (let at = 0; at < 600; at++) {
      expect(file.find(`package-${at}`)?.vulnerabilities).toHaveLength(2)
    }
    for (const name of ['', 'a', 'package-', 'package-600', 'zzz', '\u{10ffff}']) {
      expect(file.find(name)).toBe(null)
    }
    expect([...file.entries()]).toHaveLength(600)
  })

  it('gives what was put in', () => {
    const record = osvRecord('GHSA-aaaa-bbbb-cccc', 'Größe', '1.2.3', {
      aliases: ['CVE-2024-0001'],
      severity: [{ score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      published: '2024-01-31T00:00:00Z',
      database_specific: { cwe_ids: ['CWE-79'] },
    })
    expect(openIndex(npmFile([record])).find('Größe')).toEqual({
      vulnerabilities: [
        {
          ids: ['CVE-2024-0001', 'GHSA-aaaa-bbbb-cccc'],
          statements: [
            {
              source: 'GitHub',
              id: 'GHSA-aaaa-bbbb-cccc',
              affected: [{ from: null, after: false, to: '1.2.3', end: 'fixed' }],
            },
          ],
          rating: { severity: 'critical', cvss: { score: 9.8, version: '3.1' } },
          cwes: [79],
          parts: [],
          published: '2024-01-31',
          modified: '2024-02-29',
        },
      ],
      withdrawn: [],
    })
  })

  it('is the same whatever the order of the records', () => {
    expect(npmFile(many.toReversed()).equals(npmFile(many))).toBe(true)
  })

  it('refuses what is cut or of another kind, at once', () => {
    const file = npmFile(many)
    const faulty = [
      Buffer.alloc(0),
      Buffer.from('PANTHERA-ADVISORIES 9\n0000{}'),
      file.subarray(0, 24),
      file.subarray(0, 100),
      file.subarray(0, file.length - 1),
      Buffer.concat([file, Buffer.from('x')]),
      Buffer.from(file.toString('latin1').replace('"npm"', '"???"'), 'latin1'),
    ]
    for (const bytes of faulty) expect(() => openIndex(bytes)).toThrow(IndexFileError)
  })

  it('tells a damaged part when it is looked into', () => {
    const bytes = Buffer.from(npmFile(many))
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 9) ^ 1, bytes.length - 9)
    const file = openIndex(bytes)
    expect(file.find('package-0')).not.toBe(null)
    expect(() => [...file.entries()]).toThrow(IndexFileError)
  })
})

describe('several indexes of one ecosystem', () => {
  const older = { modified: '2023-01-01T00:00:00Z' }

  it('count together, and the newer one is believed', () => {
    const index = indexOf(
      [
        osvRecord('GHSA-aaaa-bbbb-cccc', 'left', '1.0.0', older),
        osvRecord('GHSA-2222-2222-2222', 'left', '3.0.0', older),
      ],
      [osvRecord('GHSA-aaaa-bbbb-cccc', 'left', '2.0.0', { aliases: ['CVE-2024-0001'] })],
    )
    const found = index.find('npm', 'left')
    expect(ids(found)).toEqual(['CVE-2024-0001 GHSA-aaaa-bbbb-cccc', 'GHSA-2222-2222-2222'])
    expect(found[0]?.statements).toMatchObject([{ affected: [{ to: '2.0.0' }] }])
    expect(index.describe('npm').map(({ date }) => date)).toEqual(['2024-02-29', '2023-01-01'])
  })

  it('drop what the newer one withdrew', () => {
    const withdrawn = osvRecord('GHSA-aaaa-bbbb-cccc', 'left', null, {
      withdrawn: '2024-01-01T00:00:00Z',
    })
    const index = indexOf([osvRecord('GHSA-aaaa-bbbb-cccc', 'left', '1.0.0', older)], [withdrawn])
    expect(index.find('npm', 'left')).toEqual([])
  })

  it('know nothing of other ecosystems', () => {
    const index = indexOf([osvRecord('GHSA-aaaa-bbbb-cccc', 'left', '1.0.0')])
    expect(index.find('PyPI', 'left')).toEqual([])
    expect(index.describe('PyPI')).toEqual([])
    expect(index.problems()).toEqual([])
  })
})
