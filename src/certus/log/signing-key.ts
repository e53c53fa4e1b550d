// The Ed25519 key with which an organization's packs and its log are signed. Its seed is one of the
// tenant's own keys, so it is wrapped by the master key and outlives a change of it.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { Tx } from '../../platform/db.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { tenantKey } from '../../platform/tenant-keys.ts'
import type { EnvelopeSigner } from '../seal/envelope.ts'

/** PKCS #8 of an Ed25519 key up to its seed (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Within the tenant. */
export async function evidenceSigner(
  tx: Tx,
  secrets: Secrets,
  organizationId: string,
): Promise<EnvelopeSigner> {
  const seed = await tenantKey(tx, secrets, { organizationId, purpose: 'evidence-signing' })
  const key = Buffer.concat([pkcs8Head, seed])
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return {
    publicKey: Buffer.from(x, 'base64url'),
    sign: (message) => sign(null, message, privateKey),
  }
}
