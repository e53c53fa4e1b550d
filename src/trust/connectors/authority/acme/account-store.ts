// SQL of our accounts with ACME servers. The key stands in its row before the server knows of it.
import { sql, type Tx } from '../../../../platform/db.ts'

export interface AuthorityPlace {
  organizationId: string
  authorityId: number
}

export interface AccountRow {
  id: string
  sealedKey: Buffer
  url: string | null
}

export async function findAccount(
  tx: Tx,
  { organizationId, authorityId }: AuthorityPlace,
  directoryUrl: string,
): Promise<AccountRow | null> {
  return tx.maybe<AccountRow>(sql`select id, sealed_key as "sealedKey", url
    from acme_client_accounts where organization_id = ${organizationId}
      and authority_id = ${authorityId} and directory_url = ${directoryUrl}
      and ended_at is null`)
}

/** The first of two that make one at a time wins. */
export async function insertAccount(
  tx: Tx,
  { organizationId, authorityId }: AuthorityPlace,
  made: { id: string; directoryUrl: string; sealedKey: Buffer },
): Promise<void> {
  await tx.run(sql`insert into acme_client_accounts
      (organization_id, authority_id, id, directory_url, sealed_key)
    values (${organizationId}, ${authorityId}, ${made.id}, ${made.directoryUrl},
      ${made.sealedKey}) on conflict do nothing`)
}

export async function setAccountUrl(
  tx: Tx,
  { organizationId, authorityId }: AuthorityPlace,
  { id, url }: { id: string; url: string },
): Promise<void> {
  await tx.run(sql`update acme_client_accounts set url = ${url}
    where organization_id = ${organizationId} and authority_id = ${authorityId} and id = ${id}`)
}

export async function endAccount(
  tx: Tx,
  { organizationId, authorityId }: AuthorityPlace,
  id: string,
): Promise<void> {
  await tx.run(sql`update acme_client_accounts set ended_at = now()
    where organization_id = ${organizationId} and authority_id = ${authorityId} and id = ${id}`)
}
