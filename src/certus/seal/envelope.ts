// DSSE: a signature over a payload and its type together, so that neither can be taken for another
// (secure-systems-lab/dsse, protocol 1.0). Signed with Ed25519 (RFC 8032).
import { ed25519Verifies, sha256, spkiOf } from './crypto.ts'

export interface Envelope {
  /** Standard base64 (RFC 4648 §4). */
  payload: string
  payloadType: string
  signatures: { keyid: string; sig: string }[]
}

export interface EnvelopeSigner {
  /** 32 bytes. */
  publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

export class EnvelopeFault extends Error {
  readonly code: 'malformed' | 'wrong_type' | 'unknown_key' | 'bad_signature'

  constructor(code: EnvelopeFault['code'], message: string) {
    super(message)
    this.name = 'EnvelopeFault'
    this.code = code
  }
}

/** More are never needed, and each costs a verification. */
const signaturesMax = 16

/** Names a public key: the SHA-256 of its SubjectPublicKeyInfo, 64 lower-case hex digits. */
export function keyIdOf(publicKey: Uint8Array): string {
  return Buffer.from(sha256(spkiOf(publicKey))).toString('hex')
}

export function signEnvelope(
  payload: Uint8Array,
  payloadType: string,
  signer: EnvelopeSigner,
): Envelope {
  const sig = signer.sign(preAuthentication(payloadType, payload))
  return {
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: [{ keyid: keyIdOf(signer.publicKey), sig: Buffer.from(sig).toString('base64') }],
  }
}

/**
 * The payload, once one signature by a trusted key verifies. Throws EnvelopeFault.
 *
 * @param keys trusted public keys, 32 bytes each
 */
export function openEnvelope(
  envelope: Envelope,
  trusted: { payloadType: string; keys: readonly Uint8Array[] },
): Uint8Array {
  if (envelope.payloadType !== trusted.payloadType) {
    throw new EnvelopeFault('wrong_type', `the envelope holds ${envelope.payloadType}`)
  }
  if (envelope.signatures.length > signaturesMax) {
    throw new EnvelopeFault('malformed', `the envelope has over ${signaturesMax} signatures`)
  }
  const payload = base64(envelope.payload)
  const message = preAuthentication(envelope.payloadType, payload)
  const known = new Map(trusted.keys.map((key) => [keyIdOf(key), key]))
  const ours = envelope.signatures.filter(({ keyid }) => known.has(keyid))
  if (ours.length === 0) throw new EnvelopeFault('unknown_key', 'no trusted key has signed it')
  const holds = ours.some(({ keyid, sig }) => {
    return ed25519Verifies(known.get(keyid) ?? new Uint8Array(), message, base64(sig))
  })
  if (!holds) throw new EnvelopeFault('bad_signature', 'the signature is not of this payload')
  return payload
}

/** PAE of the protocol: lengths stand before texts, so that no two pairs give the same bytes. */
function preAuthentication(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType)
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}

/** Strictly: what decodes leniently has many texts, and a changed byte must be seen. */
function base64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) {
    throw new EnvelopeFault('malformed', 'the envelope is not base64 where it must be')
  }
  return bytes
}
