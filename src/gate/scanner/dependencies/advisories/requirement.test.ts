import { describe, expect, it } from 'vitest'
import { orderOf } from '../versions/order.ts'
import { affectedBetween, type Dialect, readRequirement } from './requirement.ts'
import { printRanges } from './version-range.ts'

const npm: Dialect = { order: orderOf('npm'), bare: 'exact' }
const cargo: Dialect = { order: orderOf('crates.io'), bare: 'caret' }
const gem: Dialect = { order: orderOf('RubyGems'), bare: 'exact' }

describe('readRequirement', () => {
  it.each([
    [npm, '<1.2.3', '~1.2.3'],
    [npm, '<= v1.2.3', '=1.2.3'],
    [npm, '>=1.0.0 <2.0.0 || >=3.0.0 <3.1.0', '1.0.0~2.0.0 3.0.0~3.1.0'],
    [npm, '< 1.0.0 >= 2.0.0 || < 0.5.0', '~0.5.0'],
    [npm, '*', '*'],
    [npm, '1.2.3', '@1.2.3'],
    [npm, '1.2.x || 2.x', '1.2~1.3 2~3'],
    [npm, '~1.2.3', '1.2.3~1.3'],
    [npm, '^0.2.3', '0.2.3~0.3.0'],
    [cargo, '1.2.3', '1.2.3~2.0.0'],
    [cargo, '^ 0.0.3', '0.0.3~0.0.4'],
    [cargo, '>= 1.0.0, < 1.5.0', '1.0.0~1.5.0'],
    [gem, '~> 2.3.5', '2.3.5~2.4'],
    [gem, '~> 4.2.0.rc1', '4.2.0.rc1~4.3'],
    [gem, '~> 2.3.0, >= 2.3.7', '2.3.7~2.4'],
    [gem, '> 1.0', '>1.0'],
    [npm, '>=two', null],
    [npm, 'see the advisory', null],
    [npm, '~>', null],
  ])('case %#', (dialect, text, ranges) => {
    const read = readRequirement(text, dialect)
    expect(read && printRanges(read)).toBe(ranges)
  })
})

describe('affectedBetween', () => {
  it.each([
    ['patched', ['>= 1.5.0'], [], '<1.5.0'],
    ['patched on two branches', ['~> 1.4.3', '>= 1.5.0'], [], '<1.4.3'],
    ['a gap between branches', ['~> 1.4.3', '>= 1.6.0'], [], '<1.4.3 1.5<1.6.0'],
    ['patched with old versions unaffected', ['>= 1.5.0'], ['< 1.0.0'], '1.0.0<1.5.0'],
    ['unaffected up to a version', ['>= 1.5.0'], ['<= 1.0.0'], '>1.0.0<1.5.0'],
    ['patched after a version', ['> 1.5.0'], [], '=1.5.0'],
    ['never patched', [], [], '*'],
    ['never patched, and unaffected before', [], ['< 2.0.0'], '2.0.0'],
    ['nothing affected', ['>= 0'], ['< 1'], ''],
    ['overlapping ones', ['>= 1.0.0, < 3.0.0', '>= 2.0.0, < 2.5.0'], [], '<1.0.0 3.0.0'],
  ])('%s', (_, patched, unaffected, affected) => {
    const ranges = (texts: string[]) => texts.flatMap((each) => readRequirement(each, gem) ?? [])
    const left = affectedBetween(ranges(patched), ranges(unaffected), gem.order)
    expect(printRanges(left)).toBe(affected)
  })
})
