import { describe, expect, it } from 'vitest'
import { type PathContext, pathOf, type UriBase } from './path.ts'

const context = (
  bases: Record<string, string | UriBase> = {},
  repositoryName: string | null = null,
): PathContext => ({
  repositoryName,
  bases: new Map(
    Object.entries(bases).map(([name, base]) => [
      name,
      typeof base === 'string' ? { uri: base, uriBaseId: null } : base,
    ]),
  ),
})

describe('pathOf', () => {
  it.each([
    ['src/a.ts', 'src/a.ts'],
    ['./src//a.ts', 'src/a.ts'],
    ['src/%5Bid%5D/a%20b.ts', 'src/[id]/a b.ts'],
    ['100%/a.ts', '100%/a.ts'],
    ['src\\win\\a.cs', 'src/win/a.cs'],
    ['../../etc/passwd', 'etc/passwd'],
    ['src/../../../a', 'a'],
    ['src/%2e%2e/%2E%2E/a', 'a'],
    ['a/..%2f..%2fetc/b', 'a/.._.._etc/b'],
    ['/etc/passwd', 'etc/passwd'],
    ['file:///srv/code/a.c', 'srv/code/a.c'],
    ['file://host/share/a.c', 'share/a.c'],
    ['file:/srv/a.c', 'srv/a.c'],
    ['file:///C:/code/a.cs', 'code/a.cs'],
    ['C:\\code\\a.cs', 'code/a.cs'],
    ['c%3A/x', 'c:/x'],
    ['https://example.com/o/r/a.js', 'example.com/o/r/a.js'],
    ['alpine:3.20 (alpine 3.20.1)', 'alpine:3.20 (alpine 3.20.1)'],
    ['a\u0000b\u001b[31m', 'ab[31m'],
  ])('makes %j %j', (uri, path) => {
    expect(pathOf(uri, null, context())).toBe(path)
  })

  it.each(['', '/', '..', './.', 'file:///'])('finds nothing in %j', (uri) => {
    expect(pathOf(uri, null, context())).toBeNull()
  })

  it('puts relative bases before it', () => {
    const bases = { SRC: { uri: 'src/', uriBaseId: 'ROOT' }, ROOT: 'file:///build/repo/' }
    expect(pathOf('a.c', 'SRC', context(bases))).toBe('src/a.c')
    expect(pathOf('a.c', 'NONE', context(bases))).toBe('a.c')
  })

  it('cuts the root that the run names, the outermost one', () => {
    const bases = { SRC: 'file:///build/repo/src/', ROOT: 'file:///build/repo/' }
    expect(pathOf('a.c', 'SRC', context(bases))).toBe('src/a.c')
    expect(pathOf('file:///build/repo/lib/b.c', null, context(bases))).toBe('lib/b.c')
    expect(pathOf('/elsewhere/b.c', null, context(bases))).toBe('elsewhere/b.c')
  })

  it('cuts what stands before the name of the repository in an absolute path', () => {
    const named = context({}, 'shop')
    expect(pathOf('/home/runner/work/shop/shop/src/a.ts', null, named)).toBe('src/a.ts')
    expect(pathOf('src/shop/a.ts', null, named)).toBe('src/shop/a.ts')
    expect(pathOf('/home/shop', null, named)).toBe('home/shop')
  })

  it('ends with bases that are relative to each other', () => {
    const bases = { A: { uri: 'a', uriBaseId: 'B' }, B: { uri: 'b', uriBaseId: 'A' } }
    expect(pathOf('x', 'A', context(bases))?.length).toBeLessThan(100)
  })

  it('bounds its length', () => {
    expect(pathOf('x'.repeat(1_000_000), null, context())).toHaveLength(1_000)
  })
})
