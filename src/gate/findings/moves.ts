// Ingest, second half: what a scan moves. Only rows that change are written.
import { sql, type Tx } from '../../platform/db.ts'
import type { IngestTarget, Proof } from './target.ts'

/** A finding that moved in its file, or whose rule tells more now. */
export async function updateChanged(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    update findings f
       set severity = i.severity, rule_id = i.rule_id, title = i.title,
           description = i.description, remediation = i.remediation, cwe_id = i.cwe_id,
           file_path = i.file_path, line_number = i.line_number, detail = i.detail,
           updated_at = now()
      from incoming i
     where f.organization_id = ${target.organizationId} and f.number = i.number
       and f.repository_id = ${target.repositoryId} and not i.fresh
       and (f.severity, f.rule_id, f.title, f.description, f.remediation, f.cwe_id, f.file_path,
            f.line_number, f.detail)
         is distinct from
           (i.severity, i.rule_id, i.title, i.description, i.remediation, i.cwe_id, i.file_path,
            i.line_number, i.detail)`)
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
         and not f.seen_again
      returning f.number, f.status
    )
    insert into finding_history (organization_id, number, event, actor, scan_id)
    select ${target.organizationId}, number,
      case status when 'open' then 'reopened' else 'seen_again' end, 'scanner', ${target.scanId}
      from moved order by number`)
}

export async function recordPresence(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    insert into finding_presence (organization_id, repository_id, branch, number)
    select ${target.organizationId}, ${target.repositoryId}, ${target.branch}, i.number
      from incoming i
     where not exists (
       select 1 from finding_presence p
        where p.organization_id = ${target.organizationId}
          and p.repository_id = ${target.repositoryId} and p.branch = ${target.branch}
          and p.number = i.number)
     order by i.number
    on conflict do nothing`)
}

/**
 * Resolved is what left the last branch that had it. A rule that did not run, another tool's
 * finding, and a secret of the history where the history was not read, prove nothing.
 */
export async function resolveGone(
  tx: Tx,
  target: IngestTarget,
  proof: NonNullable<Proof>,
): Promise<void> {
  const allRules = proof.ruleIds === 'all'
  const ruleIds = proof.ruleIds === 'all' ? [] : proof.ruleIds
  await tx.run(sql`
    with gone as (
      delete from finding_presence p using findings f
       where p.organization_id = ${target.organizationId}
         and p.repository_id = ${target.repositoryId} and p.branch = ${target.branch}
         and f.organization_id = p.organization_id and f.number = p.number
         and f.tool = ${target.tool}
         and (${allRules} or f.rule_id = any(${ruleIds}))
         and (${proof.history} or f.detail -> 'origin' = 'null'::jsonb)
         and not exists (select 1 from incoming i where i.number = p.number)
      returning p.number
    ),
    moved as (
      update findings f
         set status = 'resolved', status_by = coalesce(f.status_by, 'scanner'),
             seen_again = false, updated_at = now()
        from gone
       where f.organization_id = ${target.organizationId} and f.number = gone.number
         and f.repository_id = ${target.repositoryId}
         and (f.status = 'open' or f.seen_again)
         and not exists (
           select 1 from finding_presence other
            where other.organization_id = f.organization_id
              and other.repository_id = f.repository_id
              and other.number = f.number and other.branch <> ${target.branch})
      returning f.number, f.status_by
    )
    insert into finding_history (organization_id, number, event, actor, scan_id)
    select ${target.organizationId}, number, 'resolved', 'scanner', ${target.scanId}
      from moved where status_by = 'scanner' order by number`)
}
