import { expect, it } from 'vitest'
import { folderMatcher } from './globs.ts'
import { linkOfGlob, resolvePath } from './paths.ts'

it.each([
  [['packages/*'], ['packages/a'], ['packages', 'packages/a/b', 'other/a']],
  [['packages/**'], ['packages', 'packages/a/b'], ['packagesx']],
  [['**/web'], ['web', 'a/b/web'], ['a/webs']],
  [
    ['./tools/', 'a-{b,c}'],
    ['tools', 'a-b', 'a-c'],
    ['a-d', 'tools/x'],
  ],
  [['packages/*', '!packages/old*'], ['packages/new'], ['packages/old', 'packages/older']],
  [['a?'], ['ab'], ['a', 'abc']],
  [['*'.repeat(20), 'x'.repeat(1000)], [], ['a']],
  [['(', '['], [], ['a']],
])('%j', (globs, fitting, others) => {
  const matches = folderMatcher(globs)
  expect(fitting.filter(matches)).toEqual(fitting)
  expect(others.filter(matches)).toEqual([])
})

it.each([
  ['', 'packages/*', 'packages/*'],
  ['a', './b/**', 'a/b/**'],
  ['a', '../b', 'b'],
  ['', '../outside', null],
  ['', 'a/*/b', 'a/**'],
  ['', '*', '*'],
])('links %j with %j to %j', (folder, glob, expected) => {
  expect(linkOfGlob(folder, glob)).toBe(expected)
})

it.each([
  ['a/b', '../c.txt', 'a/c.txt'],
  ['a', 'b\\c', 'a/b/c'],
  ['', '/etc/passwd', null],
  ['', 'C:/x', null],
  ['a', '../../x', null],
])('resolves in %j %j to %j', (folder, path, expected) => {
  expect(resolvePath(folder, path)).toBe(expected)
})
