// SQL of what AuthZEN asks: principals by their names, and candidates of searches in one order.
import { empty, sql, type Tx } from '../../platform/db.ts'
import type { PrincipalType } from '../policy/names.ts'

export interface PrincipalName {
  type: PrincipalType
  name: string
}

export interface NamedPrincipal extends PrincipalName {
  id: string
  status: string
  /** `connector`: the id that it has in a system that is connected. */
  by: 'id' | 'external_id' | 'connector' | 'account' | 'email'
}

export async function findNamed(
  tx: Tx,
  organizationId: string,
  names: readonly PrincipalName[],
): Promise<NamedPrincipal[]> {
  const types = names.map(({ type }) => type)
  const texts = names.map(({ name }) => name)
  return tx.rows<NamedPrincipal>(sql`
    with wanted as (select * from unnest(${types}::text[], ${texts}::text[]) as w (type, name)),
      addressed as (select type, name, name as address from wanted
        union select type, name, lower(name) from wanted)
    select w.type, w.name, p.id, p.status, 'id' as by from wanted w
      join principals p on p.organization_id = ${organizationId} and p.id = w.name
        and p.type = w.type and p.deleted_at is null
    union all
    select w.type, w.name, p.id, p.status,
      case when p.connector_source is null then 'external_id' else 'connector' end from wanted w
      join principals p on p.organization_id = ${organizationId} and p.external_id = w.name
        and p.type = w.type and p.deleted_at is null
    union all
    select w.type, w.name, p.id, p.status,
      case when p.user_id is null then 'email' else 'account' end from addressed w
      join principals p on p.organization_id = ${organizationId} and p.email = w.address
        and p.type = w.type and p.deleted_at is null`)
}

export interface Page {
  /** Those behind this one; null: from the first. */
  after: string | null
  count: number
}

export interface SubjectRow {
  id: string
  /** The organization's own name for it, where that means no other. */
  external_id: string | null
}

export async function listSubjects(
  tx: Tx,
  organizationId: string,
  { type, after, count }: Page & { type: PrincipalType },
): Promise<SubjectRow[]> {
  return tx.rows<SubjectRow>(sql`
    select id, case when connector_source is null then external_id end as external_id
      from principals
     where organization_id = ${organizationId} and type = ${type} and deleted_at is null
       ${after === null ? empty : sql`and id > ${after}`}
     order by id limit ${count}`)
}

export async function listResources(
  tx: Tx,
  organizationId: string,
  { type, after, count }: Page & { type: string },
): Promise<{ id: string }[]> {
  return tx.rows<{ id: string }>(sql`
    select id from resources
     where organization_id = ${organizationId} and type = ${type}
       ${after === null ? empty : sql`and id > ${after}`}
     order by id limit ${count}`)
}
