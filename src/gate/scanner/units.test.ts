import { describe, expect, it } from 'vitest'
import type { UnitKind } from './engine.ts'
import { groupUnits } from './units.ts'

const member = (path: string, links: string[] = [], kind: UnitKind = 'terraform') => ({
  path,
  membership: { kind, links },
})
const grouped = (...members: ReturnType<typeof member>[]) =>
  groupUnits(members).map(({ path, files }) => [path, files])

describe('groupUnits', () => {
  it('takes the files of a folder together, whatever their order', () => {
    expect(grouped(member('a/z.tf'), member('main.tf'), member('a/b.tf'))).toEqual([
      ['terraform:', ['main.tf']],
      ['terraform:a', ['a/b.tf', 'a/z.tf']],
    ])
  })

  it('joins folders that link to each other, also in a circle and over several', () => {
    expect(
      grouped(member('a/m.tf', ['b']), member('b/m.tf', ['c']), member('c/m.tf', ['a', 'gone'])),
    ).toEqual([['terraform:a', ['a/m.tf', 'b/m.tf', 'c/m.tf']]])
  })

  it('understands links to all folders below', () => {
    const files = ['package.json', 'packages/a/package.json', 'packages/b/c/package.json']
    const all = (link: string) =>
      groupUnits(files.map((path, index) => member(path, index === 0 ? [link] : []))).length
    expect(all('packages/*')).toBe(2)
    expect(all('packages/**')).toBe(1)
    expect(all('*')).toBe(3)
    expect(all('**')).toBe(1)
  })

  it('keeps kinds apart', () => {
    expect(grouped(member('a/x'), member('a/x', [], 'dependencies'))).toEqual([
      ['dependencies:a', ['a/x']],
      ['terraform:a', ['a/x']],
    ])
  })

  it('looks each link up once, however many there are', () => {
    const links = Array.from({ length: 2_000 }, (_, index) => `x${index}/**`)
    const linking = Array.from({ length: 100 }, (_, i) => member(`p${i}/a.tf`, [...links, 'f/**']))
    const others = Array.from({ length: 5_000 }, (_, index) => member(`f/${index}/a.tf`))
    const crowd = Array.from({ length: 40_000 }, (_, index) => member(`g/${index}.tf`))
    expect(groupUnits([...linking, ...others, ...crowd]).map(({ path }) => path)).toEqual([
      'terraform:f/0',
      'terraform:g',
    ])
  })

  it('joins a long chain of folders without recursion', () => {
    const count = 20_000
    const chain = Array.from({ length: count }, (_, i) => member(`m${i}/a.tf`, [`m${i + 1}`]))
    expect(groupUnits(chain)).toHaveLength(1)
  })
})
