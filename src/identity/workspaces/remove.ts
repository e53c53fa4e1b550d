// Deletes a workspace: what opened it ends with it, and nobody is left without a place. Everything
// else of an organization belongs to all of it, and stays.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { errors } from '../errors.ts'
import { announceRevocation } from '../revocations.ts'
import { requireUserPermission } from '../users/authority.ts'
import { type EndedCredentials, endCredentialsOf } from '../users/credentials.ts'
import * as members from '../users/members-store.ts'
import type { DeletedWorkspace } from './schema.ts'
import * as store from './store.ts'

const namedMax = 100

/** Within the tenant. Throws 403, 404, or 409 for the default one and one that is all some have. */
export async function removeWorkspace(
  tx: Tx,
  origin: Origin,
  id: string,
): Promise<DeletedWorkspace> {
  const { organizationId } = origin.caller
  await members.lock(tx, organizationId)
  await requireUserPermission(tx, origin.caller, 'manage_users')
  // Waits for whoever makes a key in it.
  const found = await store.hold(tx, organizationId, id)
  if (found === null) throw errors.problem('workspace_not_found')
  if (found.is_default) {
    throw errors.problem('workspace_in_use', {
      message: 'The default workspace stays as long as the organization',
      details: { default: true },
    })
  }
  const stranded = await onlyHere(tx, organizationId, id)
  if (stranded.length > 0) throw errors.problem('workspace_in_use', { details: { stranded } })
  const { deleted_at } = await store.remove(tx, organizationId, id)
  const revoked_invitations = await leaveInvitations(tx, organizationId, id)
  const { keys, clients } = await endCredentialsOf(tx, organizationId, sql`workspace_id = ${id}`)
  const ids = (ended: EndedCredentials['keys'] | EndedCredentials['clients']) =>
    ended.map((credential) => credential.id)
  await appendAudit(tx, origin, {
    action: 'workspace.deleted',
    objectType: 'workspace',
    objectId: id,
    details: {
      name: found.name,
      revoked_keys: ids(keys),
      deleted_clients: ids(clients),
      revoked_invitations,
    },
  })
  // What nodes know of a key holds the list of workspaces, also where no key ended.
  await announceRevocation(tx)
  return {
    id,
    name: found.name,
    status: 'deleted',
    deletedAt: deleted_at,
    revokedKeys: keys,
    deletedClients: clients,
    revokedInvitations: revoked_invitations,
  }
}

/** Owners and admins are in every workspace; the others need one that is left. */
async function onlyHere(tx: Tx, organizationId: string, id: string) {
  return tx.rows<{ id: string; email: string }>(sql`
    select u.id, u.email from workspace_members x
      join memberships m on m.organization_id = x.organization_id and m.user_id = x.user_id
      join users u on u.id = x.user_id
     where x.organization_id = ${organizationId} and x.workspace_id = ${id}
       and m.role not in ('owner', 'admin')
       and not exists (select from workspace_members y
         where y.organization_id = x.organization_id and y.user_id = x.user_id
           and y.workspace_id <> ${id})
     order by u.email limit ${namedMax}`)
}

/** Those that lead nowhere else are revoked; answers their ids. */
async function leaveInvitations(tx: Tx, organizationId: string, id: string): Promise<string[]> {
  const revoked = await tx.rows<{ id: string }>(sql`update invitations
      set revoked_at = now()
    where organization_id = ${organizationId} and accepted_at is null and revoked_at is null
      and role not in ('owner', 'admin') and workspace_ids = array[${id}]::text[] returning id`)
  await tx.run(sql`update invitations set workspace_ids = array_remove(workspace_ids, ${id})
    where organization_id = ${organizationId} and accepted_at is null and revoked_at is null
      and ${id} = any(workspace_ids)`)
  return revoked.map((row) => row.id)
}
