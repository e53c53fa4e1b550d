// Who answers for whom: a chain of owners without circles, short enough to be walked at each use.
import { sql, type Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Status } from './schema.ts'

/** Above a principal, and so in the `act` of a token. */
export const ownersMax = 5

/** Throws 400. `owned`: null for one that is about to be created. Within the tenant. */
export async function checkOwner(
  tx: Tx,
  organizationId: string,
  { owned, owner }: { owned: string | null; owner: string },
): Promise<void> {
  await lock(tx, organizationId)
  const chain = await above(tx, organizationId, owner)
  const [first] = chain
  if (first === undefined || first.deleted) {
    throw invalidField('owner', 'is not a principal of this organization')
  }
  if (first.status === 'terminated') throw invalidField('owner', 'is terminated')
  if (chain.some(({ id }) => id === owned)) {
    throw invalidField('owner', 'is owned, at some remove, by this principal itself')
  }
  const below = owned === null ? 0 : await heightBelow(tx, organizationId, owned)
  if (chain.length + below > ownersMax) {
    throw invalidField('owner', `would make a chain of more than ${ownersMax} owners`)
  }
}

interface Owner {
  id: string
  status: Status
  deleted: boolean
}

/** Two changes at once could close a circle that neither of them sees. */
async function lock(tx: Tx, organizationId: string): Promise<void> {
  const name = `panthera.owners ${organizationId}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

function above(tx: Tx, organizationId: string, id: string): Promise<Owner[]> {
  return tx.rows<Owner>(sql`
    with recursive chain (id, owner_id, status, deleted_at, depth) as (
      select id, owner_id, status, deleted_at, 1 from principals
       where organization_id = ${organizationId} and id = ${id}
      union all
      select o.id, o.owner_id, o.status, o.deleted_at, chain.depth + 1 from chain
        join principals o on o.organization_id = ${organizationId} and o.id = chain.owner_id
       where chain.depth <= ${ownersMax})
    select id, status, deleted_at is not null as deleted from chain order by depth`)
}

/** How many steps down the longest line of those that it owns goes. */
async function heightBelow(tx: Tx, organizationId: string, id: string): Promise<number> {
  const { height } = await tx.one<{ height: number }>(sql`
    with recursive owned (id, depth) as (
      select ${id}::text, 0
      union
      select p.id, owned.depth + 1 from owned
        join principals p on p.organization_id = ${organizationId} and p.owner_id = owned.id
       where owned.depth <= ${ownersMax})
    select max(depth) as height from owned`)
  return height
}
