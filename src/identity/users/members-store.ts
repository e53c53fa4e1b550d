// SQL of the people of an organization, within its tenant.
import { empty, sql, type Tx } from '../../platform/db.ts'
import { offsetOf } from '../paging.ts'
import type { MemberQuery } from './members-schema.ts'
import type { Role } from './roles.ts'

export interface MemberRow {
  id: string
  email: string
  name: string | null
  role: Role
  workspace_ids: string[]
  joined_at: string
}

export async function list(
  tx: Tx,
  organizationId: string,
  query: MemberQuery,
): Promise<{ rows: MemberRow[]; total: number }> {
  const { search } = query
  const matching =
    search === undefined
      ? empty
      : sql`and (position(lower(${search}) in lower(u.email)) > 0
          or position(lower(${search}) in lower(coalesce(u.name, ''))) > 0)`
  const from = sql`from memberships m join users u on u.id = m.user_id
    where m.organization_id = ${organizationId} ${matching}`
  const rows = await tx.rows<MemberRow>(sql`select ${columns} ${from}
    order by lower(u.email), u.id limit ${query.limit} offset ${offsetOf(query)}`)
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total ${from}`)
  return { rows, total }
}

export async function find(
  tx: Tx,
  organizationId: string,
  userId: string,
): Promise<MemberRow | null> {
  return tx.maybe<MemberRow>(sql`select ${columns} from memberships m
    join users u on u.id = m.user_id
    where m.organization_id = ${organizationId} and m.user_id = ${userId}`)
}

/** Until the end of the transaction nobody else changes who is in the organization, and as what. */
export async function lock(tx: Tx, organizationId: string): Promise<void> {
  const name = `panthera.members ${organizationId}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

/** Waits for whoever makes keys as this member, so that what they make is found and ended. */
export async function holdMember(tx: Tx, organizationId: string, userId: string): Promise<void> {
  await tx.rows(sql`select from memberships
    where organization_id = ${organizationId} and user_id = ${userId} for update`)
}

export async function owners(tx: Tx, organizationId: string): Promise<string[]> {
  const rows = await tx.rows<{ user_id: string }>(sql`select user_id from memberships
    where organization_id = ${organizationId} and role = 'owner'`)
  return rows.map((row) => row.user_id)
}

/** Those who can act: a suspended owner owns nothing meanwhile. */
export async function activeOwners(tx: Tx, organizationId: string): Promise<string[]> {
  const rows = await tx.rows<{ user_id: string }>(sql`select user_id from memberships
    where organization_id = ${organizationId} and role = 'owner'
      and not is_suspended(organization_id, user_id)`)
  return rows.map((row) => row.user_id)
}

export async function defaultWorkspace(tx: Tx, organizationId: string): Promise<string> {
  const { id } = await tx.one<{ id: string }>(sql`select id from workspaces
    where organization_id = ${organizationId} and is_default`)
  return id
}

export async function setRole(
  tx: Tx,
  { organizationId, userId, role }: { organizationId: string; userId: string; role: Role },
): Promise<void> {
  await tx.run(sql`update memberships set role = ${role}
    where organization_id = ${organizationId} and user_id = ${userId}`)
}

export async function remove(tx: Tx, organizationId: string, userId: string): Promise<void> {
  await tx.run(sql`delete from memberships
    where organization_id = ${organizationId} and user_id = ${userId}`)
}

/** The first of the ids that is no workspace of the organization; null where all are. */
export async function unknownWorkspace(
  tx: Tx,
  organizationId: string,
  ids: readonly string[],
): Promise<string | null> {
  const row = await tx.maybe<{ id: string }>(sql`
    select wanted.id from unnest(${ids}::text[]) as wanted (id)
     where not exists (select from workspaces w
       where w.organization_id = ${organizationId} and w.id = wanted.id
         and w.deleted_at is null) limit 1`)
  return row?.id ?? null
}

export async function setWorkspaces(
  tx: Tx,
  placed: { organizationId: string; userId: string; ids: readonly string[] },
): Promise<void> {
  const { organizationId, userId, ids } = placed
  await tx.run(sql`delete from workspace_members
    where organization_id = ${organizationId} and user_id = ${userId}
      and not workspace_id = any(${ids}::text[])`)
  await tx.run(sql`insert into workspace_members (organization_id, workspace_id, user_id)
    select ${organizationId}, w.id, ${userId} from workspaces w
     where w.organization_id = ${organizationId} and w.id = any(${ids}::text[])
       and w.deleted_at is null on conflict do nothing`)
}

/** Across tenants. */
export async function withSecondFactor(tx: Tx, userIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ user_id: string }>(sql`select user_id from user_totp
    where user_id = any(${userIds}) and confirmed_at is not null`)
  return new Set(rows.map((row) => row.user_id))
}

const columns = sql`u.id, u.email, u.name, m.role, m.created_at as joined_at,
  array(select x.workspace_id from workspace_members x
    where x.organization_id = m.organization_id and x.user_id = m.user_id
    order by x.workspace_id) as workspace_ids`
