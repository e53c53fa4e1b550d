import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '../../platform/errors.ts'
import { openEnvelope } from './checks/envelope.ts'
import { fromBase64url, isAlgorithm, readPublicKey, signatureHolds } from './jose.ts'

const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' })
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength })

describe('Base64url', () => {
  it('has one spelling', () => {
    expect(fromBase64url('QUI')?.toString()).toBe('AB')
    for (const text of ['QUI=', 'QUJ', 'Q', '+/', ' QUI', 'QUI\n', 'ä']) {
      expect(fromBase64url(text)).toBeNull()
    }
  })

  it('is undone', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url')
        expect(fromBase64url(text)).toEqual(Buffer.from(bytes))
      }),
    )
  })
})

describe('public keys', () => {
  it('are named as RFC 7638 has it', () => {
    // The example of section 3.1.
    const n = [
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS',
      'oc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65',
      'YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyr',
      'dkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK',
      'nqDKgw',
    ].join('')
    const key = readPublicKey({ kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' })
    expect(key.thumbprint).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
  })

  const point = jwkOf(curve('P-256').publicKey)
  it.each([
    ['nothing', undefined],
    ['a private key', jwkOf(curve('P-256').privateKey)],
    ['another curve', jwkOf(curve('secp256k1').publicKey)],
    ['a secret', { kty: 'oct', k: 'AAAA' }],
    ['a point beside the curve', { ...point, x: point.y, y: point.x }],
    ['padding', { ...point, x: `${point.x}=` }],
    ['a weak RSA key', jwkOf(rsa(1024).publicKey)],
    ['an exponent of 3', { ...jwkOf(rsa(2048).publicKey), e: 'Aw' }],
  ])('are refused: %s', (_, jwk) => {
    expect(() => readPublicKey(jwk)).toThrow(Problem)
  })
})

describe('signatures', () => {
  const input = 'a.b'
  it.each([
    ['ES256', curve('P-256'), 'sha256'],
    ['ES384', curve('P-384'), 'sha384'],
    ['ES512', curve('P-521'), 'sha512'],
    ['EdDSA', generateKeyPairSync('ed25519'), null],
    ['RS256', rsa(2048), 'sha256'],
  ] as const)('by %s hold, and by no other algorithm', (algorithm, pair, hash) => {
    const key = readPublicKey(jwkOf(pair.publicKey))
    const by = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' } as const
    const signature = sign(hash, Buffer.from(input), by)
    expect(signatureHolds(algorithm, key, { input, signature })).toBe(true)
    expect(signatureHolds(algorithm, key, { input: 'a.c', signature })).toBe(false)
    for (const other of ['ES256', 'ES384', 'ES512', 'EdDSA', 'RS256', 'none', 'HS256']) {
      if (other === algorithm) continue
      expect(signatureHolds(other, key, { input, signature })).toBe(false)
    }
  })

  it('are of asymmetric algorithms, with their own padding', () => {
    for (const name of ['none', 'HS256', 'PS256', 'constructor', '__proto__', '']) {
      expect(isAlgorithm(name)).toBe(false)
    }
    const pair = rsa(2048)
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const signature = sign('sha256', Buffer.from(input), { key: pair.privateKey, padding })
    const key = readPublicKey(jwkOf(pair.publicKey))
    expect(signatureHolds('RS256', key, { input, signature })).toBe(false)
  })
})

describe('envelopes', () => {
  it('are opened or refused, whatever comes', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc
        .record({
          protected: fc.oneof(
            fc.string(),
            fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
          ),
          payload: fc.base64String(),
          signature: fc.string(),
        })
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(anything, (body) => {
        try {
          openEnvelope(body)
        } catch (error) {
          expect(error).toBeInstanceOf(Problem)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('are refused where they are nested by thousands', () => {
    expect(() => openEnvelope('['.repeat(60_000))).toThrow(Problem)
    expect(() => openEnvelope('['.repeat(30_000) + ']'.repeat(30_000))).toThrow(Problem)
  })
})
