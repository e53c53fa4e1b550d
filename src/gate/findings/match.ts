// Ingest, first half: which of the incoming findings are known, and what to do with the rest.
import { sql, type Tx } from '../../platform/db.ts'
import type { IngestTarget } from './target.ts'

/**
 * Greedy, the most trusted fingerprints first: in each round the findings that have no identity yet
 * take those that nobody has taken. Where two want the same one, it goes to the one with more
 * fingerprints that lead there, or else to the first of the report. Whoever gets none is new.
 */
export async function matchKnown(tx: Tx, target: IngestTarget): Promise<void> {
  await removeRepeated(tx)
  await tx.run(sql`
    create temporary table matched on commit drop as
    select f.ordinal, f.rank, k.number,
      count(*) over (partition by f.ordinal, k.number) as votes
      from incoming_fingerprints f
      join incoming i using (ordinal)
      join finding_fingerprints k
        on k.organization_id = ${target.organizationId}
       and k.repository_id = ${target.repositoryId} and k.tool = ${target.tool}
       and k.algorithm = f.algorithm and k.value = f.value`)
  await tx.run(sql`analyze matched`)
  const ranks = await tx.rows<{ rank: number }>(
    sql`select distinct rank from matched order by rank limit ${roundsMax}`,
  )
  for (const { rank } of ranks) await matchRank(tx, rank)
  await assignFingerprints(tx)
  await removeIndistinct(tx)
}

/** More kinds of fingerprints than any tool writes. */
const roundsMax = 100

async function matchRank(tx: Tx, rank: number): Promise<void> {
  await tx.run(sql`
    update incoming i set number = best.number
      from (
        select distinct on (m.number) m.ordinal, m.number
          from matched m join incoming n using (ordinal)
         where m.rank = ${rank} and n.number is null
           and not exists (select 1 from incoming taken where taken.number = m.number)
         order by m.number, m.votes desc, m.ordinal
      ) best
     where best.ordinal = i.ordinal`)
}

/** The same finding twice in one report: all fingerprints are equal. */
async function removeRepeated(tx: Tx): Promise<void> {
  await tx.run(sql`
    delete from incoming i using (
      select ordinal, row_number() over (partition by names order by ordinal) as nth
        from (
          select ordinal, array_agg(array[algorithm, value] order by algorithm, value) as names
            from incoming_fingerprints group by ordinal
        ) named
    ) repeated
    where repeated.ordinal = i.ordinal and repeated.nth > 1`)
}

/**
 * A fingerprint leads to one finding only: the one that trusts it most, among equals the one that
 * it leads to already. So the next scan of the same tree finds the same identities.
 */
async function assignFingerprints(tx: Tx): Promise<void> {
  await tx.run(sql`
    create temporary table assigned on commit drop as
    select distinct on (f.algorithm, f.value) f.algorithm, f.value, f.ordinal, f.rank,
      m.number as holder
      from incoming_fingerprints f
      join incoming i using (ordinal)
      left join matched m on m.ordinal = f.ordinal and m.rank = f.rank
     order by f.algorithm, f.value, f.rank, (m.number = i.number) is true desc, f.ordinal`)
  await tx.run(sql`analyze assigned`)
}

/** Without a fingerprint of its own a new finding would be another new one in every scan. */
async function removeIndistinct(tx: Tx): Promise<void> {
  await tx.run(sql`
    delete from incoming i
     where i.number is null
       and exists (select 1 from incoming_fingerprints f where f.ordinal = i.ordinal)
       and not exists (select 1 from assigned a where a.ordinal = i.ordinal)`)
}

export async function insertNew(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    with made as (
      insert into findings
        (organization_id, id, repository_id, tool, scan_type, rule_id, severity, status, title,
         description, remediation, cwe_id, file_path, line_number, detail, first_scan_id,
         status_by, resolution_note)
      select ${target.organizationId}, id, ${target.repositoryId}, ${target.tool}, scan_type,
        rule_id, severity, case when aside is null then 'open' else 'ignored' end, title,
        description, remediation, cwe_id, file_path, line_number, detail, ${target.scanId},
        case when aside is not null then 'code' end, note
        from incoming where number is null order by ordinal
      returning id, number
    )
    update incoming i set number = made.number, fresh = true from made where made.id = i.id`)
  await tx.run(sql`
    insert into finding_history (organization_id, number, event, actor, scan_id, note)
    select ${target.organizationId}, number,
      case when aside is null then 'opened' else 'ignored' end, 'scanner', ${target.scanId}, note
      from incoming where fresh order by ordinal`)
}

/**
 * Also those of known findings that are new, so that a better algorithm takes over silently. One
 * that led to another finding of this report moves; that of a finding which was not seen stays.
 */
export async function writeFingerprints(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    update finding_fingerprints k set number = i.number
      from assigned a join incoming i using (ordinal)
     where k.organization_id = ${target.organizationId}
       and k.repository_id = ${target.repositoryId} and k.tool = ${target.tool}
       and k.algorithm = a.algorithm and k.value = a.value and a.holder <> i.number
       and exists (select 1 from incoming other where other.number = a.holder)`)
  await tx.run(sql`
    insert into finding_fingerprints
      (organization_id, repository_id, tool, algorithm, value, number)
    select ${target.organizationId}, ${target.repositoryId}, ${target.tool}, a.algorithm, a.value,
      i.number
      from assigned a join incoming i using (ordinal)
     where a.holder is null
     order by i.ordinal, a.rank
    on conflict do nothing`)
}
