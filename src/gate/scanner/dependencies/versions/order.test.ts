import { expect, it } from 'vitest'
import { type Ecosystem, ecosystems } from '../package.ts'
import { orderOf } from './order.ts'

/** Each row ascending; what stands in one list is equal. */
const ascending: Record<Ecosystem, (string | string[])[][]> = {
  npm: [
    // The example of the Semantic Versioning specification.
    [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
    ],
    ['0.0.0-0', '0.0.0-0.0', '0.0.0-a', ['0.0.0', '0', 'v0.0.0+build.5'], '0.0.1', '0.0.10', '1'],
    [['1.2.3', '=1.2.3', '1.2.3+a', '1.2.3+b'], '1.2.4-beta1', '1.2.4'],
    ['9007199254740993.0.0', '9007199254740994.0.0'],
    ['1.0.0-2', '1.0.0-10', '1.0.0--', '1.0.0-A', '1.0.0-a'],
  ],
  'crates.io': [['0.1.0-pre', '0.1.0', '0.1.1', '1.0.0-rc.2', '1.0.0-rc.10', '1.0.0']],
  Go: [
    [
      'v0.0.0-20190308221718-c2843e01d9a2',
      'v0.0.0-20210921155107-089bfa567519',
      'v0.0.1',
      ['v2.0.0+incompatible', '2.0.0'],
    ],
    // Pseudo-versions stand between the version before them and the next.
    ['v1.2.3', 'v1.2.4-0.20191109021931-daa7c04131f5', 'v1.2.4'],
    ['v1.2.4-pre', 'v1.2.4-pre.0.20191109021931-daa7c04131f5', 'v1.2.4'],
    // As Go's own vulnerability database writes releases of the standard library.
    ['1.21.13', '1.22.0-0', '1.22.0-rc.1', '1.22.0', '1.22.10'],
  ],
  PyPI: [
    // The summary of permitted suffixes in PEP 440.
    [
      '1.dev0',
      '1.0.dev456',
      '1.0a1',
      '1.0a2.dev456',
      '1.0a12.dev456',
      '1.0a12',
      '1.0b1.dev456',
      '1.0b2',
      '1.0b2.post345.dev456',
      '1.0b2.post345',
      '1.0rc1.dev456',
      '1.0rc1',
      '1.0',
      '1.0+abc.5',
      '1.0+abc.7',
      '1.0+5',
      '1.0.post456.dev34',
      '1.0.post456',
      '1.0.15',
      '1.1.dev1',
    ],
    [['1.0', '1', 'v1.0.0', ' 1.0 '], '1.1', '2013.10', '1!1.0'],
    [['1.1rc1', '1.1RC1', '1.1.rc.1', '1.1c1', '1.1-pre-1', '1.1_preview_1'], '1.1'],
    [['1.0.post1', '1.0-1', '1.0-r1', '1.0.rev1'], ['1.0.post2']],
    [['1.0a', '1.0a0', '1.0alpha'], ['1.0a1']],
    ['1.0+ubuntu.1', ['1.0+ubuntu.2', '1.0+UBUNTU-2', '1.0+ubuntu_2'], '1.0+ubuntu.2.1'],
  ],
  Maven: [
    // The examples of Maven's own specification of the order.
    ['1', '1.1'],
    ['1-snapshot', '1', '1-sp'],
    ['1-foo2', '1-foo10'],
    [['1.foo', '1-foo'], '1-1', '1.1'],
    [['1.ga', '1-ga', '1-0', '1.0', '1', '1.0.0', '1.0.0-final', '1-RELEASE'], ['1-sp']],
    ['1-sp-1', ['1-ga-1', '1-1']],
    ['1-ga.1', '1-sp.1'],
    [['1-a1', '1-alpha-1'], ['1-b1'], ['1-m3', '1-milestone-3'], ['1-rc', '1-cr'], '1-SNAPSHOT'],
    [['1-1.foo-bar1baz-.1', '1-1.foo-bar-1-baz-0.1']],
    [
      ['1.0.0-foo.0.0', '1-foo'],
      ['1.0.0-0.0.0x', '1-x'],
    ],
    // What libraries really use.
    ['5.0.0.M1', '5.0.0.RC1', ['5.0.0.RELEASE', '5.0.0'], '5.0.1.RELEASE'],
    ['30.0', '30.0-android', '30.0-jre', '30.1-jre'],
    ['2.9.10', '2.9.10.1', '2.9.10.8', '2.10.0.pr1', '2.10.0'],
    ['4.1.94.Final', '4.1.100.Final', '4.1.100.Final-redhat-00001'],
    ['1.0-alpha-1-SNAPSHOT', '1.0-alpha-1', '1.0-beta-1-SNAPSHOT'],
    ['9.4.51.v20230217', '9.4.52', '9.4.52.v20230823', '9.4.53.v20231009'],
    ['42.2.25', '42.2.25.jre7', '42.2.26'],
    ['2.12.0', '2.12.0.sp2', '2.12.1'],
    ['20231013', '20240303'],
    ['2.0-rc1', '2.0', '2.0.1-SNAPSHOT', '2.0.1'],
  ],
  RubyGems: [
    ['1.0.a', '1.0.a.2', '1.0.b1', ['1.0', '1', '1.0.0'], '1.0.1'],
    ['5.2.4.rc1', '5.2.4', '5.2.4.1', '5.2.10'],
    [['1.0.0-rc1', '1.0.0.pre.rc1'], '1.0.0.rc1', '1.0.0'],
    ['1.10.0-java', '1.10.0'],
  ],
  Packagist: [
    [
      '1.0.0-dev',
      ['1.0.0-alpha', '1.0.0a'],
      ['1.0.0-alpha1', '1.0.0-alpha.1', '1.0a1'],
      '1.0.0-beta1',
      '1.0.0-beta2-dev',
      '1.0.0-beta2',
      '1.0.0-beta10',
      ['1.0.0-RC1', '1.0.0-rc1'],
      ['1.0.0', 'v1.0', '1.0.0.0', '1.0.0-stable'],
      ['1.0.0-p1', '1.0.0-patch1', '1.0.0-pl1'],
      '1.0.1',
      '1.x-dev',
      '2.0.0',
    ],
  ],
  NuGet: [
    [
      '1.0.0-alpha',
      ['1.0.0-Beta.2', '1.0.0-beta.2'],
      '1.0.0-beta.11',
      ['1.0', '1.0.0', '1.0.0.0', '1.0.0+metadata'],
      '1.0.0.1',
      '1.0.0.10',
      '1.0.1',
    ],
  ],
}

