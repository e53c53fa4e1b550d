// Who sent a delivery: GitHub and Bitbucket sign its bytes, GitLab signs as Standard Webhooks does
// or sends the secret itself.
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { webhookRejection } from '../../platform/webhooks/signature.ts'
import { parseVerifyingKey } from '../../platform/webhooks/signing-key.ts'

/** `X-Hub-Signature-256: sha256=<hex>` over the body's bytes. */
export function hubSignatureHolds(
  header: string | string[] | undefined,
  bytes: Uint8Array,
  secret: string,
): boolean {
  const [, hex] = /^sha256=([0-9a-f]{64})$/i.exec(typeof header === 'string' ? header : '') ?? []
  if (hex === undefined) return false
  return timingSafeEqual(
    createHmac('sha256', secret).update(bytes).digest(),
    Buffer.from(hex, 'hex'),
  )
}

/** @param now Unix milliseconds */
export function gitlabSignatureHolds(
  headers: IncomingHttpHeaders,
  bytes: Uint8Array,
  { secret, now }: { secret: string; now: number },
): boolean {
  const signature = textOf(headers['webhook-signature'])
  if (signature === null) return sameText(textOf(headers['x-gitlab-token']) ?? '', secret)
  const received = {
    id: textOf(headers['webhook-id']),
    timestamp: textOf(headers['webhook-timestamp']),
    signature,
    body: bytes,
  }
  return webhookRejection(received, [parseVerifyingKey(secret)], { now }) === null
}

function textOf(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && header !== '' ? header : null
}

/** In constant time: digests have one length, whatever was sent. */
function sameText(given: string, expected: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', expected, 'buffer'))
}
