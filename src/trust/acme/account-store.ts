// SQL of accounts.
import { sql, type Tx } from '../../platform/db.ts'
import { offsetOf, type PageQuery } from '../paging.ts'
import type { Jwk } from './jose.ts'

export interface Place {
  organizationId: string
  authorityId: number
}

export interface AccountRow {
  id: string
  workspaceId: string
  thumbprint: string
  jwk: Jwk
  status: 'valid' | 'deactivated' | 'revoked'
  contacts: string[]
  eabKeyId: string | null
  createdAt: string
}

const columns = sql`id, workspace_id as "workspaceId", thumbprint, jwk, status, contacts,
  eab_key_id as "eabKeyId", created_at as "createdAt"`

const inPlace = ({ organizationId, authorityId }: Place) =>
  sql`organization_id = ${organizationId} and authority_id = ${authorityId}`

export async function findAccount(tx: Tx, place: Place, id: string): Promise<AccountRow | null> {
  return tx.maybe<AccountRow>(
    sql`select ${columns} from acme_accounts where ${inPlace(place)} and id = ${id}`,
  )
}

export async function findByKey(
  tx: Tx,
  place: Place,
  thumbprint: string,
): Promise<AccountRow | null> {
  return tx.maybe<AccountRow>(sql`select ${columns} from acme_accounts
    where ${inPlace(place)} and thumbprint = ${thumbprint}`)
}

/** Null where the key has an account already. */
export async function insertAccount(
  tx: Tx,
  place: Place,
  made: Pick<AccountRow, 'id' | 'thumbprint' | 'jwk' | 'contacts' | 'eabKeyId'> & {
    workspaceId: string | null
    address: string
  },
): Promise<AccountRow | null> {
  return tx.maybe<AccountRow>(sql`
    insert into acme_accounts (organization_id, authority_id, id, workspace_id, thumbprint, jwk,
      status, contacts, eab_key_id, address)
    values (${place.organizationId}, ${place.authorityId}, ${made.id},
      coalesce(${made.workspaceId}, (select id from workspaces
        where organization_id = ${place.organizationId} and is_default)),
      ${made.thumbprint}, ${JSON.stringify(made.jwk)}, 'valid', ${made.contacts},
      ${made.eabKeyId}, ${made.address})
    on conflict do nothing returning ${columns}`)
}

export async function setContacts(tx: Tx, place: Place, id: string, contacts: string[]) {
  await tx.run(sql`update acme_accounts set contacts = ${contacts}
    where ${inPlace(place)} and id = ${id}`)
}

/** Answers false where it was closed before. */
export async function closeAccount(
  tx: Tx,
  place: Place,
  id: string,
  status: 'deactivated' | 'revoked',
): Promise<boolean> {
  const changed = await tx.run(sql`update acme_accounts set status = ${status}
    where ${inPlace(place)} and id = ${id} and status = 'valid'`)
  return changed === 1
}

/** Answers false where the key belongs to another account, or this one has changed meanwhile. */
export async function setKey(
  tx: Tx,
  place: Place,
  change: { id: string; from: string; thumbprint: string; jwk: Jwk },
): Promise<boolean> {
  const changed = await tx.run(sql`update acme_accounts
      set thumbprint = ${change.thumbprint}, jwk = ${JSON.stringify(change.jwk)}
    where ${inPlace(place)} and id = ${change.id} and thumbprint = ${change.from}
      and status = 'valid'`)
  return changed === 1
}

export async function listAccounts(tx: Tx, place: Place, page: PageQuery) {
  const data = await tx.rows<AccountRow & { certificates: number }>(sql`
    select ${columns}, (select count(*) from acme_orders o
        where o.organization_id = a.organization_id and o.account_id = a.id
          and o.status = 'valid') as certificates
      from acme_accounts a where ${inPlace(place)}
     order by created_at desc, id limit ${page.limit} offset ${offsetOf(page)}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from acme_accounts where ${inPlace(place)}`,
  )
  return { data, total }
}
