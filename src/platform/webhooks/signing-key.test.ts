import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  InvalidWebhookKey,
  newKeyPair,
  newSecret,
  parseSigningKey,
  parseVerifyingKey,
} from './signing-key.ts'

const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64')

describe('shared secrets', () => {
  it('are new each time, with 32 bytes', () => {
    const secret = newSecret()
    expect(secret).toMatch(/^whsec_[0-9A-Za-z+/]{43}=$/)
    expect(newSecret()).not.toBe(secret)
    expect(parseSigningKey(secret)).toMatchObject({ scheme: 'v1', secret: { length: 32 } })
  })

  it.each([24, 25, 32, 63, 64])('may have %i bytes', (bytes) => {
    const expected = { scheme: 'v1', secret: Buffer.alloc(bytes, 7) }
    expect(parseSigningKey(`whsec_${base64(bytes)}`)).toEqual(expected)
    expect(parseVerifyingKey(`whsec_${base64(bytes)}`)).toEqual(expected)
  })

  const wrong = [
    '',
    'whsec_',
    base64(32),
    `whsec_${base64(23)}`,
    `whsec_${base64(65)}`,
    `whsec_ ${base64(32)}`,
    `whsec_${base64(32)}\n`,
    `whsec_${base64(32).replace(/=+$/, '')}`,
    `whsec_${Buffer.alloc(32, 255).toString('base64url')}`,
    `WHSEC_${base64(32)}`,
    `whsec_${'A'.repeat(100_000)}`,
  ]
  it.each(wrong)('are not %j', (text) => {
    for (const parse of [parseSigningKey, parseVerifyingKey]) {
      expect(() => parse(text)).toThrow(InvalidWebhookKey)
      expect(() => parse(text)).toThrow('"whsec_" and base64 of 24 to 64 bytes')
    }
  })
})

describe('Ed25519 keys', () => {
  it('fit together', () => {
    const { signing, verifying } = newKeyPair()
    expect(signing).toMatch(/^whsk_[0-9A-Za-z+/]{86}==$/)
    expect(verifying).toMatch(/^whpk_[0-9A-Za-z+/]{43}=$/)
    const ours = parseSigningKey(signing)
    const theirs = parseVerifyingKey(verifying)
    if (ours.scheme !== 'v1a' || theirs.scheme !== 'v1a') throw new Error('wrong scheme')
    const content = Buffer.from('content')
    expect(verify(null, content, theirs.publicKey, sign(null, content, ours.privateKey))).toBe(true)
  })

  it('are read from the seed alone as well', () => {
    // RFC 8032, section 7.1, test 1.
    const seed = ['9d61b19deffd5a60ba844af492ec2cc4', '4449c5697b326919703bac031cae7f60'].join('')
    const key = parseSigningKey(`whsk_${Buffer.from(seed, 'hex').toString('base64')}`)
    if (key.scheme !== 'v1a') throw new Error('wrong scheme')
    expect(sign(null, Buffer.alloc(0), key.privateKey).toString('hex')).toMatch(/^e5564300c360ac72/)
  })

  it('are refused where the halves of a private key differ, or the length is wrong', () => {
    const bytes = Buffer.from(newKeyPair().signing.slice(5), 'base64')
    bytes[63] = (bytes[63] ?? 0) ^ 1
    expect(() => parseSigningKey(`whsk_${bytes.toString('base64')}`)).toThrow('second half')
    for (const length of [0, 31, 33, 63]) {
      expect(() => parseSigningKey(`whsk_${base64(length)}`)).toThrow('32 or 64 bytes')
      expect(() => parseVerifyingKey(`whpk_${base64(length)}`)).toThrow('32 bytes')
    }
  })

  it('are not taken for each other', () => {
    const { signing, verifying } = newKeyPair()
    expect(() => parseVerifyingKey(signing)).toThrow(InvalidWebhookKey)
    expect(() => parseSigningKey(verifying)).toThrow(InvalidWebhookKey)
    const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })
    expect(() => parseVerifyingKey(String(pem))).toThrow(InvalidWebhookKey)
  })

  it('do not appear in the message', () => {
    const { signing } = newKeyPair()
    expect(() => parseVerifyingKey(signing)).not.toThrow(signing.slice(10, 20))
  })
})
