// Keys that were revoked as compromised: none of them is certified again, under whatever id.
import { sql, type Tx } from '../../platform/db.ts'

/** Whoever revokes such a key meanwhile waits until the transaction has ended. */
export async function isCompromised(
  tx: Tx,
  organizationId: string,
  publicKeySha256: Buffer,
): Promise<boolean> {
  const name = lockName(organizationId, publicKeySha256)
  await tx.rows(sql`select pg_advisory_xact_lock_shared(hashtextextended(${name}, 0))`)
  const found = await tx.maybe(sql`select 1 as one from certificate_versions
    where organization_id = ${organizationId} and public_key_sha256 = ${publicKeySha256}
      and revocation_reason = 1 limit 1`)
  return found !== null
}

/** Before keys are told compromised: waits for those who are about to certify one of them. */
export async function lockKeys(
  tx: Tx,
  organizationId: string,
  keys: readonly Buffer[],
): Promise<void> {
  const names = new Set(keys.map((key) => lockName(organizationId, key)))
  for (const name of [...names].toSorted()) {
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
  }
}

function lockName(organizationId: string, publicKeySha256: Buffer): string {
  return `trust.key ${organizationId} ${publicKeySha256.toString('hex')}`
}
