// The keys that speak for a principal, and who may stop or start what they carry.
import { sql, type Tx } from '../../platform/db.ts'
import { common, type Problem } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { holds, type Surface } from '../../platform/permissions.ts'
import { errors } from '../errors.ts'
import { mustReach } from '../keys/bounds.ts'
import { ownersMax } from './owners.ts'

export interface HeldKey {
  id: string
  name: string
  surface: Surface
  scopes: string[]
  ip_allow: string[]
  workspace_id: string
  expires_at: string | null
  /** False while it is switched off. */
  active: boolean
}

/** Those that are neither revoked nor expired, the newest first. */
export function keysOf(tx: Tx, organizationId: string, principalId: string): Promise<HeldKey[]> {
  return tx.rows<HeldKey>(sql`
    select id, name, surface, scopes, ip_allow, workspace_id, expires_at,
      deactivated_at is null as active from api_keys
     where organization_id = ${organizationId} and principal_id = ${principalId}
       and revoked_at is null and (expires_at is null or expires_at > now())
     order by created_at desc, id limit 100`)
}

/**
 * Whoever stops or starts a principal stops or starts its credentials and those of all that it
 * owns, and nobody does that to what is stronger: each key must be within the caller's reach, a
 * member takes an administrator of the organization. Throws 403.
 */
export async function requireControl(
  tx: Tx,
  caller: Caller,
  principal: { id: string; user_id: string | null },
): Promise<void> {
  const { workspaceId } = reachOf(caller)
  if (principal.user_id !== null) {
    if (!holds(caller.scopes, 'admin:console')) {
      throw common.problem('forbidden', { details: { scope: 'admin:console' } })
    }
    if (workspaceId !== null) throw beyondWorkspace(workspaceId)
  }
  for (const key of await keysBelow(tx, caller.organizationId, principal.id)) {
    mustReach(caller, key)
    if (workspaceId !== null && key.workspace_id !== workspaceId) throw beyondWorkspace(workspaceId)
  }
}

function beyondWorkspace(workspaceId: string): Problem {
  return errors.problem('scope_exceeds_maker', { details: { workspace_id: workspaceId } })
}

type Reached = Pick<HeldKey, 'surface' | 'scopes' | 'ip_allow' | 'workspace_id'>

/** Of a principal and of all that it owns: what they carry, each once. */
function keysBelow(tx: Tx, organizationId: string, principalId: string): Promise<Reached[]> {
  return tx.rows<Reached>(sql`
    with recursive owned (id, depth) as (
      select ${principalId}::text, 0
      union
      select p.id, owned.depth + 1 from owned
        join principals p on p.organization_id = ${organizationId} and p.owner_id = owned.id
          and p.status <> 'terminated'
       where owned.depth <= ${ownersMax})
    select distinct k.surface, k.scopes, k.ip_allow, k.workspace_id from api_keys k
     where k.organization_id = ${organizationId} and k.principal_id in (select id from owned)
       and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`)
}

/** For good. Answers their ids. Announced by the caller. */
export async function endKeys(
  tx: Tx,
  organizationId: string,
  principalId: string,
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`update api_keys set revoked_at = now()
    where organization_id = ${organizationId} and principal_id = ${principalId}
      and revoked_at is null returning id`)
  return rows.map(({ id }) => id)
}

/** Until the end of the transaction nobody else becomes or ceases to be one of the last owners. */
export async function keepAnOwner(tx: Tx, organizationId: string, userId: string): Promise<void> {
  const other = await tx.maybe(sql`select from memberships m
    where m.organization_id = ${organizationId} and m.role = 'owner' and m.user_id <> ${userId}
      and not is_suspended(m.organization_id, m.user_id)`)
  const own = await tx.maybe(sql`select from memberships
    where organization_id = ${organizationId} and user_id = ${userId} and role = 'owner'`)
  if (own !== null && other === null) throw errors.problem('last_owner')
}
