// The bytes of a delivery, bounded, and what they say.
import { isUtf8 } from 'node:buffer'
import { common } from '../../platform/errors.ts'
import type { RawBody } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'

/** GitHub sends no larger ones. */
const bytesMax = 25 * 1024 * 1024

/** What webhooks of all three hosts are sent as. */
export const deliveryTypes: readonly string[] = [
  'application/json',
  'application/x-www-form-urlencoded',
]

/** Throws 413. */
export async function bytesOf(body: RawBody | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > bytesMax) throw common.problem('too_large', { details: { bytes_max: bytesMax } })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Throws 400. GitHub also knows forms, with the document in their field `payload`. */
export function payloadOf(bytes: Buffer, contentType: string | undefined): unknown {
  if (!isUtf8(bytes)) throw invalidField('body', 'must be UTF-8')
  const isForm = contentType?.startsWith('application/x-www-form-urlencoded') ?? false
  const text = bytes.toString()
  try {
    return JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text) as unknown
  } catch {
    throw invalidField(isForm ? 'payload' : 'body', 'must be JSON')
  }
}
