// SQL of principals, within the tenant.
import { join, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import type { Attributes } from '../attributes.ts'
import type { PrincipalType } from '../policy/names.ts'
import type { Status } from './schema.ts'

export interface PrincipalRow {
  id: string
  type: PrincipalType
  status: Status
  name: string
  email: string | null
  description: string | null
  attributes: Attributes
  groups: string[]
  metadata: Attributes
  owner: string | null
  connector_source: string | null
  external_id: string | null
  /** The member that it stands for. */
  user_id: string | null
  created_at: string
  updated_at: string
  last_login: string | null
}

export type NewPrincipal = Omit<
  PrincipalRow,
  'user_id' | 'created_at' | 'updated_at' | 'last_login'
> & { organizationId: string; createdBy: string }

/** Null where its source has one of that external id. */
export async function insert(tx: Tx, made: NewPrincipal): Promise<PrincipalRow | null> {
  return tx.maybe<PrincipalRow>(sql`
    insert into principals as p
      (organization_id, id, type, status, name, email, description, attributes, groups, metadata,
       owner_id, connector_source, external_id, created_by)
    values (${made.organizationId}, ${made.id}, ${made.type}, ${made.status}, ${made.name},
      ${made.email}, ${made.description}, ${JSON.stringify(made.attributes)}, ${made.groups},
      ${JSON.stringify(made.metadata)}, ${made.owner}, ${made.connector_source},
      ${made.external_id}, ${made.createdBy})
    on conflict do nothing returning ${columns}`)
}

export async function find(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<PrincipalRow | null> {
  return tx.maybe<PrincipalRow>(sql`select ${columns} from principals p
    where ${named(organizationId, id)}`)
}

/** Locked against others who change it. */
export async function findForChange(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<PrincipalRow | null> {
  return tx.maybe<PrincipalRow>(sql`select ${columns} from principals p
    where ${named(organizationId, id)} for no key update`)
}

/** All that may change of it. Null where its source has another of that external id. */
export async function update(
  tx: Tx,
  organizationId: string,
  row: PrincipalRow,
): Promise<PrincipalRow | null> {
  const changed = tx.one<PrincipalRow>(sql`
    update principals p set status = ${row.status}, name = ${row.name}, email = ${row.email},
      description = ${row.description}, attributes = ${JSON.stringify(row.attributes)},
      groups = ${row.groups}, metadata = ${JSON.stringify(row.metadata)}, owner_id = ${row.owner},
      connector_source = ${row.connector_source}, external_id = ${row.external_id},
      updated_at = now()
    where ${named(organizationId, row.id)} returning ${columns}`)
  return changed.catch((error: unknown) => {
    // Of two changes at once the second finds out only here.
    if ((error as { code?: unknown }).code === uniqueViolation) return null
    throw error
  })
}

const uniqueViolation = '23505'

export async function remove(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<{ deleted_at: string }> {
  return tx.one<{ deleted_at: string }>(sql`
    update principals p set status = 'terminated', deleted_at = now(), updated_at = now()
    where ${named(organizationId, id)} returning deleted_at`)
}

export interface PrincipalFilter {
  types?: readonly PrincipalType[] | undefined
  statuses?: readonly Status[] | undefined
  connector?: string | undefined
  query?: string | undefined
  groups?: readonly string[] | undefined
  owner?: string | undefined
  attributes?: Readonly<Record<string, unknown>> | undefined
}

export async function list(
  tx: Tx,
  organizationId: string,
  { filter, limit, offset }: { filter: PrincipalFilter; limit: number; offset: number },
): Promise<{ rows: PrincipalRow[]; total: number }> {
  const where = sql`where ${join(conditions(organizationId, filter), ' and ')}`
  const { query, attributes, groups } = filter
  const isSearch = query !== undefined || attributes !== undefined || groups !== undefined
  if (isSearch) return search(tx, where, { limit, offset })
  // Only of the page itself is more than its place in the order looked up.
  const rows = await tx.rows<PrincipalRow>(sql`select ${columns} from (
      select p.organization_id, p.id from principals p ${where}
       order by p.created_at desc, p.id limit ${limit} offset ${offset}) as page
    join principals p using (organization_id, id) order by p.created_at desc, p.id`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from principals p ${where}`,
  )
  return { rows, total }
}

/** Each row is looked at once for both the page and the total: no index serves such a look. */
async function search(
  tx: Tx,
  where: Sql,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ rows: PrincipalRow[]; total: number }> {
  const found = await tx.rows<{ total: number; ids: string[] }>(sql`
    with matching as materialized (select p.id, p.created_at from principals p ${where})
    select (select count(*) from matching) as total, array(select id from matching
      order by created_at desc, id limit ${limit} offset ${offset}) as ids`)
  const { total, ids } = found[0] ?? { total: 0, ids: [] }
  if (ids.length === 0) return { rows: [], total }
  const rows = await tx.rows<PrincipalRow>(sql`select ${columns} from principals p
    ${where} and p.id = any(${ids}::text[]) order by p.created_at desc, p.id`)
  return { rows, total }
}

function conditions(organizationId: string, filter: PrincipalFilter): Sql[] {
  const { types, statuses, connector, query, groups, owner } = filter
  const all: Sql[] = [sql`p.organization_id = ${organizationId} and p.deleted_at is null`]
  if (types !== undefined) all.push(anyOf(sql`p.type`, types))
  if (statuses !== undefined) all.push(anyOf(sql`p.status`, statuses))
  if (connector !== undefined) all.push(sql`p.connector_source = ${connector}`)
  if (owner !== undefined) all.push(sql`p.owner_id = ${owner}`)
  if (groups !== undefined) all.push(sql`p.groups @> ${groups}::text[]`)
  if (query !== undefined) {
    const text = sql`lower(concat_ws(e'\n', p.name, p.email, p.description, p.id, p.external_id))`
    all.push(sql`position(lower(${query}) in ${text}) > 0`)
  }
  for (const [name, value] of Object.entries(filter.attributes ?? {})) {
    const choices = (Array.isArray(value) ? value : [value]).flatMap((choice: unknown) => [
      sql`p.attributes @> ${JSON.stringify({ [name]: choice })}::jsonb`,
      sql`p.attributes @> ${JSON.stringify({ [name]: [choice] })}::jsonb`,
    ])
    all.push(sql`(${join(choices, ' or ')})`)
  }
  return all
}

/** One value as an equation, so that its index serves. */
function anyOf(column: Sql, values: readonly string[]): Sql {
  const [first] = values
  return values.length === 1 ? sql`${column} = ${first}` : sql`${column} = any(${values}::text[])`
}

function named(organizationId: string, id: string): Sql {
  return sql`p.organization_id = ${organizationId} and p.id = ${id} and p.deleted_at is null`
}

/**
 * Whom a credential speaks for: a key's principal, or the person who is logged in or made the
 * client. Null where there is nobody.
 */
export async function principalOfMaker(
  tx: Tx,
  { organizationId, principalId, actor, session }: Caller,
): Promise<string | null> {
  if (principalId !== undefined) return principalId
  const person =
    session === undefined
      ? sql`(select c.person_id from oauth_clients c
          where c.organization_id = ${organizationId} and c.id = ${actor.id})`
      : sql`${session.userId}`
  const found = await tx.maybe<{ id: string }>(sql`select id from principals
    where organization_id = ${organizationId} and user_id = ${person} and deleted_at is null
      and status <> 'terminated'`)
  return found?.id ?? null
}

/** Until the end of the transaction nobody else turns or moves it: what was read of it holds. */
export async function lock(tx: Tx, organizationId: string, id: string): Promise<void> {
  const name = `panthera.principal ${organizationId} ${id}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

const columns = sql`p.id, p.type, p.status, p.name, p.email, p.description, p.attributes, p.groups,
  p.metadata, p.owner_id as owner, p.connector_source, p.external_id, p.user_id, p.created_at,
  p.updated_at, greatest(p.last_login, (select max(k.last_used_at) from api_keys k
    where k.organization_id = p.organization_id and k.principal_id = p.id)) as last_login`
