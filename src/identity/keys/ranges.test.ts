import { describe, expect, it } from 'vitest'
import { isRange } from './ranges.ts'

describe('isRange', () => {
  it.each([
    ['10.0.0.1', true],
    ['10.0.0.0/8', true],
    ['2001:db8::1', true],
    ['2001:db8::/32', true],
    ['::ffff:10.0.0.1', true],
    ['10.0.0', false],
    ['127.1', false],
    ['10.0/16', false],
    ['0x7f.0.0.1', false],
    ['010.0.0.1', false],
    ['10.0.0.0/33', false],
    ['banana', false],
    ['', false],
  ])('%s: %s', (text, expected) => {
    expect(isRange(text)).toBe(expected)
  })
})
