import { describe, expect, it } from 'vitest'
import { printRanges } from '../version-range.ts'
import { AdvisoryFileError, readAdvisories } from './read.ts'

/** `source package id ranges severity` of each advisory in a text. */
const read = (text: string, path: string) =>
  readAdvisories(text, path)?.map((each) =>
    [each.source, each.package, each.id, printRanges(each.affected), each.rating.severity].join(
      ' ',
    ),
  ) ?? null

const lines = (...each: string[]) => `${each.join('\n')}\n`
const rust = (...fields: string[]) =>
  lines(
    '```toml',
    '[advisory]',
    'id = "RUSTSEC-2024-0001"',
    'package = "old"',
    'date = "2024-01-31"',
    ...fields,
    '```',
    '',
    '# Title',
  )

describe('readAdvisories', () => {
  it.each([
    [
      'RUSTSEC-2024-0001.md',
      rust('[versions]', 'patched = ["^0.4.1", ">= 0.5.2"]', 'unaffected = ["< 0.2.0"]'),
      ['RustSec old RUSTSEC-2024-0001 0.2.0<0.4.1 0.5.0<0.5.2 '],
    ],
    ['RUSTSEC-2024-0001.md', rust('informational = "unmaintained"'), []],
    [
      'RUSTSEC-2024-0001.md',
      rust('informational = "unsound"'),
      ['RustSec old RUSTSEC-2024-0001 * low'],
    ],
    [
      'gems/rack/CVE-2024-0001.yml',
      lines(
        '---',
        'gem: rack',
        'cve: 2024-0001',
        'ghsa: aaaa-bbbb-cccc',
        'url: https://example.com',
        'date: 2024-01-31',
        'cvss_v3: 9.8',
        'patched_versions:',
        '- "~> 2.2.8"',
        '- ">= 3.0.1"',
      ),
      ['RubySec rack CVE-2024-0001 <2.2.8 2.3<3.0.1 critical'],
    ],
    [
      'gems/mysql/OSVDB-1.yml',
      lines('gem: mysql', 'platform: jruby', 'url: https://example.com', 'cve: 2024-0001'),
      [],
    ],
    [
      'acme/web/2024-01-31.yaml',
      lines(
        'title: Something',
        'link: https://github.com/acme/web/security/advisories/GHSA-aaaa-bbbb-cccc',
        'cve: ~',
        'branches:',
        '  1.x:',
        '    time: 2024-01-31 10:00:00',
        "    versions: ['>=1.0.0', '<1.4.2']",
        '  2.x:',
        '    time: 2024-01-31 10:00:00',
        "    versions: ['>=2.0.0', '<=2.1.0']",
        'reference: composer://Acme/Web',
      ),
      ['FriendsOfPHP acme/web GHSA-aaaa-bbbb-cccc 1.0.0<1.4.2 2.0.0=2.1.0 '],
    ],
    [
      'npm/7.json',
      JSON.stringify({
        id: 7,
        module_name: 'left',
        cves: ['CVE-2016-0001'],
        vulnerable_versions: '<=1.2.3',
        patched_versions: '>=1.2.4',
        cvss_vector: 'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
      }),
      ['Node.js left NSWG-ECO-7 <1.2.4 high'],
    ],
    [
      'jsrepository.json',
      JSON.stringify({
        'Left.js': {
          npmname: 'left',
          extractors: {},
          vulnerabilities: [
            {
              ranges: [{ below: '1.2.3' }, { atOrAbove: '2.0.0', below: '999.0.0' }],
              severity: 'medium',
              cwe: ['CWE-79'],
              identifiers: { CVE: ['CVE-2016-0001'], githubID: 'GHSA-aaaa-bbbb-cccc' },
            },
            { below: '1.0.0', severity: 'low', identifiers: { summary: 'nameless' } },
          ],
        },
        'Not a package': { extractors: {}, vulnerabilities: [{ below: '1.0.0' }] },
      }),
      ['Retire.js left CVE-2016-0001 <1.2.3 2.0.0 medium'],
    ],
    ['PYSEC-2024-1.yaml', lines('id: PYSEC-2024-1', 'affected: []'), []],
    ['package.json', '{"name":"left","version":"1.0.0"}', null],
    ['list.json', '[1, 2]', null],
    ['README.md', '# Left\n', null],
    ['mkdocs.yml', 'site_name: Left\n', null],
  ])('reads %s', (path, text, advisories) => {
    expect(read(text, path)).toEqual(advisories)
  })

  it.each([
    ['a.json', '{"id": '],
    ['a.json', ''],
    ['a.json', '['.repeat(200_000)],
    ['a.yaml', 'a: [1, 2'],
    ['a.yaml', lines('a: &a [x, x]', 'b: &b [*a, *a]', 'c: [*b, *b]')],
    ['a.md', lines('```toml', '[advisory', '```')],
  ])('says that %s cannot be read', (path, text) => {
    expect(() => readAdvisories(text, path)).toThrow(AdvisoryFileError)
  })
})
