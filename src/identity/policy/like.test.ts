import { describe, expect, it } from 'vitest'
import type { PatternPart } from './like.ts'
import { likePattern } from './like.ts'

const long = `${'ab'.repeat(30)}c`

function patternOf(text: string): PatternPart[] {
  return [...text].map((each) => (each === '*' ? 'Wildcard' : { Literal: each }))
}

describe('likePattern', () => {
  it.each<[pattern: string, text: string, matches: boolean]>([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['a*c', 'ac', true],
    ['ab*b', 'ab', false],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'axxbxxc', true],
    ['a*b*c', 'axxcxxb', false],
    ['*aab*', 'aaab', true],
    ['*a*a*', 'a', false],
    ['**', 'x', true],
    ['*😀*', 'a😀b', true],
    [`*${long}*`, `abab${long}x`, true],
    [`*${long}*`, 'ab'.repeat(100), false],
  ])('%j on %j', (pattern, text, matches) => {
    expect(likePattern(patternOf(pattern))(text)).toBe(matches)
  })

  it('takes an asterisk in a literal for itself', () => {
    const pattern = likePattern(['Wildcard', { Literal: '*' }])
    expect([pattern('a*'), pattern('ab')]).toEqual([true, false])
  })

  it('is linear where a search from each place would not be', () => {
    const pattern = likePattern(['Wildcard', { Literal: `b${'a'.repeat(100_000)}` }, 'Wildcard'])
    expect(pattern('a'.repeat(1_000_000))).toBe(false)
  })
})
