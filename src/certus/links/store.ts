// SQL of links to code hosts.
import { sql, type Tx } from '../../platform/db.ts'
import type { ChangeLink, Link } from './schema.ts'

/** A link as deliveries and checks need it. */
export interface KnownLink extends Link {
  organization_id: string
  sealed_secret: Buffer | null
}

export interface NewLink extends Pick<Link, 'id' | 'provider' | 'installation_id' | 'name'> {
  organizationId: string
  branches: Link['branches']
  minimum_grade: Link['minimum_grade']
  sealedSecret: Buffer | null
  createdBy: string
}

/** Null where the installation belongs to somebody already. */
export async function insert(tx: Tx, made: NewLink): Promise<Link | null> {
  return tx.maybe<Link>(sql`
    insert into code_host_links
      (organization_id, id, provider, installation_id, name, sealed_secret, branches,
       minimum_grade, created_by)
    values (${made.organizationId}, ${made.id}, ${made.provider}, ${made.installation_id},
      ${made.name}, ${made.sealedSecret}, ${made.branches}, ${made.minimum_grade},
      ${made.createdBy})
    on conflict do nothing returning ${columns}`)
}

export async function list(tx: Tx, organizationId: string): Promise<Link[]> {
  return tx.rows<Link>(sql`select ${columns} from code_host_links
    where organization_id = ${organizationId} order by created_at, id limit 1000`)
}

export async function count(tx: Tx, organizationId: string): Promise<number> {
  const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from code_host_links
    where organization_id = ${organizationId}`)
  return n
}

/** Within the tenant, or across tenants. */
export async function find(tx: Tx, id: string): Promise<KnownLink | null> {
  return tx.maybe<KnownLink>(sql`select ${known} from code_host_links where id = ${id}`)
}

/** Across tenants. */
export async function findInstallation(tx: Tx, id: string): Promise<KnownLink | null> {
  return tx.maybe<KnownLink>(sql`select ${known} from code_host_links
    where installation_id = ${id}`)
}

export async function change(
  tx: Tx,
  place: { organizationId: string; id: string },
  wanted: ChangeLink,
): Promise<Link | null> {
  return tx.maybe<Link>(sql`
    update code_host_links set name = coalesce(${wanted.name ?? null}, name),
      branches = coalesce(${wanted.branches ?? null}, branches),
      minimum_grade = coalesce(${wanted.minimum_grade ?? null}, minimum_grade)
     where organization_id = ${place.organizationId} and id = ${place.id} returning ${columns}`)
}

export async function remove(tx: Tx, organizationId: string, id: string): Promise<Link | null> {
  return tx.maybe<Link>(sql`delete from code_host_links
    where organization_id = ${organizationId} and id = ${id} returning ${columns}`)
}

const columns = sql`id, provider, installation_id, name, branches, minimum_grade, created_at`
const known = sql`organization_id, id, provider, installation_id, name, branches, minimum_grade,
  created_at, sealed_secret`
