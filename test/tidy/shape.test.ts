import { describe, expect, it } from 'vitest'
import { findCircles } from './circles.ts'
import { findForbiddenForms } from './forms.ts'
import { findBadNames } from './names.ts'
import { findLongFiles, findLongFunctions, findLongLines } from './size.ts'

const tree = (files: Record<string, string>) => new Map(Object.entries(files))
const lines = (count: number) => 'let x = 1\n'.repeat(count)

describe('findCircles', () => {
  it('names the way around, of values and of types', () => {
    const a = `import { b } from './b.ts'`
    const circle = { 'src/a.ts': a, 'src/b.ts': `import type { A } from './a.ts'` }
    expect(findCircles(tree(circle))).toEqual([
      'src/a.ts:1 imports itself: src/a.ts → src/b.ts → src/a.ts',
    ])
    expect(findCircles(tree({ 'src/a.ts': a, 'src/b.ts': '' }))).toEqual([])
  })

  it('names a circle once, however many are in it', () => {
    const next = (name: string) => `import './${name}.ts'`
    const circle = { 'src/a.ts': next('b'), 'src/b.ts': next('c'), 'src/c.ts': next('a') }
    expect(findCircles(tree({ ...circle, 'src/d.ts': next('a') }))).toHaveLength(1)
  })
})

describe('findLongFiles', () => {
  it('bounds sources at 500 lines and tests at 800', () => {
    expect(findLongFiles(tree({ 'src/a.test.ts': lines(800) }))).toEqual([])
    expect(findLongFiles(tree({ 'src/a.test.ts': lines(801) }))).toHaveLength(1)
    expect(findLongFiles(tree({ 'src/a.ts': lines(501) }))[0]).toBe(
      'src/a.ts:1 has 501 lines; at most 500',
    )
  })

  it('wants 95 of 100 sources within 350 lines', () => {
    const short = Object.fromEntries(Array.from({ length: 38 }, (_, n) => [`src/${n}.ts`, 'x\n']))
    const long = { 'src/a.ts': lines(351), 'src/b.ts': lines(400) }
    expect(findLongFiles(tree({ ...short, ...long }))).toEqual([])
    expect(findLongFiles(tree({ ...short, ...long, 'src/c.ts': lines(351) }))).toEqual([
      '3 of 41 source files have over 350 lines, and only 2 may: ' +
        'src/a.ts (351), src/b.ts (400), src/c.ts (351)',
    ])
  })

  it('leaves generated and foreign files alone', () => {
    expect(findLongFiles(tree({ 'src/a.gen.ts': lines(900), 'data/a.ts': lines(900) }))).toEqual([])
  })
})

describe('findLongFunctions', () => {
  const long = (head: string, tail: string) => `${head}\n${lines(69)}${tail}`

  it.each([
    ['a function', 'function a() {', '}'],
    ['an arrow', 'const a = () => {', '}'],
    ['a method', 'class A { a() {', '} }'],
    ['a test', `it('does', () => {`, '})'],
  ])('bounds %s at 70 lines', (_, head, tail) => {
    expect(findLongFunctions(tree({ 'src/a.ts': `\n${long(head, tail)}` }))).toEqual([
      'src/a.ts:2 has a function of 71 lines; at most 70',
    ])
  })

  it('lets a suite of tests be longer', () => {
    const suite = long(`describe.each([1])('x', () => {`, '})')
    expect(findLongFunctions(tree({ 'src/a.test.ts': suite }))).toEqual([])
  })
})

describe('findLongLines', () => {
  it('bounds a line at 100 columns', () => {
    expect(findLongLines(tree({ 'src/a.ts': `// ${'é'.repeat(97)}` }))).toEqual([])
    expect(findLongLines(tree({ 'src/a.ts': `// ${'é'.repeat(98)}` }))).toHaveLength(1)
    expect(findLongLines(tree({ 'docs/a.md': 'x'.repeat(200) }))).toEqual([])
  })
})

describe('findForbiddenForms', () => {
  it.each([
    'const a: any = 1',
    'const a = b as any',
    'const a = new Map<string, any>()',
    'const a = b!.c',
    'export default 1',
    '// @ts-ignore',
    '  // @ts-expect-error',
  ])('finds %s', (text) => {
    expect(findForbiddenForms(tree({ 'src/a.ts': text }))).toHaveLength(1)
  })

  it('lets pass what only looks alike', () => {
    const text = `const any = 'any'; if (!any) a != b\n// @ts-expect-error: the types lack it`
    expect(findForbiddenForms(tree({ 'src/a.ts': text }))).toEqual([])
  })
})

describe('findBadNames', () => {
  it.each([
    'src/gate/scanner/scanner.ts',
    'src/gate/scanner/secrets/aho-corasick.test.ts',
    'src/platform/webhooks/delivery.ts',
    'src/client/gate.gen.ts',
    'src/migrations/0001-platform.sql',
    'web/pages/FindingPage.tsx',
    'src/gate/scanner/baseline.ts',
  ])('lets pass %s', (path) => {
    expect(findBadNames(tree({ [path]: '' }))).toEqual([])
  })

  it.each([
    ['src/gate/scanStore.ts', 'is not named in kebab-case (scanStore.ts)'],
    ['src/gate/FindingPage.tsx', 'is not named in kebab-case (FindingPage.tsx)'],
    ['src/platform/utils/text.ts', 'says "utils", which says nothing: name what it is for'],
    ['src/platform/text-helpers.ts', 'says "helpers", which says nothing: name what it is for'],
    ['src/trust/agents/agent-store.ts', 'repeats its folder agents: leave that word out'],
    ['src/trust/authorities/authority.ts', undefined],
    ['src/gate/scanner/worker/scanner-pool.ts', 'repeats its folder scanner: leave that word out'],
  ])('judges %s', (path, problem) => {
    expect(findBadNames(tree({ [path]: '' }))).toEqual(problem ? [`${path}:1 ${problem}`] : [])
  })
})
