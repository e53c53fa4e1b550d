// Ingest, second half: what a scan moves. Only rows that change are written.
import { type Sql, sql, type Tx } from '../../platform/db.ts'
import type { IngestTarget, Proof } from './target.ts'

/**
 * A finding that moved in its file, or whose rule tells more now. Where not all was looked at that
 * might make it severe, one that seems less severe stays as it is.
 */
export async function updateChanged(tx: Tx, target: IngestTarget, proof: Proof): Promise<void> {
  await tx.run(sql`
    update findings f
       set severity = i.severity, rule_id = i.rule_id, title = i.title,
           description = i.description, remediation = i.remediation, cwe_id = i.cwe_id,
           file_path = i.file_path, line_number = i.line_number, detail = i.detail,
           updated_at = now()
      from incoming i
     where f.organization_id = ${target.organizationId} and f.number = i.number
       and f.repository_id = ${target.repositoryId} and not i.fresh
       and (${rankOf(sql`i.severity`)} >= ${rankOf(sql`f.severity`)} or ${isWhole(proof)})
       and (f.severity, f.rule_id, f.title, f.description, f.remediation, f.cwe_id, f.file_path,
            f.line_number, f.detail)
         is distinct from
           (i.severity, i.rule_id, i.title, i.description, i.remediation, i.cwe_id, i.file_path,
            i.line_number, i.detail)`)
}

const rankOf = (severity: Sql): Sql =>
  sql`array_position(array['low', 'medium', 'high', 'critical'], ${severity})`

/** Whether the scan saw all that the finding `f` may depend on. */
function isWhole(proof: Proof): Sql {
  if (proof === null || proof.within !== undefined) return sql`false`
  const { unseen = [], unproved = [] } = proof
  return sql`(f.file_path is null or f.file_path <> all(${[...unseen, ...unproved]}::text[]))`
}

/** What the scanner resolved comes back; what a person resolved stays, with a mark. */
export async function reopenSeen(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    with moved as (
      update findings f
         set status = case when f.status_by = 'scanner' then 'open' else f.status end,
             status_by = case when f.status_by = 'scanner' then null else f.status_by end,
             seen_again = f.status_by = 'person', updated_at = now()
        from incoming i
       where f.organization_id = ${target.organizationId} and f.number = i.number
         and f.repository_id = ${target.repositoryId} and f.status = 'resolved'
         and not f.seen_again and i.aside is null
      returning f.number, f.status
    )
    insert into finding_history (organization_id, number, event, actor, scan_id)
    select ${target.organizationId}, number,
      case status when 'open' then 'reopened' else 'seen_again' end, 'scanner', ${target.scanId}
      from moved order by number`)
}

/** Of a scan with proof only: presence holds a finding open until another scan disproves it. */
export async function recordPresence(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    insert into finding_presence (organization_id, repository_id, branch, number, set_aside)
    select ${target.organizationId}, ${target.repositoryId}, ${target.branch}, i.number,
      i.aside is not null
      from incoming i
     where not exists (
       select 1 from finding_presence p
        where p.organization_id = ${target.organizationId}
          and p.repository_id = ${target.repositoryId} and p.branch = ${target.branch}
          and p.number = i.number and p.set_aside = (i.aside is not null))
     order by i.number
    on conflict (organization_id, repository_id, branch, number)
      do update set set_aside = excluded.set_aside`)
}

/**
 * Resolved is what left the last branch that had it, by a change or with the branch itself. A rule
 * that did not run, another tool's finding, and a secret of the history where the history was not
 * read, prove nothing. What no scan with proof has seen is on no branch: it is resolved by proof
 * for the branch on which it was opened, or when that branch was deleted, and by nothing else.
 */
export async function resolveGone(
  tx: Tx,
  target: IngestTarget,
  proof: NonNullable<Proof>,
): Promise<void> {
  await tx.run(sql`create temporary table gone (number bigint not null) on commit drop`)
  await dropPresence(tx, target, proof)
  await findUnproven(tx, target, proof)
  await tx.run(sql`
    with moved as (
      update findings f
         set status = 'resolved',
             status_by = case when f.status = 'resolved' then f.status_by else 'scanner' end,
             resolution_note = case when f.status = 'resolved' then f.resolution_note end,
             seen_again = false, updated_at = now()
        from (select distinct number from gone) left_all
       where f.organization_id = ${target.organizationId} and f.number = left_all.number
         and f.repository_id = ${target.repositoryId} and ${isTold}
         and not exists (
           select 1 from finding_presence other
            where other.organization_id = f.organization_id
              and other.repository_id = f.repository_id and other.number = f.number)
      returning f.number, f.status_by
    )
    insert into finding_history (organization_id, number, event, actor, scan_id)
    select ${target.organizationId}, number, 'resolved', 'scanner', ${target.scanId}
      from moved where status_by = 'scanner' order by number`)
}

async function dropPresence(
  tx: Tx,
  target: IngestTarget,
  proof: NonNullable<Proof>,
): Promise<void> {
  await tx.run(sql`
    with dropped as (
      delete from finding_presence p using findings f
       where p.organization_id = ${target.organizationId}
         and p.repository_id = ${target.repositoryId}
         and f.organization_id = p.organization_id and f.number = p.number
         and ${isProven(target, proof)}
         and (${isDeleted(sql`p.branch`, target, proof)}
           or p.branch = ${target.branch}
             and not exists (select 1 from incoming i where i.number = p.number))
      returning p.number
    )
    insert into gone select number from dropped`)
}

async function findUnproven(
  tx: Tx,
  target: IngestTarget,
  proof: NonNullable<Proof>,
): Promise<void> {
  await tx.run(sql`
    insert into gone
    select f.number
      from findings f
      join scans s on s.organization_id = f.organization_id and s.id = f.first_scan_id
     where f.organization_id = ${target.organizationId}
       and f.repository_id = ${target.repositoryId}
       and ${isTold} and ${isProven(target, proof)}
       and (s.branch = ${target.branch} or ${isDeleted(sql`s.branch`, target, proof)})
       and not exists (select 1 from incoming i where i.number = f.number)
       and not exists (
         select 1 from finding_presence p
          where p.organization_id = f.organization_id and p.number = f.number)`)
}

/** Whether the scanner, and no person, has the last word on the finding `f` being there. */
const isTold = sql`(f.status = 'open' or f.seen_again
  or (f.status = 'ignored' and f.status_by = 'code'))`

/** Whether the scan would have seen the finding `f`, were it there. */
function isProven(target: IngestTarget, proof: NonNullable<Proof>): Sql {
  const { ruleIds, scanTypes, history, unseen = [], unproved = [], within = '' } = proof
  const rules =
    ruleIds === 'all'
      ? sql`true`
      : sql`(f.rule_id = any(${ruleIds}) or f.scan_type = any(${scanTypes}))`
  return sql`f.tool = ${target.tool} and ${rules}
    and (${history} or f.detail -> 'origin' = 'null'::jsonb)
    and (f.file_path is null or f.file_path <> all(${unseen}::text[]))
    and (f.file_path is null or f.scan_type <> 'sast' or f.file_path <> all(${unproved}::text[]))
    and (${within} = '' or left(f.file_path, ${within.length}) = ${within})`
}

function isDeleted(branch: Sql, target: IngestTarget, { branches }: NonNullable<Proof>): Sql {
  if (branches === null) return sql`false`
  return sql`${branch} <> all(${[...branches, target.branch]}::text[])`
}
