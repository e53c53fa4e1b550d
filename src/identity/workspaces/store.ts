// SQL of workspaces and who is in them, within the tenant.
import { sql, type Tx } from '../../platform/db.ts'
import type { WorkspaceMember } from './schema.ts'

export interface WorkspaceRow {
  id: string
  name: string
  is_default: boolean
  created_at: string
}

/** The default one first. */
export async function list(tx: Tx, organizationId: string): Promise<WorkspaceRow[]> {
  return tx.rows<WorkspaceRow>(sql`select ${columns} from workspaces
    where organization_id = ${organizationId} and deleted_at is null
    order by is_default desc, created_at, id limit 1000`)
}

export async function find(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<WorkspaceRow | null> {
  return tx.maybe<WorkspaceRow>(sql`select ${columns} from workspaces
    where organization_id = ${organizationId} and id = ${id} and deleted_at is null`)
}

/** Null where there are as many as there may be. */
export async function insert(
  tx: Tx,
  made: { organizationId: string; id: string; name: string; countMax: number },
): Promise<WorkspaceRow | null> {
  const { organizationId, id, name, countMax } = made
  // What nodes know of a key holds the list of workspaces: this makes them look again.
  await tx.run(sql`update revocation_version set version = version + 1`)
  return tx.maybe<WorkspaceRow>(sql`insert into workspaces (organization_id, id, name)
    select ${organizationId}, ${id}, ${name}
     where (select count(*) from workspaces
       where organization_id = ${organizationId} and deleted_at is null) < ${countMax}
    returning ${columns}`)
}

export async function rename(
  tx: Tx,
  named: { organizationId: string; id: string; name: string },
): Promise<WorkspaceRow | null> {
  return tx.maybe<WorkspaceRow>(sql`update workspaces set name = ${named.name}
    where organization_id = ${named.organizationId} and id = ${named.id} and deleted_at is null
    returning ${columns}`)
}

/** Until the end of the transaction nobody makes a credential in it. */
export async function hold(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<WorkspaceRow | null> {
  return tx.maybe<WorkspaceRow>(sql`select ${columns} from workspaces
    where organization_id = ${organizationId} and id = ${id} and deleted_at is null
    for no key update`)
}

export async function remove(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<{ deleted_at: string }> {
  await tx.run(sql`delete from workspace_members
    where organization_id = ${organizationId} and workspace_id = ${id}`)
  return tx.one(sql`update workspaces set deleted_at = now()
    where organization_id = ${organizationId} and id = ${id} returning deleted_at`)
}

/** Owners and admins are in all of them. */
export async function members(
  tx: Tx,
  organizationId: string,
  workspaceId: string,
): Promise<WorkspaceMember[]> {
  return tx.rows<WorkspaceMember>(sql`select u.id, u.email, u.name, m.role
    from memberships m join users u on u.id = m.user_id
    where m.organization_id = ${organizationId} and (m.role in ('owner', 'admin')
      or exists (select from workspace_members x where x.organization_id = ${organizationId}
        and x.workspace_id = ${workspaceId} and x.user_id = m.user_id))
    order by lower(u.email), u.id limit 10000`)
}

export async function addMember(
  tx: Tx,
  place: { organizationId: string; workspaceId: string; userId: string },
): Promise<void> {
  await tx.run(sql`insert into workspace_members (organization_id, workspace_id, user_id)
    values (${place.organizationId}, ${place.workspaceId}, ${place.userId})
    on conflict do nothing`)
}

export async function removeMember(
  tx: Tx,
  place: { organizationId: string; workspaceId: string; userId: string },
): Promise<void> {
  await tx.run(sql`delete from workspace_members where organization_id = ${place.organizationId}
    and workspace_id = ${place.workspaceId} and user_id = ${place.userId}`)
}

const columns = sql`id, name, is_default, created_at`
