// Alerts of internal authorities that end: whoever must trust the next one needs time for it.
import { sql, type Tx } from '../../platform/db.ts'
import { tellBoth } from './channels/notice.ts'

/** By the intermediate that signs; none ends after its root. */
const ending = sql`
  select a.organization_id, a.id as authority_id, e.class, e.severity,
    a.name || ' ' || e.words || case
      when i.valid_to >= r.valid_to - interval '1 day' then ', and its root with it: make another'
      else ': give it a new issuer with rollover' end as summary
    from authority_certificates i
    join certificate_authorities a
      on a.organization_id = i.organization_id and a.id = i.authority_id
    join authority_certificates r on r.organization_id = i.organization_id
      and r.authority_id = i.authority_id and r.role = 'root'
    cross join lateral (
      select 'certificate_expired' as class, 'critical' as severity, 'has expired' as words
        where i.valid_to <= now()
      union all
      select 'certificate_expiring_7_days', 'error', 'expires within 7 days'
        where i.valid_to > now() and i.valid_to <= now() + interval '7 days'
      union all
      select 'certificate_expiring_30_days', 'warning', 'expires within 30 days'
        where i.valid_to > now() + interval '7 days') e
   where i.role = 'intermediate' and i.valid_to <= now() + interval '30 days'
     and a.deleted_at is null and not exists (
       select from authority_certificates n where n.organization_id = i.organization_id
         and n.authority_id = i.authority_id and n.role = 'intermediate'
         and n.generation > i.generation)`

/** Organizations where what is true and what is open differ. */
export const endingDiffers = sql`
  select organization_id as id from (${ending}) d where not exists (
    select from alerts o where o.organization_id = d.organization_id
      and o.authority_id = d.authority_id and o.class = d.class and o.status <> 'resolved')
  union
  select organization_id from alerts o where o.status <> 'resolved' and o.authority_id is not null
    and not exists (select from (${ending}) d where d.organization_id = o.organization_id
      and d.authority_id = o.authority_id and d.class = o.class)`

const batchSize = 1_000

/** Answers how many it opened and resolved. */
export async function watchAuthorities(tx: Tx, organizationId: string): Promise<number> {
  const opened = await tx.rows<{ id: number }>(sql`
    insert into alerts (organization_id, authority_id, class, severity, summary)
    select d.organization_id, d.authority_id, d.class, d.severity, d.summary from (${ending}) d
     where d.organization_id = ${organizationId} and not exists (
       select from alerts o where o.organization_id = d.organization_id
         and o.authority_id = d.authority_id and o.class = d.class and o.status <> 'resolved')
     limit ${batchSize} on conflict do nothing returning id`)
  const resolved = await tx.rows<{ id: number }>(sql`
    update alerts o set status = 'resolved', resolved_at = now()
     where o.organization_id = ${organizationId} and o.status <> 'resolved'
       and o.authority_id is not null and not exists (
         select from (${ending}) d where d.organization_id = o.organization_id
           and d.authority_id = o.authority_id and d.class = o.class)
    returning o.id`)
  await tellBoth(tx, organizationId, { opened, resolved })
  return opened.length + resolved.length
}
