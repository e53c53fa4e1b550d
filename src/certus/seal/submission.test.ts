import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type JsonObject, readJson } from './json/read.ts'
import { digestOf, sealedBytes, sealHolds, sealOf } from './submission.ts'

const secret = 'c2VjcmV0-as-shown'
const submission = readJson(
  '{"score":91,"grade":"A","signed_hash":"","repo_slug":"acme/shop","findings":[]}',
  { depthMax: 10, valuesMax: 100 },
) as JsonObject
const text = '{"findings":[],"grade":"A","repo_slug":"acme/shop","score":91}'

describe('the seal', () => {
  const sealed = sealedBytes(submission)

  it('is made over the canonical JSON of everything but itself', () => {
    expect(Buffer.from(sealed).toString()).toBe(text)
    expect(sealOf(sealed, secret)).toBe(createHmac('sha256', secret).update(text).digest('hex'))
  })

  it('holds for its secret alone', () => {
    expect(sealHolds(sealed, secret, sealOf(sealed, secret))).toBe(true)
    expect(sealHolds(sealed, `${secret}x`, sealOf(sealed, secret))).toBe(false)
    expect(sealHolds(sealed, secret, sealOf(sealed, secret).toUpperCase())).toBe(false)
    expect(sealHolds(sealed, secret, '')).toBe(false)
  })

  it('breaks with every changed byte', () => {
    const seal = sealOf(sealed, secret)
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(sealHolds(changed, secret, seal)).toBe(false)
    }
  })

  it('names the content by its digest', () => {
    expect(digestOf(sealed)).toMatch(/^[0-9a-f]{64}$/)
  })
})
