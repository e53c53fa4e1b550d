// Who operates the installation: owners of its first organization, and the keys and clients that
// come of them. What is kept to one workspace does not, whatever its scopes say.
import { enterSystem, enterTenant, sql, type Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { errors } from '../errors.ts'
import { roleOf } from '../users/authority.ts'

/** In the system transaction of the work. Throws 403. */
export async function requireOperator(tx: Tx, caller: Caller): Promise<void> {
  const { firstOrganization, organizationId, organizationWide } = caller
  if (!firstOrganization || organizationWide !== true) {
    throw errors.problem('not_first_organization')
  }
  await enterTenant(tx, organizationId)
  const role = await roleOf(tx, organizationId, await personBehind(tx, caller))
  if (role !== 'owner') throw errors.problem('not_first_organization')
  await enterSystem(tx)
}

const chainMax = 100
const userId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * A key acts for the person who made it, or who made the key that made it: asked at each use, so
 * that who is no owner any more operates nothing through keys. Null where nobody is found.
 */
async function personBehind(tx: Tx, { organizationId, actor }: Caller): Promise<string | null> {
  const { id } = await tx.one<{ id: string }>(sql`
    with recursive made (id, depth) as (
      select ${actor.id}::text, 0
      union all
      select coalesce(k.created_by, c.created_by), made.depth + 1 from made
        left join api_keys k on k.organization_id = ${organizationId} and k.id = made.id
        left join oauth_clients c on c.organization_id = ${organizationId} and c.id = made.id
       where made.depth < ${chainMax} and coalesce(k.created_by, c.created_by) is not null)
    select id from made order by depth desc limit 1`)
  return userId.test(id) ? id : null
}