it.each(ecosystems)('%s is ordered as its rules say', (ecosystem) => {
  const { compare, isValid } = orderOf(ecosystem)
  for (const row of ascending[ecosystem]) {
    const places = row.flatMap((equal, place) => [equal].flat().map((text) => ({ text, place })))
    for (const a of places) {
      expect(isValid(a.text), a.text).toBe(true)
      for (const b of places) {
        const order = Math.sign(compare(a.text, b.text))
        expect(order + 0, `${a.text} and ${b.text}`).toBe(Math.sign(a.place - b.place) + 0)
      }
    }
  }
})

const garbage = ['', ' ', '$' + '{project.version}', '[1.0,2.0)', '\u0000', '1'.repeat(10_000)]

it.each(ecosystems)('%s puts garbage below every version, in an order of its own', (ecosystem) => {
  const { compare, isValid } = orderOf(ecosystem)
  for (const text of garbage) {
    expect(isValid(text), text).toBe(false)
    expect(compare(text, '0')).toBeLessThan(0)
    expect(compare('0', text)).toBeGreaterThan(0)
    expect(compare(text, text)).toBe(0)
  }
  const sorted = [...garbage].sort(compare)
  expect([...garbage].reverse().sort(compare)).toEqual(sorted)
})

it('does not take a branch for a version', () => {
  for (const branch of ['dev-main', 'dev-feature/1.0', '1.x']) {
    expect(orderOf('Packagist').isValid(branch), branch).toBe(false)
  }
})
