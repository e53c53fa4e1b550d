import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Envelope, EnvelopeFault, keyIdOf, openEnvelope, signEnvelope } from './envelope.ts'

const payloadType = 'application/vnd.in-toto+json'
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
const signer = { publicKey: raw, sign: (message: Uint8Array) => sign(null, message, privateKey) }
const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}')
const envelope = signEnvelope(payload, payloadType, signer)

describe('an envelope', () => {
  it('signs type and payload with their lengths', () => {
    const signed = `DSSEv1 28 ${payloadType} ${payload.length} ${payload}`
    const sig = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64')
    expect(verify(null, Buffer.from(signed), publicKey, sig)).toBe(true)
  })

  it('opens for its key', () => {
    expect(Buffer.from(open(envelope))).toEqual(payload)
  })

  it('is opened by one of several signatures, and keys that nobody knows do not matter', () => {
    const strange = { keyid: 'f'.repeat(64), sig: 'AAAA' }
    expect(open({ ...envelope, signatures: [strange, ...envelope.signatures] })).toBeDefined()
  })

  const [own = { keyid: '', sig: '' }] = envelope.signatures
  it.each<[string, Partial<Envelope>, string]>([
    ['another payload', { payload: Buffer.from('{}').toString('base64') }, 'bad_signature'],
    ['another type', { payloadType: 'text/plain' }, 'wrong_type'],
    ['no signature', { signatures: [] }, 'unknown_key'],
    ['a stranger’s', { signatures: [{ ...own, keyid: keyIdOf(Buffer.alloc(32)) }] }, 'unknown_key'],
    ['a short signature', { signatures: [{ ...own, sig: 'AAAA' }] }, 'bad_signature'],
    ['loose base64', { payload: `${envelope.payload} ` }, 'malformed'],
    ['too many', { signatures: Array.from({ length: 17 }, () => own) }, 'malformed'],
  ])('stays closed with %s', (_, change, code) => {
    expect(() => open({ ...envelope, ...change })).toThrow(
      expect.objectContaining({ name: EnvelopeFault.name, code }),
    )
  })
})

function open(given: Envelope): Uint8Array {
  return openEnvelope(given, { payloadType, keys: [raw] })
}
