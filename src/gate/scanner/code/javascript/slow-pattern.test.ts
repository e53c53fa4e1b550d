import { describe, expect, it } from 'vitest'
import { isSlowPattern } from './slow-pattern.ts'

describe('patterns that can be slow', () => {
  it.each([
    '([0-9]+)+#',
    '^(a+)+$',
    '^(\\w+\\s?)*$',
    '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}$',
    '(.|\\s)*x',
    '^(a|a)*$',
    '(?:[a-z]*)*!',
    '^((ab)*|(\\d+))+$',
    '(x+x{0,3})+y',
  ])('%s is', (pattern) => expect(isSlowPattern(pattern)).toBe(true))

  it.each([
    '^(a+b)+$',
    '(a+)+',
    '^[a-z]+$',
    '^(?:[a-z]+,)*[a-z]+$',
    '^(\\d{3})+$',
    '^(\\w+)\\s(\\d+)$',
    '(.|\\n)*x',
    '^(foo|bar)*$',
    '^(?:[^/]+/)+$',
    '[\\])}+]+$',
    '^(?=a+)(b)+$',
    '(a+)?$',
    '(unclosed+',
  ])('%s is not', (pattern) => expect(isSlowPattern(pattern)).toBe(false))
})
