// Project Wycheproof's signatures, all of them, against what access tokens are verified with: first
// the form, then the signature under the one algorithm of the key.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type CryptoKey, compactVerify, importJWK, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { accessTokens, isWellFormed } from './access-token.ts'

interface Vector {
  tcId: number
  comment: string
  jws: string
  result: 'valid' | 'invalid'
}

interface Group {
  public?: JWK
  private?: JWK
  tests: Vector[]
}

const folder = new URL('../../../test/fixtures/vectors/', import.meta.url)
const text = readFileSync(new URL('json-web-signature.json', folder))
const { testGroups: groups } = JSON.parse(text.toString()) as { testGroups: Group[] }
const cases = groups.flatMap((group) =>
  group.tests.map((vector) => ({ ...vector, jwk: group.public ?? group.private ?? {} })),
)

/** Where we answer otherwise than the file has it, and why that is right. */
const deviations: Readonly<Record<string, readonly number[]>> = {
  'a token without any claims is none': [259, 264, 268, 272, 320, 325],
  'the key is for PS256 and the signature PS384: the example names the wrong one': [346, 350],
  'ES521 is no algorithm: the example misspells it': [347, 351],
  'the text is, letter by letter, that of the valid case 357': [367, 370],
  'a character outside the alphabet is an error, and not passed over': [372, 373],
}
const deviating = new Set(Object.values(deviations).flat())

async function verdict({ jws, jwk }: { jws: string; jwk: JWK }): Promise<'valid' | 'invalid'> {
  if (!isWellFormed(jws)) return 'invalid'
  try {
    const key = (await importJWK(jwk, jwk.alg ?? '')) as CryptoKey
    await compactVerify(jws, key, { algorithms: [jwk.alg ?? ''] })
    return 'valid'
  } catch {
    return 'invalid'
  }
}

describe('signatures of Project Wycheproof', () => {
  it('are the file that is written down, with all its cases', () => {
    const sources = readFileSync(new URL('sources.md', folder), 'utf8')
    expect(sources).toContain(createHash('sha256').update(text).digest('hex'))
    expect(cases.length).toBe(401)
  })

  it('are judged as they should be, all but those that are listed', async () => {
    const different: number[] = []
    for (const one of cases) if ((await verdict(one)) !== one.result) different.push(one.tcId)
    expect(different).toEqual([...deviating].sort((a, b) => a - b))
  })

  it('are accepted against the file only where it holds the valid text itself', () => {
    const found = (id: number) => cases.find(({ tcId }) => tcId === id)
    const lenient = cases.filter((one) => deviating.has(one.tcId) && one.result === 'invalid')
    expect(lenient.map(({ jws }) => jws)).toEqual(lenient.map(() => found(357)?.jws))
    expect(found(357)?.result).toBe('valid')
  })

  it('are no access tokens, and break nothing that reads them as such', async () => {
    const missing = () => Promise.reject(new Error('nothing is signed here'))
    const keys = { verifier: missing, current: missing, published: async () => [], rotate: missing }
    const tokens = accessTokens({ keys, issuer: 'https://p.example', now: () => 0 })
    for (const { jws, tcId } of cases) {
      expect((await tokens.verify(jws)).kind, `case ${tcId}`).toBe('invalid')
    }
  })
})
