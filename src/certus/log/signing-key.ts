// The key with which an organization's packs and its log are signed.
import { sign } from 'node:crypto'
import type { Tx } from '../../platform/db.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { tenantSigningKey } from '../../platform/tenant-signing-key.ts'
import type { EnvelopeSigner } from '../seal/envelope.ts'

/** Within the tenant. */
export async function evidenceSigner(
  tx: Tx,
  secrets: Secrets,
  organizationId: string,
): Promise<EnvelopeSigner> {
  const place = { organizationId, purpose: 'evidence-signing' }
  const { publicKey, privateKey } = await tenantSigningKey(tx, secrets, place)
  return { publicKey, sign: (message) => sign(null, message, privateKey) }
}
