// Ingest, first half: which of the incoming findings are known, and what to do with the rest.
import { sql, type Tx } from '../../platform/db.ts'
import type { IngestTarget } from './target.ts'

/**
 * Each incoming finding takes the known one that its most trusted fingerprint leads to. Where two
 * want the same one, the better match has it; the other is new if anything about it is unknown,
 * and otherwise the same finding seen twice.
 */
export async function matchKnown(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    create temporary table matched on commit drop as
    select f.ordinal, f.rank, k.number
      from incoming_fingerprints f
      join finding_fingerprints k
        on k.organization_id = ${target.organizationId}
       and k.repository_id = ${target.repositoryId} and k.tool = ${target.tool}
       and k.algorithm = f.algorithm and k.value = f.value`)
  await tx.run(sql`
    update incoming i set number = best.number
      from (
        select distinct on (number) ordinal, number
          from (
            select distinct on (ordinal) ordinal, rank, number from matched order by ordinal, rank
          ) wanted
         order by number, rank, ordinal
      ) best
     where best.ordinal = i.ordinal`)
  // Losers without one fingerprint of their own.
  await tx.run(sql`
    delete from incoming i
     where i.number is null
       and exists (select 1 from incoming_fingerprints f where f.ordinal = i.ordinal)
       and not exists (
         select 1 from incoming_fingerprints f
          where f.ordinal = i.ordinal
            and not exists (
              select 1 from matched m where m.ordinal = f.ordinal and m.rank = f.rank))`)
  // The same new identity twice in one report.
  await tx.run(sql`
    delete from incoming i using (
      select f.ordinal, row_number() over (
          partition by f.algorithm, f.value order by f.ordinal) as nth
        from incoming_fingerprints f join incoming n using (ordinal)
       where f.rank = 0 and n.number is null
    ) twice
    where twice.ordinal = i.ordinal and twice.nth > 1`)
}

export async function insertNew(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    with made as (
      insert into findings
        (organization_id, id, repository_id, tool, scan_type, rule_id, severity, status, title,
         description, remediation, cwe_id, file_path, line_number, detail, first_scan_id)
      select ${target.organizationId}, id, ${target.repositoryId}, ${target.tool}, scan_type,
        rule_id, severity, 'open', title, description, remediation, cwe_id, file_path,
        line_number, detail, ${target.scanId}
        from incoming where number is null order by ordinal
      returning id, number
    )
    update incoming i set number = made.number, fresh = true from made where made.id = i.id`)
  await tx.run(sql`
    insert into finding_history (organization_id, number, event, actor, scan_id)
    select ${target.organizationId}, number, 'opened', 'scanner', ${target.scanId}
      from incoming where fresh order by ordinal`)
}

/** Also those of known findings that are new, so that a better algorithm takes over silently. */
export async function insertFingerprints(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    insert into finding_fingerprints
      (organization_id, repository_id, tool, algorithm, value, number)
    select ${target.organizationId}, ${target.repositoryId}, ${target.tool}, f.algorithm, f.value,
      i.number
      from incoming_fingerprints f join incoming i using (ordinal)
     where not exists (
       select 1 from matched m where m.ordinal = f.ordinal and m.rank = f.rank)
     order by i.ordinal, f.rank
    on conflict do nothing`)
}
