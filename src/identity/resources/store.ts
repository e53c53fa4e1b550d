// SQL of resources, within the tenant.
import { empty, sql, type Tx } from '../../platform/db.ts'
import type { Attributes } from '../attributes.ts'

export interface ResourceRow {
  type: string
  id: string
  attributes: Attributes
  parents: string[]
  owner: string | null
  created_at: string
  updated_at: string
}

export interface Named {
  type: string
  id: string
}

export interface NewResource extends Named {
  organizationId: string
  attributes: Attributes
  parents: readonly string[]
  owner: string | null
}

export async function put(tx: Tx, made: NewResource): Promise<ResourceRow> {
  return tx.one<ResourceRow>(sql`
    insert into resources as r (organization_id, type, id, attributes, parents, owner_id)
    values (${made.organizationId}, ${made.type}, ${made.id}, ${JSON.stringify(made.attributes)},
      ${made.parents}, ${made.owner})
    on conflict (organization_id, type, id) do update
      set attributes = excluded.attributes, parents = excluded.parents,
        owner_id = excluded.owner_id, updated_at = now()
    returning ${columns}`)
}

export async function find(
  tx: Tx,
  organizationId: string,
  { type, id }: Named,
): Promise<ResourceRow | null> {
  return tx.maybe<ResourceRow>(sql`select ${columns} from resources r
    where r.organization_id = ${organizationId} and r.type = ${type} and r.id = ${id}`)
}

/** Answers whether there was one. */
export async function remove(
  tx: Tx,
  organizationId: string,
  { type, id }: Named,
): Promise<boolean> {
  const gone = await tx.run(sql`delete from resources
    where organization_id = ${organizationId} and type = ${type} and id = ${id}`)
  return gone > 0
}

export async function list(
  tx: Tx,
  organizationId: string,
  { type, limit, offset }: { type?: string | undefined; limit: number; offset: number },
): Promise<{ rows: ResourceRow[]; total: number }> {
  const where = sql`where r.organization_id = ${organizationId}
    ${type === undefined ? empty : sql`and r.type = ${type}`}`
  const order =
    type === undefined ? sql`order by r.created_at desc, r.type, r.id` : sql`order by r.id`
  const rows = await tx.rows<ResourceRow>(sql`select ${columns} from resources r ${where}
    ${order} limit ${limit} offset ${offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from resources r ${where}`,
  )
  return { rows, total }
}

/** Those of the names (`type:id`) that there are. */
export async function findAll(
  tx: Tx,
  organizationId: string,
  names: readonly Named[],
): Promise<ResourceRow[]> {
  const types = names.map(({ type }) => type)
  const ids = names.map(({ id }) => id)
  return tx.rows<ResourceRow>(sql`select ${columns} from resources r
    where r.organization_id = ${organizationId}
      and (r.type, r.id) in (select * from unnest(${types}::text[], ${ids}::text[]))`)
}

/** Two changes at once could close a circle that neither of them sees. */
export async function lock(tx: Tx, organizationId: string): Promise<void> {
  const name = `panthera.resources ${organizationId}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

const columns = sql`r.type, r.id, r.attributes, r.parents, r.owner_id as owner, r.created_at,
  r.updated_at`
