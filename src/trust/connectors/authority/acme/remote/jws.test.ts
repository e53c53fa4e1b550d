// What is said by and to an ACME server, without one.
import { createHmac, createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { certificateName } from '../renewal-info.ts'
import { accountBinding, makeAccountKey, readAccountKey, signed } from './jws.ts'
import { AcmeProblem, readProblem, wordsOf } from './problem.ts'
import { retryAfterMs } from './retry-after.ts'

const part = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())

describe('signatures', () => {
  it.each(['ECDSA', 'RSA'] as const)('of %s hold, and carry no private part', async (type) => {
    const key = readAccountKey(await makeAccountKey(type))
    const body = JSON.parse(signed({ nonce: 'n', url: 'u', jwk: key.jwk }, { a: 1 }, key))
    const { alg, jwk } = part(body.protected)
    expect([alg, Object.keys(jwk).includes('d')]).toEqual([key.algorithm, false])
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
    const input = Buffer.from(`${body.protected}.${body.payload}`)
    const signature = Buffer.from(body.signature, 'base64url')
    const holds = verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)
    expect(holds).toBe(true)
  })

  it('bind an account to the key that the authority gave', async () => {
    const key = readAccountKey(await makeAccountKey('ECDSA'))
    const hmacKey = Buffer.alloc(32, 1).toString('base64url')
    const bound = accountBinding({ kid: 'k', hmacKey }, 'u', key) as Record<string, string>
    const mac = createHmac('sha256', Buffer.alloc(32, 1))
    mac.update(`${bound.protected}.${bound.payload}`)
    expect(bound.signature).toBe(mac.digest('base64url'))
    expect(part(bound.protected ?? '')).toEqual({ alg: 'HS256', kid: 'k', url: 'u' })
  })
})

describe('problems', () => {
  const type = 'urn:ietf:params:acme:error:rejectedIdentifier'
  it('name each identifier, and no control characters', () => {
    const document = readProblem({
      type,
      detail: 'Some\r\n\u001b[31m names are refused',
      subproblems: [{ detail: 'is forbidden', identifier: { type: 'dns', value: 'a.example' } }],
    })
    const said = 'Some [31m names are refused (rejectedIdentifier) [a.example: is forbidden]'
    expect(wordsOf(document)).toBe(said)
    expect(new AcmeProblem(403, document, 0).kind).toBe('rejectedIdentifier')
  })

  it.each([null, 'text', 7, { type: 1 }, []])('that are none (%j) say the status', (body) => {
    expect(new AcmeProblem(418, readProblem(body), 0).message).toBe('HTTP 418')
  })
})

it.each([
  ['120', 120_000],
  ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['soon', 0],
  [undefined, 0],
])('Retry-After %s is %d ms', (header, expected) => {
  expect(retryAfterMs(header, Date.UTC(2026, 0, 1))).toBe(expected)
})

it('names no certificate that cannot be read', () => {
  expect(certificateName(Buffer.from('no DER'))).toBeNull()
})
