// SQL of the keys that bind accounts to somebody.
import { sql, type Tx } from '../../platform/db.ts'
import { offsetOf, type PageQuery } from '../paging.ts'
import type { Place } from './account-store.ts'

/** The context under which a key is sealed. */
export function eabPlace(organizationId: string, id: string): string {
  return `organization/${organizationId}/acme-eab-key/${id}`
}

export interface EabKeyRow {
  id: string
  name: string
  workspaceId: string
  accountsMax: number
  accounts: number
  expiresAt: string | null
  revokedAt: string | null
  createdAt: string
}

const columns = sql`k.id, k.name, k.workspace_id as "workspaceId",
  k.accounts_max as "accountsMax", (select count(*) from acme_accounts a
    where a.organization_id = k.organization_id and a.authority_id = k.authority_id
      and a.eab_key_id = k.id) as accounts, k.expires_at as "expiresAt",
  k.revoked_at as "revokedAt", k.created_at as "createdAt"`

const inPlace = ({ organizationId, authorityId }: Place) =>
  sql`k.organization_id = ${organizationId} and k.authority_id = ${authorityId}`

/** Locked first and counted then: two accounts at once are counted one after the other. */
export async function lockEabKey(tx: Tx, place: Place, id: string) {
  const found = await tx.maybe(sql`select from acme_eab_keys k
    where ${inPlace(place)} and k.id = ${id} for no key update`)
  if (found === null) return null
  return tx.maybe<EabKeyRow & { sealedKey: Buffer; usable: boolean }>(sql`
    select ${columns}, k.sealed_key as "sealedKey",
      k.revoked_at is null and coalesce(k.expires_at > now(), true) as usable
      from acme_eab_keys k where ${inPlace(place)} and k.id = ${id}`)
}

export async function insertEabKey(
  tx: Tx,
  place: Place,
  made: Pick<EabKeyRow, 'id' | 'name' | 'workspaceId' | 'accountsMax' | 'expiresAt'> & {
    sealedKey: Buffer
    createdBy: string
  },
): Promise<EabKeyRow> {
  return tx.one<EabKeyRow>(sql`insert into acme_eab_keys as k
      (organization_id, authority_id, id, workspace_id, name, sealed_key, accounts_max,
       expires_at, created_by)
    values (${place.organizationId}, ${place.authorityId}, ${made.id}, ${made.workspaceId},
      ${made.name}, ${made.sealedKey}, ${made.accountsMax}, ${made.expiresAt},
      ${made.createdBy})
    returning ${columns}`)
}

export async function listEabKeys(tx: Tx, place: Place, page: PageQuery) {
  const data = await tx.rows<EabKeyRow>(sql`select ${columns} from acme_eab_keys k
    where ${inPlace(place)} order by k.created_at desc, k.id
    limit ${page.limit} offset ${offsetOf(page)}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from acme_eab_keys k where ${inPlace(place)}`,
  )
  return { data, total }
}

/** Null where there is no such key. */
export async function revokeEabKey(tx: Tx, place: Place, id: string): Promise<EabKeyRow | null> {
  return tx.maybe<EabKeyRow>(sql`update acme_eab_keys k
      set revoked_at = coalesce(k.revoked_at, now())
    where ${inPlace(place)} and k.id = ${id} returning ${columns}`)
}
