// Signatures of Standard Webhooks 1.0.0, for what we send and for what is sent to us alike.
import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto'
import type { SigningKey, VerifyingKey } from './signing-key.ts'

export interface WebhookMessage {
  /** Stays the same over all attempts: receivers recognise a repetition by it. */
  id: string
  /** When this attempt is made, in Unix seconds. */
  timestamp: number
  /** The exact bytes that are sent. */
  body: string | Uint8Array
}

/**
 * The three headers of a message. With several keys, as while a secret is being rotated, it carries
 * a signature by each. Throws RangeError on an id that could be read in two ways, and without keys.
 */
export function signedHeaders(
  message: WebhookMessage,
  keys: readonly SigningKey[],
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  if (!idForm.test(message.id)) {
    throw new RangeError('A webhook id has 1 to 128 letters, digits, "_" and "-", and no dot')
  }
  if (!Number.isSafeInteger(message.timestamp) || message.timestamp < 0) {
    throw new RangeError('A webhook timestamp is a whole number of seconds')
  }
  if (keys.length === 0 || keys.length > keysMax) {
    throw new RangeError(`A webhook is signed by 1 to ${keysMax} keys`)
  }
  const content = signedContent(message.id, String(message.timestamp), message.body)
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': keys.map((key) => signature(content, key)).join(' '),
  }
}

export interface ReceivedWebhook {
  /** The headers as received; null where one is missing. */
  id: string | null
  timestamp: string | null
  signature: string | null
  body: string | Uint8Array
}

export type WebhookRejection = 'malformed' | 'too_old' | 'too_new' | 'no_matching_signature'

/**
 * Null where one of the signatures is by one of the keys and the timestamp is within the tolerance.
 *
 * @param clock.now Unix time in milliseconds
 */
export function webhookRejection(
  received: ReceivedWebhook,
  keys: readonly VerifyingKey[],
  { now, toleranceMs = 300_000 }: { now: number; toleranceMs?: number },
): WebhookRejection | null {
  const { id, timestamp, signature: header } = received
  if (id === null || timestamp === null || header === null) return 'malformed'
  if (!idForm.test(id) || !/^(0|[1-9]\d{0,11})$/.test(timestamp)) return 'malformed'
  if (header.length > 4096) return 'malformed'
  const ageMs = now - Number(timestamp) * 1000
  if (ageMs > toleranceMs) return 'too_old'
  if (ageMs < -toleranceMs) return 'too_new'
  const content = signedContent(id, timestamp, received.body)
  const signatures = header.split(' ').slice(0, signaturesMax)
  const trusted = signatures.some((each) => keys.some((key) => isBy(each, content, key)))
  return trusted ? null : 'no_matching_signature'
}

const keysMax = 8
const signaturesMax = 16
/** No dot, since dots separate what is signed. */
const idForm = /^[0-9A-Za-z_-]{1,128}$/

function signedContent(id: string, timestamp: string, body: string | Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from(`${id}.${timestamp}.`),
    typeof body === 'string' ? Buffer.from(body) : body,
  ])
}

function signature(content: Buffer, key: SigningKey): string {
  const bytes =
    key.scheme === 'v1' ? hmac(content, key.secret) : sign(null, content, key.privateKey)
  return `${key.scheme},${bytes.toString('base64')}`
}

/** Versions that we do not know are no error: a sender may be ahead of us. */
function isBy(text: string, content: Buffer, key: VerifyingKey): boolean {
  const prefix = `${key.scheme},`
  if (!text.startsWith(prefix)) return false
  const bytes = Buffer.from(text.slice(prefix.length), 'base64')
  if (key.scheme === 'v1a') return verify(null, content, key.publicKey, bytes)
  return bytes.length === 32 && timingSafeEqual(bytes, hmac(content, key.secret))
}

function hmac(content: Buffer, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(content).digest()
}
