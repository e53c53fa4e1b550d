// What the chain of audit rows is made of: each hash covers a row, its number and the hash before
// it, and a checkpoint is a signature over number and hash of a row.
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { canonicalJson } from './canonical.ts'

/** One audit row as it is hashed and exported; times are RFC 3339 with milliseconds, in UTC. */
export interface ChainedEvent {
  id: string
  at: string
  actor: unknown
  action: string
  object_type: string
  object_id: string
  address: string | null
  request_id: string | null
  result: string
  details: unknown
}

export interface Checkpoint {
  organization_id: string
  seq: number
  /** Hexadecimal. */
  hash: string
  at: string
  key_id: string
}

/** Stands before the first row. */
export const firstPrevious: string = '0'.repeat(64)

/** Hexadecimal SHA-256. Throws TooDeep. */
export function chainHash(link: {
  organizationId: string
  seq: number
  previous: string
  event: ChainedEvent
}): string {
  const { organizationId, seq, previous, event } = link
  const text = canonicalJson({ organization_id: organizationId, seq, previous, event })
  return createHash('sha256').update(text).digest('hex')
}

/** Base64url. */
export function signCheckpoint(checkpoint: Checkpoint, key: KeyObject): string {
  return sign(null, signedBytes(checkpoint), key).toString('base64url')
}

export function checkpointHolds(
  checkpoint: Checkpoint,
  signature: string,
  publicKey: Uint8Array,
): boolean {
  const bytes = Buffer.from(signature, 'base64url')
  return bytes.length === 64 && verify(null, signedBytes(checkpoint), toKey(publicKey), bytes)
}

/** Names a public key by its content, so that no other can pass for it. */
export function keyId(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('base64url')
}

/** The prefix keeps a signature of ours from meaning anything elsewhere. */
function signedBytes({ organization_id, seq, hash, at, key_id }: Checkpoint): Buffer {
  const fields = { organization_id, seq, hash, at, key_id }
  return Buffer.from(`panthera audit checkpoint 1\n${canonicalJson(fields)}`)
}

function toKey(publicKey: Uint8Array): KeyObject {
  const x = Buffer.from(publicKey).toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}
