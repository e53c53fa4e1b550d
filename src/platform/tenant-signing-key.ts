// An Ed25519 key (RFC 8032) that belongs to one tenant and one purpose. Its seed is one of the
// tenant's own keys, so it is wrapped by the master key and outlives a change of it.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { Tx } from './db.ts'
import type { Secrets } from './secrets.ts'
import { tenantKey } from './tenant-keys.ts'

export interface TenantSigningKey {
  privateKey: KeyObject
  /** 32 bytes. */
  publicKey: Buffer
}

/** PKCS #8 of an Ed25519 key up to its seed (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The same for every call with one purpose. Runs within the tenant. */
export async function tenantSigningKey(
  tx: Tx,
  secrets: Secrets,
  place: { organizationId: string; purpose: string },
): Promise<TenantSigningKey> {
  const key = Buffer.concat([pkcs8Head, await tenantKey(tx, secrets, place)])
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { privateKey, publicKey: Buffer.from(x, 'base64url') }
}
