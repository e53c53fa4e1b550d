// What a project accepts itself, by a comment in its source or in its settings: known and listed,
// as ignored by the code, and open again as soon as one branch has it without that.
import { sql, type Tx } from '../../platform/db.ts'
import type { Suppressed } from '../scanner/suppressed.ts'
import type { IngestTarget } from './target.ts'

/** Who accepts it, as a scan saw it: what `scan_sightings` keeps. */
export type AsideBy = Omit<Suppressed, 'finding'>

export function asideOf({ finding: _, reason, ...by }: Suppressed): AsideBy {
  return { ...by, reason: reason === null ? null : reason.slice(0, reasonCharsMax).toWellFormed() }
}

export function noteOf({ source, reason }: AsideBy): string {
  return `Set aside by ${source}${reason === null ? '' : `: ${reason}`}`
}

const reasonCharsMax = 1_000

/**
 * After presence is recorded and what is gone is resolved. What a person decided stays: also where
 * somebody opened again what the code had set aside.
 */
export async function moveSetAside(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    with seen as (
      select number, min(note) as note from (
        select number, note from incoming where aside is not null
        union all
        select number, null from gone
      ) as told group by number
    ),
    moved as (
      update findings f
         set status = 'ignored', status_by = 'code', resolution_note = seen.note, reason = null,
             expires_at = null, updated_at = now()
        from seen
       where f.organization_id = ${target.organizationId} and f.number = seen.number
         and f.repository_id = ${target.repositoryId}
         and (f.status = 'open' and f.status_by is null
           or f.status = 'resolved' and f.status_by = 'scanner')
         and exists (
           select 1 from finding_presence p
            where p.organization_id = f.organization_id
              and p.repository_id = ${target.repositoryId} and p.number = f.number)
         and not exists (
           select 1 from finding_presence p
            where p.organization_id = f.organization_id
              and p.repository_id = ${target.repositoryId} and p.number = f.number
              and not p.set_aside)
      returning f.number, seen.note
    )
    insert into finding_history (organization_id, number, event, actor, scan_id, note)
    select ${target.organizationId}, number, 'ignored', 'scanner', ${target.scanId}, note
      from moved order by number`)
  await tx.run(sql`
    with moved as (
      update findings f
         set status = 'open', status_by = null, resolution_note = null, updated_at = now()
        from incoming i
       where f.organization_id = ${target.organizationId} and f.number = i.number
         and f.repository_id = ${target.repositoryId} and i.aside is null
         and f.status = 'ignored' and f.status_by = 'code'
      returning f.number
    )
    insert into finding_history (organization_id, number, event, actor, scan_id)
    select ${target.organizationId}, number, 'reopened', 'scanner', ${target.scanId}
      from moved order by number`)
}
