// The seal of a submission: HMAC-SHA-256 (RFC 2104) over the canonical JSON (RFC 8785) of all
// but `signed_hash`, as 64 lower-case hex digits. Its key is the evidence secret as it was shown:
// the UTF-8 bytes of the text, never decoded.
import { hmacSha256, sameBytes, sha256 } from './crypto.ts'
import { canonicalJson } from './json/canonical.ts'
import type { JsonObject } from './json/read.ts'

const encoder = new TextEncoder()

/** What is sealed: the bytes over which seal, digest and signatures are made. */
export function sealedBytes(submission: JsonObject): Uint8Array {
  const { signed_hash: _, ...content } = submission
  return encoder.encode(canonicalJson(content))
}

/** 64 lower-case hex digits. */
export function sealOf(sealed: Uint8Array, secret: string): string {
  return hex(hmacSha256(encoder.encode(secret), sealed))
}

export function sealHolds(sealed: Uint8Array, secret: string, signedHash: string): boolean {
  return sameBytes(encoder.encode(sealOf(sealed, secret)), encoder.encode(signedHash))
}

/** SHA-256 of what is sealed, 64 lower-case hex digits: the name of the content. */
export function digestOf(sealed: Uint8Array): string {
  return hex(sha256(sealed))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
