// Random keys that belong to one tenant and one purpose, made when first asked for. They are kept
// sealed and not derived from the master key, because what they keyed must outlive its change.
import { randomBytes } from 'node:crypto'
import { sql, type Tx } from './db.ts'
import type { Secrets } from './secrets.ts'

/** Answers 32 bytes, the same for every call with one purpose. Runs within the tenant. */
export async function tenantKey(
  tx: Tx,
  secrets: Secrets,
  place: { organizationId: string; purpose: string },
): Promise<Buffer> {
  const { organizationId, purpose } = place
  const context = `organization/${organizationId}/key/${purpose}`
  await tx.run(sql`insert into tenant_keys (organization_id, purpose, sealed)
    values (${organizationId}, ${purpose}, ${secrets.seal(randomBytes(32), context)})
    on conflict do nothing`)
  const { sealed } = await tx.one<{ sealed: Buffer }>(sql`select sealed from tenant_keys
    where organization_id = ${organizationId} and purpose = ${purpose}`)
  return secrets.open(sealed, context)
}
