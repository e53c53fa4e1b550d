// SQL of invitations. They are found by their token across tenants; all else is the tenant's.
import { createHash } from 'node:crypto'
import { sql, type Tx } from '../../platform/db.ts'
import { offsetOf, type PageQuery } from '../paging.ts'
import type { Role } from '../users/roles.ts'

const validDays = 7

export interface InvitationRow {
  organization_id: string
  id: string
  email: string
  role: Role
  workspace_ids: string[]
  created_by: string
  /** Made by a credential, as the organization has nobody yet. */
  for_first_owner: boolean
  created_at: string
  expires_at: string
  status: 'pending' | 'accepted' | 'revoked' | 'expired'
}

export interface NewInvitation {
  organizationId: string
  id: string
  email: string
  role: Role
  workspaceIds: readonly string[]
  token: string
  createdBy: string
  forFirstOwner?: boolean
}

export async function insert(tx: Tx, made: NewInvitation): Promise<InvitationRow> {
  return tx.one<InvitationRow>(sql`
    insert into invitations
      (organization_id, id, email, role, workspace_ids, hash, created_by, for_first_owner,
       expires_at)
    values (${made.organizationId}, ${made.id}, ${made.email}, ${made.role},
      ${made.workspaceIds}, ${invitationHash(made.token)}, ${made.createdBy},
      ${made.forFirstOwner ?? false}, now() + ${validDays} * interval '1 day')
    returning ${columns}`)
}

export async function list(
  tx: Tx,
  organizationId: string,
  query: PageQuery,
): Promise<{ rows: InvitationRow[]; total: number }> {
  const rows = await tx.rows<InvitationRow>(sql`select ${columns} from invitations
    where organization_id = ${organizationId} order by created_at desc, id
    limit ${query.limit} offset ${offsetOf(query)}`)
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total
    from invitations where organization_id = ${organizationId}`)
  return { rows, total }
}

/** Null where none of that id is pending. */
export async function revoke(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<InvitationRow | null> {
  return tx.maybe<InvitationRow>(sql`update invitations set revoked_at = now()
    where organization_id = ${organizationId} and id = ${id} and ${pending} returning ${columns}`)
}

/** Across tenants. Null where it is not pending. */
export async function findByHash(tx: Tx, hash: Buffer): Promise<InvitationRow | null> {
  return tx.maybe<InvitationRow>(
    sql`select ${columns} from invitations where hash = ${hash} and ${pending}`,
  )
}

/**
 * Across tenants. Whether the credential that let the first owner in still stands: a person who
 * operates the installation, or a key or client.
 */
export async function makerStands(tx: Tx, { created_by: id }: InvitationRow): Promise<boolean> {
  const row = await tx.maybe(sql`
    select from api_keys where id = ${id} and revoked_at is null and deactivated_at is null
      and (expires_at is null or expires_at > now())
    union all select from oauth_clients where id = ${id} and deleted_at is null
      and (expires_at is null or expires_at > now())
    union all select from memberships m join organizations o on o.id = m.organization_id
      where m.user_id::text = ${id} and o.is_first and m.role = 'owner'`)
  return row !== null
}

/** Within the tenant. Of those for a first owner, the last one alone counts. */
export async function revokeForFirstOwner(tx: Tx, organizationId: string): Promise<void> {
  await tx.run(sql`update invitations set revoked_at = now()
    where organization_id = ${organizationId} and for_first_owner and ${pending}`)
}

/** Within the tenant. False where somebody was faster. */
export async function accept(tx: Tx, organizationId: string, id: string): Promise<boolean> {
  const changed = await tx.run(sql`update invitations set accepted_at = now()
    where organization_id = ${organizationId} and id = ${id} and ${pending}`)
  return changed === 1
}

export async function isMember(tx: Tx, organizationId: string, email: string): Promise<boolean> {
  const row = await tx.maybe(sql`select from memberships m join users u on u.id = m.user_id
    where m.organization_id = ${organizationId} and lower(u.email) = lower(${email})`)
  return row !== null
}

/** What is kept of a token. */
export function invitationHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

const pending = sql`accepted_at is null and revoked_at is null and expires_at > now()`

const columns = sql`organization_id, id, email, role, workspace_ids, created_by, created_at,
  for_first_owner, expires_at, case when accepted_at is not null then 'accepted'
    when revoked_at is not null then 'revoked'
    when expires_at <= now() then 'expired' else 'pending' end as status`
