// SQL of imports: finding the one that a client is repeating. Their rows are scans.
import { sql, type Tx } from '../../platform/db.ts'

export interface Import {
  organizationId: string
  repositoryId: string
  branch: string
  commit: string
  tool: string
  /** SHA-256 of the document. */
  artefact: string
}

/** Imports of one repository are queued one after the other, so that a retry sees its first try. */
export async function lockRepository(tx: Tx, { organizationId, repositoryId }: Import) {
  const lock = `gate.import ${organizationId} ${repositoryId}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`)
}

/**
 * The id of the scan that already is this import: one that waits or runs, or the newest that was
 * completed. An older one does not count: what came between has to be undone.
 */
export async function findSame(tx: Tx, wanted: Import): Promise<string | null> {
  const { organizationId, repositoryId, branch, commit, tool, artefact } = wanted
  const ofTool = sql`organization_id = ${organizationId} and repository_id = ${repositoryId}
    and source = 'import' and branch = ${branch} and tool = ${tool}`
  const same = sql`document_sha256 = ${artefact} and commit_sha = ${commit}`
  const row = await tx.maybe<{ id: string }>(sql`
    select id from (
      (select id from scans where ${ofTool} and ${same} and status in ('queued', 'running')
        order by created_at desc, id desc limit 1)
      union all
      (select id from (
        select id, document_sha256, commit_sha from scans where ${ofTool} and status = 'completed'
         order by created_at desc, id desc limit 1
      ) newest where ${same})
    ) found limit 1`)
  return row?.id ?? null
}

export async function countWaiting(tx: Tx, organizationId: string): Promise<number> {
  const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from scans
    where organization_id = ${organizationId} and source = 'import'
      and status in ('queued', 'running')`)
  return n
}

/**
 * Keeps the document from being removed until the transaction ends, or waits for a removal that is
 * under way.
 */
export async function holdDocument(tx: Tx, artefact: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock_shared(hashtextextended(${lockOf(artefact)}, 0))`)
}

/** Waits for those who hold it. Runs in the system role: any organization may need it. */
export async function mayRemoveDocument(tx: Tx, artefact: string): Promise<boolean> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${lockOf(artefact)}, 0))`)
  const needed = await tx.maybe(sql`select 1 from scans
    where status in ('queued', 'running') and artefact = ${artefact} limit 1`)
  return needed === null
}

function lockOf(artefact: string): string {
  return `gate.document ${artefact}`
}
