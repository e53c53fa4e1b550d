import { expect, it } from 'vitest'
import type { Ecosystem } from './package.ts'
import { purlOf, purlOfPackage } from './purl.ts'

it.each<[Ecosystem, string, string | null, string]>([
  ['npm', '@babel/core', '7.0.0', 'pkg:npm/%40babel/core@7.0.0'],
  ['PyPI', 'zope-interface', '5.0', 'pkg:pypi/zope-interface@5.0'],
  [
    'Go',
    'github.com/a/b/v2',
    'v2.0.0+incompatible',
    'pkg:golang/github.com/a/b/v2@v2.0.0+incompatible',
  ],
  ['Go', 'stdlib', '1.22.0', 'pkg:golang/stdlib@1.22.0'],
  ['Maven', 'org.a:b', '1.0', 'pkg:maven/org.a/b@1.0'],
  ['Packagist', 'a/b', null, 'pkg:composer/a/b'],
  ['NuGet', 'A.B', '1.0', 'pkg:nuget/A.B@1.0'],
  ['RubyGems', 'rails', '7.0', 'pkg:gem/rails@7.0'],
  ['crates.io', 'serde', '1.0.0', 'pkg:cargo/serde@1.0.0'],
  ['npm', '', '1', 'pkg:npm/@1'],
])('%s %s %s', (ecosystem, name, version, expected) => {
  expect(purlOf(ecosystem, name, version)).toBe(expected)
})

it('says where a package comes from that is in no registry', () => {
  const one = {
    ecosystem: 'npm' as const,
    name: 'a',
    version: '1.0.0',
    range: null,
    place: { path: 'yarn.lock', line: 1, column: 1, endColumn: 2 },
    direct: true,
    development: false,
    path: ['a@1.0.0'],
    dependsOn: [],
    licence: null,
    integrity: null,
    origin: null,
  }
  const from = (origin: string | null) => purlOfPackage({ ...one, origin })
  expect(from(null)).toBe('pkg:npm/a@1.0.0')
  expect(from('git+https://x.test/a#1')).toBe(
    'pkg:npm/a@1.0.0?vcs_url=git%2Bhttps%3A%2F%2Fx.test%2Fa%231',
  )
  expect(from('https://x.test/a.tgz')).toBe(
    'pkg:npm/a@1.0.0?download_url=https%3A%2F%2Fx.test%2Fa.tgz',
  )
  expect(from('../a')).toBe('pkg:npm/a@1.0.0')
})
