import { describe, expect, it } from 'vitest'
import { literalPattern, pathMatcher, patternProblem } from './path-pattern.ts'

describe('pathMatcher', () => {
  it.each([
    [['*.min.js'], 'web/a.min.js'],
    [['generated/'], 'src/generated/a/b.ts'],
    [['generated'], 'src/generated/a/b.ts'],
    [['/docs'], 'docs/a.md'],
    [['src/*/fixtures'], 'src/a/fixtures/x'],
    [['src/**/fixtures'], 'src/fixtures/x'],
    [['src/**/fixtures'], 'src/a/b/fixtures/x'],
    [['**/test/**'], 'a/test/b'],
    [['[Bb]in/'], 'x/Bin/a.dll'],
    [['a?c'], 'abc'],
    [['\\#x'], '#x'],
    [['a/**'], 'a/b/c'],
    [['!a', 'b'], 'b'],
    [['a/**/**/**/b'], 'a/x/b'],
    [[`${'**/'.repeat(160)}x`], 'a/x/b'],
  ])('%j means %s', (patterns, path) => {
    expect(pathMatcher(patterns).matches(path)).toBe(true)
  })

  it.each([
    [['generated/'], 'src/generated'],
    [['/docs'], 'src/docs/a.md'],
    [['src/*'], 'lib/src/a'],
    [['a*c'], 'a/c'],
    [['*.md', '!keep.md'], 'keep.md'],
    [['# a'], '# a'],
    [[''], 'a'],
    [['/'], 'a'],
    [['[!a]b'], 'ab'],
  ])('%j does not mean %s', (patterns, path) => {
    expect(pathMatcher(patterns).matches(path)).toBe(false)
  })

  it('is not slowed by what somebody chose to slow it', () => {
    const pattern = `${'**/a*a*a*a*a*/'.repeat(8)}b`
    const path = `${'aaaaaaaaaaaaaaaaaaaa/'.repeat(200)}c`
    expect(patternProblem(pattern)).toBeNull()
    expect(pathMatcher([pattern]).matches(path)).toBe(false)
    expect(patternProblem('**/a/'.repeat(9))).toBe('has "**" over 8 times')
    const many = Array.from({ length: 500 }, (_, index) => `${'**/a/'.repeat(8)}${index}`)
    const matcher = pathMatcher(many)
    const files = Array.from({ length: 100 }, (_, index) => `${'a/'.repeat(100)}f${index}`)
    expect(files.some((file) => matcher.matches(file))).toBe(false)
  })

  it.each(['pages/[id].tsx', '!a*b?.ts', 'a\\b', '**/x', '#a'])('can mean just %s', (path) => {
    const matcher = pathMatcher([literalPattern(path)])
    expect(matcher.matches(path)).toBe(true)
    for (const other of ['pages/i.tsx', 'aXbY.ts', 'ab', 'y/x', `b/${path}`]) {
      expect(matcher.matches(other)).toBe(false)
    }
  })

  it('decides the same whatever was asked before', () => {
    const patterns = ['a/b/', '!a/b/keep', '*.md', 'a/**/x/**/y']
    const paths = ['a/b', 'a/b/', 'a/b/keep', 'a/c/x.md', 'a/c/x/y', 'a/c/x/', 'c.md', 'a/', 'z']
    const matcher = pathMatcher(patterns)
    for (const path of [...paths, ...paths.toReversed(), ...paths]) {
      expect([path, matcher.matches(path)]).toEqual([path, pathMatcher(patterns).matches(path)])
    }
  })
})
