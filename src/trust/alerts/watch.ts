// Opens an alert where a certificate needs somebody, and resolves it when it no longer does. What
// is true is read anew each time, so that a node that was down for a week catches up at once.
import { certificateExpiring } from '../../events/certificate.ts'
import { sql, type Tx } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { Platform } from '../../platform/platform.ts'
import { tellBoth } from './channels/notice.ts'
import { endingDiffers, watchAuthorities } from './ending-authorities.ts'

const sweepMs = 60_000
const organizationsMax = 1_000
const batchSize = 1_000

/** The classes with their severities; each certificate is in the gravest of the first three. */
const present = sql`
  select c.organization_id, c.workspace_id, c.id as certificate_id, a.class, a.severity,
    c.common_name, c.valid_to, c.fingerprint, c.serial_number, a.words
    from certificates c cross join lateral (
      select 'certificate_expired' as class, 'critical' as severity, 'has expired' as words
        where c.valid_to <= now()
      union all
      select 'certificate_expiring_7_days', 'error', 'expires within 7 days'
        where c.valid_to > now() and c.valid_to <= now() + interval '7 days'
      union all
      select 'certificate_expiring_30_days', 'warning', 'expires within 30 days'
        where c.valid_to > now() + interval '7 days' and c.valid_to <= now() + interval '30 days'
      union all
      select 'renewal_failed', 'critical', case when c.renewal_status = 'failed'
          then 'could not be renewed' else 'could not be deployed' end
        where c.renewal_status = 'failed' or c.deployment_failed) a
   where c.revoked_at is null
     and (c.valid_to <= now() + interval '30 days' or c.renewal_status = 'failed'
       or c.deployment_failed)`

/**
 * None for what renews itself, unless that failed, waits for people, or is late by a quarter of the
 * time that it has: the life of a certificate, not the calendar, says when that is.
 */
const counted = sql`(not p.class like 'certificate_expiring%' or not exists (
  select from certificates c where c.organization_id = p.organization_id
    and c.id = p.certificate_id and c.auto_renew
    and c.renewal_status not in ('failed', 'waiting_csr') and c.authority_id is not null
    and now() < c.renew_from + (c.valid_to - c.renew_from) / 4))`

export function alertQueue({ db }: Platform): Queue<{ organizationId: string }> {
  return {
    name: 'trust.alerts',
    concurrency: 1,
    sweepMs,
    async due() {
      const ids = await db.inSystem(organizationsDue)
      return ids.map((organizationId) => ({ key: organizationId, data: { organizationId } }))
    },
    async run({ organizationId }, signal) {
      while (!signal.aborted) {
        const changed = await db.inTenant(organizationId, (tx) => watch(tx, organizationId))
        const ending = await db.inTenant(organizationId, (tx) =>
          watchAuthorities(tx, organizationId),
        )
        if (Math.max(changed, ending) < batchSize) return
      }
    },
  }
}

/** Those where what is true and what is open differ. */
async function organizationsDue(tx: Tx): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    with p as (${present}), due as (select * from p where ${counted})
    select organization_id as id from due d where not exists (
      select from alerts a where a.organization_id = d.organization_id
        and a.certificate_id = d.certificate_id and a.class = d.class and a.status <> 'resolved')
    union
    select organization_id from alerts a where a.status <> 'resolved'
      and a.certificate_id is not null and a.class <> 'policy_violation' and not exists (
        select from due d where d.organization_id = a.organization_id
          and d.certificate_id = a.certificate_id and d.class = a.class)
    union (${endingDiffers})
    limit ${organizationsMax}`)
  return rows.map(({ id }) => id)
}

interface OpenedRow {
  id: number
  class: string
  certificate_id: number
  workspace_id: string
}

/** Answers how many it opened and resolved. */
export async function watch(tx: Tx, organizationId: string): Promise<number> {
  const opened = await tx.rows<OpenedRow>(sql`
    with p as (${present} and c.organization_id = ${organizationId}),
    due as (select * from p where ${counted})
    insert into alerts
      (organization_id, workspace_id, certificate_id, class, severity, summary)
    select organization_id, workspace_id, certificate_id, class, severity,
        common_name || ' ' || words
      from due d where not exists (
        select from alerts a where a.organization_id = d.organization_id
          and a.certificate_id = d.certificate_id and a.class = d.class
          and a.status <> 'resolved')
     limit ${batchSize}
    on conflict do nothing
    returning id, class, certificate_id, workspace_id`)
  const resolved = await tx.rows<{ id: number }>(sql`
    with p as (${present} and c.organization_id = ${organizationId}),
    due as (select * from p where ${counted})
    update alerts a set status = 'resolved', resolved_at = now()
     where a.organization_id = ${organizationId} and a.status <> 'resolved'
       and a.certificate_id is not null and a.class <> 'policy_violation' and not exists (
         select from due d where d.certificate_id = a.certificate_id and d.class = a.class)
    returning a.id`)
  await tellBoth(tx, organizationId, { opened, resolved })
  for (const alert of opened) {
    if (alert.class.startsWith('certificate_expiring'))
      await tellExpiring(tx, organizationId, alert)
  }
  return Math.max(opened.length, resolved.length)
}

async function tellExpiring(tx: Tx, organizationId: string, { certificate_id }: OpenedRow) {
  const row = await tx.one<{
    workspace_id: string
    common_name: string
    fingerprint: string | null
    serial_number: string | null
    valid_to: string | null
    days_left: number
  }>(sql`select workspace_id, common_name, fingerprint, serial_number, valid_to,
      floor(extract(epoch from valid_to - now()) / 86400)::int as days_left
    from certificates where organization_id = ${organizationId} and id = ${certificate_id}`)
  await appendEvent(tx, certificateExpiring, {
    organizationId,
    payload: { certificate_id, ...row },
  })
}
