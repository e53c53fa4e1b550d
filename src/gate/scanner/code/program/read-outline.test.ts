// What hostile texts cost: a worker that hangs here would lose all that the file holds.
import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import type { Language } from '../ir/ir.ts'
import { readOutline } from './read-outline.ts'

const read = (text: string, language: Language) =>
  readOutline(new SourceText('a/b', Buffer.from(text)), language)

const beginnings = [
  '',
  'from',
  'from a import (',
  'import',
  'import static',
  'import a.b',
  'package',
  'package a',
  'require(',
  'class',
  'class A extends',
  '"a/',
]
const repeated = [' ', '\t', '\n', '\r', '.', 'a', 'A', 'a.', '/', '"', "'./", 'import ', 'from . ']

describe('an outline', () => {
  it.each(['python', 'java', 'javascript'] as const)(
    'of %s takes time by length only',
    (language) => {
      for (const beginning of beginnings) {
        for (const one of repeated) {
          // A square of this would outlast every test.
          const text = beginning + one.repeat(300_000 / one.length)
          const { wants, declares } = read(text, language)
          expect(wants.length + declares.length).toBeLessThan(2_000)
        }
      }
    },
  )

  it('is bounded while it is collected', () => {
    const wildcards = Array.from({ length: 2_000 }, (_, i) => `import p${i}.*;`)
    const types = Array.from({ length: 2_000 }, (_, i) => `class A${i} extends B${i}, C${i} {}`)
    const long = `class ${'A'.repeat(5_000)} {} ${'a'.repeat(5_000)}.B`
    const found = read([...wildcards, ...types, long].join('\n'), 'java')
    expect(found.packages).toHaveLength(51)
    expect(found.declares).toHaveLength(100)
    expect(found.extends).toHaveLength(100)
    const names = [...found.wants, ...found.declares, ...(found.words ?? '').split(' ')]
    expect(Math.max(...names.map((name) => name.length))).toBeLessThan(400)
  })

  it.each([
    ['from .b import x', ['a.b', 'a.b.x']],
    ['from.b import x', ['a.b', 'a.b.x']],
    ['from . b import x', ['a.b', 'a.b.x']],
    ['from b import\t(x, # one, and\n  y)', ['b', 'b.x', 'b.y']],
    ['from import_b import x', ['import_b', 'import_b.x']],
    ['from here we do not import', []],
  ])('of %j', (text, wants) => {
    expect(read(text, 'python').wants).toEqual(wants)
  })
})
