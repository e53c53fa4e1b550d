// Principals as decisions see them: entities in Cedar, with the owners above them.
import { sql, type Tx } from '../../platform/db.ts'
import type { Attributes } from '../attributes.ts'
import type { CedarJson, Entity, EntityUid } from '../policy/json.ts'
import { groupUid, type PrincipalType, principalUid, toCedarRecord } from '../policy/names.ts'
import type { Status } from './schema.ts'

export interface StoredPrincipal {
  id: string
  type: PrincipalType
  name: string
  email: string | null
  status: Status
  attributes: Attributes
  groups: readonly string[]
  owner: string | null
}

/** With the owners above it, the nearest first. */
export interface FoundPrincipal extends StoredPrincipal {
  owners: readonly StoredPrincipal[]
  /** The worst status of all of these: one that is not active may do nothing. */
  standing: Status
}

/** Null where there is none; also for one that is deleted. Within the tenant. */
export async function readPrincipal(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<FoundPrincipal | null> {
  return (await readPrincipals(tx, organizationId, [id])).get(id) ?? null
}

/** By id, those that there are. Within the tenant. */
export async function readPrincipals(
  tx: Tx,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, FoundPrincipal>> {
  const rows = await tx.rows<StoredPrincipal & { asked: string }>(sql`
    with recursive chain (asked, id, owner_id, depth) as (
      select id, id, owner_id, 0 from principals
       where organization_id = ${organizationId} and id = any(${ids}::text[])
         and deleted_at is null
      union all
      select chain.asked, o.id, o.owner_id, chain.depth + 1 from chain
        join principals o on o.organization_id = ${organizationId} and o.id = chain.owner_id
       where chain.depth < ${chainMax})
    select chain.asked, p.id, p.type, p.name, p.email, p.status, p.attributes, p.groups,
      p.owner_id as owner
    from chain join principals p on p.organization_id = ${organizationId} and p.id = chain.id
    order by chain.asked, chain.depth`)
  const chains = Map.groupBy(rows, ({ asked }) => asked)
  return new Map(
    [...chains].flatMap(([id, [first, ...owners]]) =>
      first === undefined ? [] : [[id, { ...first, owners, standing: worst([first, ...owners]) }]],
    ),
  )
}

/** More than `ownersMax`, which bounds them where they are set. */
const chainMax = 16

function worst(chain: readonly StoredPrincipal[]): Status {
  const order: readonly Status[] = ['terminated', 'suspended', 'active']
  return order.find((status) => chain.some((each) => each.status === status)) ?? 'active'
}

/** The principal's entity and those of its owners. */
export function principalEntity(principal: FoundPrincipal): Entity[] {
  return [principal, ...principal.owners].map((each, at, chain) => entity(each, chain[at + 1]))
}

function entity(principal: StoredPrincipal, owner: StoredPrincipal | undefined): Entity {
  const { id, type, name, email, status, groups } = principal
  const uid = principalUid(type, id)
  const attrs: Record<string, CedarJson> = {
    ...toCedarRecord(principal.attributes, 'attributes'),
    id,
    type,
    name,
    status,
    groups,
  }
  if (email !== null) attrs.email = email
  else delete attrs.email
  if (owner === undefined) delete attrs.owner
  else attrs.owner = reference(principalUid(owner.type, owner.id))
  return { uid, attrs, parents: groups.map(groupUid) }
}

function reference(uid: EntityUid): CedarJson {
  return { __entity: { type: uid.type, id: uid.id } }
}
