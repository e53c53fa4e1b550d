// The Ed25519 key with which an organization's checkpoints are signed. Its seed is one of the
// tenant's own keys, so it is wrapped by the master key and outlives a change of it.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { Tx } from '../db.ts'
import type { Secrets } from '../secrets.ts'
import { tenantKey } from '../tenant-keys.ts'
import { keyId } from './chain.ts'

export interface SigningKey {
  id: string
  privateKey: KeyObject
  /** 32 bytes. */
  publicKey: Buffer
}

/** PKCS #8 of an Ed25519 key up to its seed (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Within the tenant. */
export async function auditSigningKey(
  tx: Tx,
  secrets: Secrets,
  organizationId: string,
): Promise<SigningKey> {
  const seed = await tenantKey(tx, secrets, { organizationId, purpose: 'audit-checkpoints' })
  const key = Buffer.concat([pkcs8Head, seed])
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const publicKey = Buffer.from(x, 'base64url')
  return { id: keyId(publicKey), privateKey, publicKey }
}
