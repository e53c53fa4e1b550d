import { describe, expect, it } from 'vitest'
import { didYouMean } from './did-you-mean.ts'

describe('didYouMean', () => {
  const known = ['scan', 'serve', 'first-run', 'doctor', '--fail-on', '--format']

  it.each([
    ['scna', 'scan'],
    ['sca', 'scan'],
    ['serv', 'serve'],
    ['firstrun', 'first-run'],
    ['--fail-no', '--fail-on'],
    ['--form', '--format'],
  ])('takes %s for %s', (typed, meant) => {
    expect(didYouMean(typed, known)).toBe(` (did you mean ${meant}?)`)
  })

  it('says nothing where nothing is near', () => {
    for (const typed of ['x', '', 'certificate', '--output', 'x'.repeat(10_000)]) {
      expect(didYouMean(typed, known)).toBe('')
    }
  })
})
