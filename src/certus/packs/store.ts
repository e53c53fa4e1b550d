// SQL of evidence packs.
import { join, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Facts } from './facts.ts'
import { type Reader, reachConditions } from './reach.ts'
import type { EvidenceQuery, Stored } from './schema.ts'
import type { Shown } from './signed.ts'

export interface Row extends Shown {
  envelope: string
  log_index: number
}

export type WholeRow = Row & Facts

export type NewPack = WholeRow & { organizationId: string; content: Buffer }

/** The time of the database, so that the log's order and the times' are one. */
export async function now(tx: Tx): Promise<string> {
  const { now: time } = await tx.one<{ now: string }>(sql`
    select date_trunc('milliseconds', clock_timestamp()) as now`)
  return time
}

export async function insert(tx: Tx, pack: NewPack): Promise<Stored> {
  const { organizationId } = pack
  await tx.run(sql`insert into evidence_repositories (organization_id, slug)
    values (${organizationId}, ${pack.repository}) on conflict do nothing`)
  const stored = await tx.one<Stored>(sql`
    insert into evidence_packs
      (organization_id, id, scan_id, repository, branch, commit_hash, pull_request, scanned_at,
       key_id, signed_hash, digest, claimed_grade, claimed_score, computed, grade, severities,
       controls, weaknesses, control_results, frameworks, envelope, log_index, stored_at)
    values (${organizationId}, ${pack.id}, ${pack.scan_id}, ${pack.repository}, ${pack.branch},
      ${pack.commit}, ${pack.pull_request}, ${pack.scanned_at}, ${pack.key_id},
      ${pack.signed_hash}, ${pack.digest}, ${pack.claimed_grade}, ${pack.claimed_score},
      ${JSON.stringify(pack.computed)}, ${pack.grade}, ${JSON.stringify(pack.severities)},
      ${JSON.stringify(pack.controls)}, ${JSON.stringify(pack.weaknesses)},
      ${JSON.stringify(pack.control_results)}, ${pack.frameworks}, ${pack.envelope},
      ${pack.log_index}, ${pack.stored_at})
    returning scan_id, stored_at as stored_timestamp`)
  await tx.run(sql`insert into evidence_contents (organization_id, pack_id, body)
    values (${organizationId}, ${pack.id}, ${pack.content})`)
  return stored
}

/** Null also where it is out of the reader's reach. */
export async function find(tx: Tx, reader: Reader, id: string): Promise<WholeRow | null> {
  const all = [
    sql`organization_id = ${reader.organizationId}`,
    sql`id = ${id}`,
    ...reachConditions(reader),
  ]
  return tx.maybe<WholeRow>(sql`select ${columns}, weaknesses, control_results from evidence_packs
    where ${join(all, ' and ')}`)
}

/** What stays of a pack that was removed. */
export interface Tombstone {
  repository: string
  digest: string
  log_index: number
  leaf_hash: string
  stored_at: string
  removed_at: string
}

export async function tombstone(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<Tombstone | null> {
  return tx.maybe<Tombstone>(sql`select repository, encode(digest, 'hex') as digest,
      log_index::float8 as log_index, encode(leaf_hash, 'base64') as leaf_hash, stored_at,
      removed_at
    from evidence_tombstones where organization_id = ${organizationId} and pack_id = ${id}`)
}

export async function content(tx: Tx, organizationId: string, id: string): Promise<Buffer | null> {
  const row = await tx.maybe<{ body: Buffer }>(sql`select body from evidence_contents
    where organization_id = ${organizationId} and pack_id = ${id}`)
  return row?.body ?? null
}

/** What was logged last first. */
export async function list(
  tx: Tx,
  reader: Reader,
  query: EvidenceQuery,
): Promise<{ rows: Row[]; total: number }> {
  const where = conditions(reader, query)
  const rows = await tx.rows<Row>(sql`select ${columns} from evidence_packs where ${where}
    order by log_index desc limit ${query.limit} offset ${query.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*)::integer as total from evidence_packs where ${where}`,
  )
  return { rows, total }
}

/** As the organization wrote the repository's name first; null where there is none like it. */
export async function spellingOf(
  tx: Tx,
  organizationId: string,
  slug: string,
): Promise<string | null> {
  const row = await tx.maybe<{ slug: string }>(sql`select slug from evidence_repositories
    where organization_id = ${organizationId} and lower(slug) = lower(${slug})
    order by slug <> ${slug}, created_at limit 1`)
  return row?.slug ?? null
}

/** In whichever case. */
function named(organizationId: string, slug: string): Sql {
  return sql`repository in (select slug from evidence_repositories
    where organization_id = ${organizationId} and lower(slug) = lower(${slug}))`
}

function conditions(reader: Reader, query: EvidenceQuery): Sql {
  const all = [sql`organization_id = ${reader.organizationId}`, ...reachConditions(reader)]
  if (query.repository !== undefined) all.push(named(reader.organizationId, query.repository))
  if (query.from !== undefined) all.push(sql`stored_at >= ${query.from}`)
  if (query.to !== undefined) all.push(sql`stored_at < ${query.to}`)
  if (query.framework !== undefined) all.push(sql`${query.framework} = any(frameworks)`)
  if (query.grade !== undefined) all.push(sql`grade = ${query.grade}`)
  return join(all, ' and ')
}

export const columns = sql`id, scan_id, repository, branch, commit_hash as commit, pull_request,
  scanned_at, key_id, signed_hash, digest, claimed_grade, claimed_score, computed, grade,
  severities, controls, frameworks, envelope, log_index::float8 as log_index, stored_at`
