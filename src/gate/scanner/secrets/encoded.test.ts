import { describe, expect, it } from 'vitest'
import { createDetector } from './detect.ts'
import { encodedStart } from './encoded-start.ts'
import { parseSecretRules } from './rule.ts'

const rules = parseSecretRules([
  {
    path: 'shop.yaml',
    text: `provider: Shop
remediation: Revoke it.
rules:
  - id: shop-key
    title: Shop key
    severity: high
    description: It opens the shop.
    keywords: [shk_]
    pattern: '(?<![A-Za-z0-9])(?<secret>shk_[a-z0-9]{24})(?![A-Za-z0-9])'
`,
  },
])
const detector = createDetector(rules)
const found = (text: string) =>
  detector('src/settings', Buffer.from(text), () => false).matches.map(({ value }) => value)
const token = ['shk_', 'q7m2x9r4k8t1', 'v6b3n5c0z2w8'].join('')
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a token in base64', () => {
  it.each([token, `${token}\n`])('is found: %j', (text) => {
    expect(found(`value: ${base64(text)}\n`)).toEqual([token])
    expect(found(`"${base64(text)}"`)).toEqual([token])
  })

  it.each([
    ['in the middle of more', `AA${base64(token)}`],
    ['too short', base64(token.slice(0, 20))],
    ['made up', base64(`shk_${'abcdefghijklmnopqrstuvwx'}`)],
    ['in another case', base64(token).toLowerCase()],
  ])('is none: %s', (_, text) => {
    expect(found(`value: ${text}\n`)).toEqual([])
  })
})

describe('a token behind an escape', () => {
  it.each([`"a\\n${token}"`, `?next=%3Fkey%3D${token}`])('is found: %s', (text) => {
    expect(found(text)).toEqual([token])
  })

  it('is none behind a letter', () => {
    expect(found(`n${token}`)).toEqual([])
  })
})

describe('encodedStart', () => {
  it.each([
    ['(?<![a-z])(?<secret>shk_[a-z]{3})', 'c2hrX'],
    ['(?<secret>shop_live_[a-z]{3})', 'c2hvcF9saXZlX'],
    ['(?<secret>sh[ko]_[a-z]{3})', null],
    ['(?<secret>(?:shop|shopping)_x)', null],
    ['x(?<secret>shop_[a-z]{3})', null],
  ])('of %s', (pattern, start) => {
    expect(encodedStart(pattern)).toBe(start)
  })
})
