import { expect, it } from 'vitest'
import { strictness } from './pattern.ts'

it.each([
  ['[a-z]+', true, 'all'],
  ['^[\\w.-]{1,40}$', false, 'all'],
  ['^\\d+(?:,\\d+)?$', false, 'all'],
  ['(?:asc|desc)', true, 'all'],
  ['[a-zA-Z0-9_/\\.-]+', true, 'paths'],
  ['[a-z]+', false, null],
  ['^[a-z]+', false, null],
  ['.*', true, null],
  ['[^;]+', true, null],
  ['^https://.*$', false, null],
  ['\\S+', true, null],
  ['^https://example\\.com/.*', false, 'site'],
  ['^https://example.com/.*', false, null],
  ['^https://example\\.com', false, null],
])('%s, against the whole text %s: %s', (pattern, whole, expected) => {
  expect(strictness(pattern, whole)).toBe(expected)
})
