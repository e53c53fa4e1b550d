// What the owners of an agent may do themselves, where they have credentials here.
import { sql, type Tx } from '../../platform/db.ts'
import { type Role, scopesOf } from '../users/roles.ts'

/** Those of each owner that is a member or has had keys; the others bound nothing. */
export async function ownersScopes(
  tx: Tx,
  organizationId: string,
  owners: readonly string[],
): Promise<(readonly string[])[]> {
  if (owners.length === 0) return []
  const rows = await tx.rows<{ role: Role | null; scopes: string[] | null }>(sql`
    select m.role, (select coalesce(array_agg(distinct scope) filter (where k.revoked_at is null
        and k.deactivated_at is null and (k.expires_at is null or k.expires_at > now())), '{}')
      from api_keys k cross join unnest(k.scopes || ''::text) as scope
      where k.organization_id = p.organization_id and k.principal_id = p.id
      having count(*) > 0) as scopes
    from principals p
    left join memberships m on m.organization_id = p.organization_id and m.user_id = p.user_id
    where p.organization_id = ${organizationId} and p.id = any(${owners}::text[])`)
  return rows.flatMap(({ role, scopes }) => {
    if (role !== null) return [scopesOf(role, 'console')]
    return scopes === null ? [] : [scopes]
  })
}
