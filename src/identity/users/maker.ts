// Who makes a key or a client must still be somebody who may, in the very transaction that makes
// it: what is made in the instant in which its maker is removed would outlive them.
import { type Sql, sql, type Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { errors } from '../errors.ts'
import { roleOf } from './authority.ts'
import { isInEveryWorkspace } from './roles.ts'

/**
 * Within the tenant, before anything else is locked. Holds the maker's membership and workspace as
 * they are, so that whoever takes one away waits, and then finds and ends what was made. Throws 401
 * where the credential has ended meanwhile, 403 where the person behind it lost the right, 404 for
 * the workspace.
 */
export async function requireMaker(tx: Tx, caller: Caller): Promise<void> {
  const { organizationId, workspaceId } = caller
  const person = caller.session?.userId ?? (await personOf(tx, caller))
  if (person !== null) {
    const role = await roleOf(tx, organizationId, person)
    if (role === null || !isInEveryWorkspace(role)) {
      throw common.problem('forbidden', {
        message: 'Whoever stands behind these credentials may make no others any more',
      })
    }
  }
  const workspace = await tx.maybe(sql`select from workspaces
    where organization_id = ${organizationId} and id = ${workspaceId} and deleted_at is null
    for share`)
  if (workspace === null) throw errors.problem('workspace_not_found')
}

/** Null: the credential is the organization's own. */
async function personOf(tx: Tx, { organizationId, actor }: Caller): Promise<string | null> {
  const table = tables[actor.kind]
  if (table === undefined) return null
  const live = await tx.maybe<{ person_id: string | null }>(sql`
    select person_id from ${table} where organization_id = ${organizationId} and id = ${actor.id}
      and (expires_at is null or expires_at > now())`)
  if (live === null) throw common.problem('unauthorized')
  return live.person_id
}

const tables: Readonly<Record<string, Sql>> = {
  key: sql`(select organization_id, id, person_id, expires_at from api_keys
    where revoked_at is null and deactivated_at is null) as live`,
  client: sql`(select organization_id, id, person_id, expires_at from oauth_clients
    where deleted_at is null) as live`,
}
