// The key with which an organization's checkpoints are signed.
import type { Tx } from '../db.ts'
import type { Secrets } from '../secrets.ts'
import { type TenantSigningKey, tenantSigningKey } from '../tenant-signing-key.ts'
import { keyId } from './chain.ts'

export interface SigningKey extends TenantSigningKey {
  id: string
}

/** Within the tenant. */
export async function auditSigningKey(
  tx: Tx,
  secrets: Secrets,
  organizationId: string,
): Promise<SigningKey> {
  const key = await tenantSigningKey(tx, secrets, { organizationId, purpose: 'audit-checkpoints' })
  return { id: keyId(key.publicKey), ...key }
}
