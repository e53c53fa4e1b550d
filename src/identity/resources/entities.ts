// Resources as decisions see them: entities in Cedar, with all that they are in.
import type { Tx } from '../../platform/db.ts'
import type { Attributes } from '../attributes.ts'
import type { CedarJson, Entity } from '../policy/json.ts'
import { principalUid, readResource, resourceUid, toCedarRecord } from '../policy/names.ts'
import { type FoundPrincipal, principalEntity, readPrincipals } from '../principals/entities.ts'
import { ancestorsOf, decidedMax } from './ancestors.ts'
import { find, type Named } from './store.ts'

export interface StoredResource extends Named {
  attributes: Attributes
  /** `type:id` each. */
  parents: readonly string[]
  owner: string | null
}

export interface FoundResource extends StoredResource {
  ancestors: readonly StoredResource[]
  /** Those of it and of its ancestors, by id. */
  owners: ReadonlyMap<string, FoundPrincipal>
  /** Where false there is more above it than was read: what forbids could be there. */
  complete: boolean
}

/** Null where nothing is stored of it. Within the tenant. */
export async function readStoredResource(
  tx: Tx,
  organizationId: string,
  name: Named,
): Promise<FoundResource | null> {
  const row = await find(tx, organizationId, name)
  if (row === null) return null
  const { rows: ancestors, beyond } = await ancestorsOf(tx, organizationId, {
    parents: row.parents,
    max: decidedMax,
  })
  const ids = [row, ...ancestors].flatMap(({ owner }) => (owner === null ? [] : [owner]))
  const owners =
    ids.length === 0 ? new Map() : await readPrincipals(tx, organizationId, [...new Set(ids)])
  return { ...row, ancestors, owners, complete: !beyond }
}

/** The resource's entity, those of its ancestors, and those of the owners of all of these. */
export function resourceEntity(resource: FoundResource): Entity[] {
  const { ancestors, owners } = resource
  const own = [resource, ...ancestors].map((each) => entity(each, owners))
  const people = new Map<string, Entity>()
  for (const owner of owners.values()) {
    for (const each of principalEntity(owner)) people.set(each.uid.id, each)
  }
  return [...own, ...people.values()]
}

function entity(resource: StoredResource, owners: FoundResource['owners']): Entity {
  const { type, id } = resource
  const attrs: Record<string, CedarJson> = {
    ...toCedarRecord(resource.attributes, 'attributes'),
    type,
    id,
  }
  const owner = resource.owner === null ? undefined : owners.get(resource.owner)
  if (owner !== undefined) {
    const uid = principalUid(owner.type, owner.id)
    attrs.owner = { __entity: { type: uid.type, id: uid.id } }
  }
  const parents = resource.parents.flatMap((text) => {
    const name = readResource(text)
    return name === null ? [] : [resourceUid(name.type, name.id)]
  })
  return { uid: resourceUid(type, id), attrs, parents }
}
