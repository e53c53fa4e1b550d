// The HMAC key of evidence packs that belongs to an API key of Certus. Identity makes it with the
// key, Certus checks seals with it; those of revoked keys are kept, so that old packs still verify.
// What no API key sent is sealed with a secret of the organization, made when it is needed.
import { sql, type Tx } from './db.ts'
import type { Secrets } from './secrets.ts'
import { tenantKey } from './tenant-keys.ts'

/** In the place of an API key's id; no key is called so. */
export const organizationKeyId = 'organization'

/** Ties a sealed evidence secret to its key. */
export function evidenceContext(organizationId: string, keyId: string): string {
  return `organization/${organizationId}/key/${keyId}/evidence`
}

/** The secret as it was shown; null where the key has none. Within the tenant. */
export async function evidenceSecret(
  tx: Tx,
  secrets: Secrets,
  { organizationId, keyId }: { organizationId: string; keyId: string },
): Promise<string | null> {
  if (keyId === organizationKeyId) {
    const place = { organizationId, purpose: 'evidence-secret' }
    return (await tenantKey(tx, secrets, place)).toString('base64url')
  }
  const key = await tx.maybe<{ sealed: Buffer | null }>(sql`
    select sealed_evidence_secret as sealed from api_keys
     where organization_id = ${organizationId} and id = ${keyId}`)
  if (key === null || key.sealed === null) return null
  return secrets.open(key.sealed, evidenceContext(organizationId, keyId)).toString()
}
