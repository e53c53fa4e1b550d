import { describe, expect, it } from 'vitest'
import { base32, keyUri, matchTotp, newTotpSecret, timeStep, totp } from './totp.ts'

const seed = '12345678901234567890'
const seeds = {
  sha1: seed,
  sha256: '12345678901234567890123456789012',
  sha512: '1234567890123456789012345678901234567890123456789012345678901234',
}

describe('totp', () => {
  // RFC 6238, appendix B.
  it.each([
    [59, '94287082', '46119246', '90693936'],
    [1111111109, '07081804', '68084774', '25091201'],
    [1111111111, '14050471', '67062674', '99943326'],
    [1234567890, '89005924', '91819424', '93441116'],
    [2000000000, '69279037', '90698825', '38618901'],
    [20000000000, '65353130', '77737706', '47863826'],
  ])('at %i s is what RFC 6238 says', (seconds, sha1, sha256, sha512) => {
    const step = timeStep(seconds * 1000)
    const codes = { sha1, sha256, sha512 }
    for (const algorithm of ['sha1', 'sha256', 'sha512'] as const) {
      const form = { algorithm, digits: 8 }
      expect(totp(Buffer.from(seeds[algorithm]), step, form)).toBe(codes[algorithm])
    }
  })

  // RFC 4226, appendix D.
  it.each([
    [0, '755224'],
    [1, '287082'],
    [5, '254676'],
    [9, '520489'],
  ])('of counter %i is what RFC 4226 says', (counter, code) => {
    expect(totp(Buffer.from(seed), counter)).toBe(code)
  })
})

describe('a code', () => {
  const secret = Buffer.from(seed)
  const nowMs = 1_700_000_000_000
  const step = timeStep(nowMs)

  it('counts one step to either side, and no further', () => {
    const found = [-2, -1, 0, 1, 2].map((away) =>
      matchTotp(totp(secret, step + away), secret, { nowMs, lastStep: 0 }),
    )
    expect(found).toEqual([null, step - 1, step, step + 1, null])
  })

  it('counts once, and none before it either', () => {
    const lastStep = step
    const again = [-1, 0, 1].map((away) =>
      matchTotp(totp(secret, step + away), secret, { nowMs, lastStep }),
    )
    expect(again).toEqual([null, null, step + 1])
  })

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６'])('is not %j', (code) => {
    expect(matchTotp(code, secret, { nowMs, lastStep: 0 })).toBeNull()
  })
})

// RFC 4648, section 10.
it.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of %j is %j', (text, written) => {
  expect(base32(Buffer.from(text))).toBe(written)
})

it('is handed over as apps read it', () => {
  expect(newTotpSecret()).toHaveLength(20)
  const uri = new URL(keyUri(Buffer.from(seed), 'ada+x@example.com'))
  expect(decodeURIComponent(uri.pathname)).toBe('/Panthera:ada+x@example.com')
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    issuer: 'Panthera',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  })
})
