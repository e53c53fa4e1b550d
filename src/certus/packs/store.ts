// SQL of evidence packs.
import { join, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Computed, ControlResult, Counts, EvidenceQuery, Stored } from './schema.ts'
import type { Weaknesses } from './weaknesses.ts'

export interface Row {
  id: string
  scan_id: string
  repository: string
  branch: string
  commit: string
  pull_request: number | null
  scanned_at: string | null
  key_id: string
  signed_hash: string
  digest: Buffer
  claimed_grade: Computed['grade']
  claimed_score: number
  computed: Computed
  severities: Counts
  control_results: ControlResult[]
  envelope: string
  log_index: number
  stored_at: string
}

export type NewPack = Omit<Row, 'stored_at'> & {
  organizationId: string
  weaknesses: Weaknesses
  content: Buffer
}

export async function insert(tx: Tx, pack: NewPack): Promise<Stored> {
  const { organizationId } = pack
  const frameworks = [...new Set(pack.control_results.map(({ framework }) => framework))]
  await tx.run(sql`insert into evidence_repositories (organization_id, slug)
    values (${organizationId}, ${pack.repository}) on conflict do nothing`)
  const stored = await tx.one<Stored>(sql`
    insert into evidence_packs
      (organization_id, id, scan_id, repository, branch, commit_hash, pull_request, scanned_at,
       key_id, signed_hash, digest, claimed_grade, claimed_score, computed, grade, severities,
       weaknesses, control_results, frameworks, envelope, log_index)
    values (${organizationId}, ${pack.id}, ${pack.scan_id}, ${pack.repository}, ${pack.branch},
      ${pack.commit}, ${pack.pull_request}, ${pack.scanned_at}, ${pack.key_id},
      ${pack.signed_hash}, ${pack.digest}, ${pack.claimed_grade}, ${pack.claimed_score},
      ${JSON.stringify(pack.computed)}, ${pack.computed.grade}, ${JSON.stringify(pack.severities)},
      ${JSON.stringify(pack.weaknesses)},
      ${JSON.stringify(pack.control_results)}, ${frameworks}, ${pack.envelope},
      ${pack.log_index})
    returning scan_id, stored_at as stored_timestamp`)
  await tx.run(sql`insert into evidence_contents (organization_id, pack_id, body)
    values (${organizationId}, ${pack.id}, ${pack.content})`)
  return stored
}

export async function find(tx: Tx, organizationId: string, id: string): Promise<Row | null> {
  return tx.maybe<Row>(sql`select ${columns} from evidence_packs
    where organization_id = ${organizationId} and id = ${id}`)
}

export async function content(tx: Tx, organizationId: string, id: string): Promise<Buffer | null> {
  const row = await tx.maybe<{ body: Buffer }>(sql`select body from evidence_contents
    where organization_id = ${organizationId} and pack_id = ${id}`)
  return row?.body ?? null
}

/** The newest first. */
export async function list(
  tx: Tx,
  organizationId: string,
  query: EvidenceQuery,
): Promise<{ rows: Row[]; total: number }> {
  const where = conditions(organizationId, query)
  const rows = await tx.rows<Row>(sql`select ${columns} from evidence_packs where ${where}
    order by stored_at desc, id limit ${query.limit} offset ${query.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*)::integer as total from evidence_packs where ${where}`,
  )
  return { rows, total }
}

function conditions(organizationId: string, query: EvidenceQuery): Sql {
  const all = [sql`organization_id = ${organizationId}`]
  if (query.repository !== undefined) all.push(sql`repository = ${query.repository}`)
  if (query.from !== undefined) all.push(sql`stored_at >= ${query.from}`)
  if (query.to !== undefined) all.push(sql`stored_at < ${query.to}`)
  if (query.framework !== undefined) all.push(sql`${query.framework} = any(frameworks)`)
  if (query.grade !== undefined) all.push(sql`grade = ${query.grade}`)
  return join(all, ' and ')
}

const columns = sql`id, scan_id, repository, branch, commit_hash as commit, pull_request,
  scanned_at, key_id, signed_hash, digest, claimed_grade, claimed_score, computed, severities,
  control_results, envelope, log_index::float8 as log_index, stored_at`
