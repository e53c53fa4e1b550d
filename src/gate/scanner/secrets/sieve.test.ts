import { describe, expect, it } from 'vitest'
import { compileRules } from './compile.ts'
import { parseSecretRules } from './rule.ts'
import { sift } from './sieve.ts'

const rules = compileRules(
  parseSecretRules([
    {
      path: 'shop.yaml',
      text: `
provider: Shop
remediation: Revoke it.
rules:
  - id: shop-key
    title: Shop key
    severity: high
    description: It opens the shop.
    keywords: [shk_]
    pattern: '(?<secret>shk_[a-z]{4})'
    reach: 10
`,
    },
  ]),
)

const regionsOf = (text: string) => [...sift(rules, Buffer.from(text)).regions.values()].flat()

describe('sift', () => {
  it('looks around each keyword, within the file', () => {
    expect(regionsOf(`shk_${'.'.repeat(96)}`)).toEqual([{ start: 0, end: 14 }])
    expect(regionsOf(`${'.'.repeat(50)}SHK_${'.'.repeat(46)}`)).toEqual([{ start: 40, end: 64 }])
  })

  it('joins windows that meet, so that nothing is found twice', () => {
    const regions = regionsOf(`${'.'.repeat(30)}${'shk_....'.repeat(5)}${'.'.repeat(30)}`)
    expect(regions).toEqual([{ start: 20, end: 76 }])
    expect(regionsOf(`shk_${'.'.repeat(30)}shk_`)).toHaveLength(2)
  })

  it('begins anew before a window grows without bound', () => {
    const regions = regionsOf('shk_'.repeat(50_000))
    expect(regions.length).toBeGreaterThan(2)
    for (const { start, end } of regions) expect(end - start).toBeLessThanOrEqual(65_536)
  })
})
