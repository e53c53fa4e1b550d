import { describe, expect, it } from 'vitest'
import { isInTwoSteps } from './vouched-for.ts'

describe('how a provider proved who somebody is', () => {
  it.each([
    ['in two steps', ['mfa'], true],
    ['in two steps', ['pwd', 'otp'], true],
    ['in two steps', ['hwk', 'pwd'], true],
    ['by a password', ['pwd'], false],
    ['by a code alone', ['otp'], false],
    ['by a key alone', ['swk'], false],
    ['without saying', [], false],
  ])('%s: %j', (_, methods, is) => {
    expect(isInTwoSteps({ methods })).toBe(is)
  })
})
