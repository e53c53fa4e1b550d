import { describe, expect, it } from 'vitest'
import { matchFindings } from './match.ts'

/** `ctx1=A secret0=B` */
const finding = (text: string) => ({
  fingerprints: text.split(' ').map((part) => {
    const [algorithm = '', value = ''] = part.split('=')
    return { algorithm, value }
  }),
})

const match = (earlier: string[], current: string[]) =>
  matchFindings(earlier.map(finding), current.map(finding))

describe('matchFindings', () => {
  it('matches by the first algorithm before the second', () => {
    expect(match(['ctx1=a secret1=x', 'ctx1=b secret1=x'], ['ctx1=b secret1=x'])).toEqual([1])
  })

  it('goes on to the second where the first has changed', () => {
    expect(match(['ctx1=a secret1=x'], ['ctx1=c secret1=x'])).toEqual([0])
  })

  it('gives each earlier finding away once', () => {
    const before = ['ctx1=a secret1=x', 'ctx1=b secret1=x']
    const now = ['ctx1=c secret1=x', 'ctx1=a secret1=x', 'ctx1=b secret1=x']
    expect(match(before, now)).toEqual([null, 0, 1])
  })

  it('lets an exact match of a later finding come before a looser one of an earlier', () => {
    expect(match(['ctx1=a secret1=x'], ['ctx1=b secret1=x', 'ctx1=a secret1=x'])).toEqual([null, 0])
  })

  it('never matches across algorithms, nor what has none', () => {
    expect(match(['ctx1=a'], ['move1=a'])).toEqual([null])
    expect(matchFindings([{ fingerprints: [] }], [{ fingerprints: [] }])).toEqual([null])
  })
})
