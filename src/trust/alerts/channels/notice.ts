// What is told: queued with the change that it tells of, and read again when it is sent.
import { sql, type Tx } from '../../../platform/db.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { Notice } from './contract.ts'

/**
 * In the transaction of the change. An end is told to those who were told the beginning; who looks
 * after it only to machines that keep their own state of it.
 */
export async function queueNotices(
  tx: Tx,
  organizationId: string,
  { kind, alertIds }: { kind: Notice['kind']; alertIds: readonly number[] },
): Promise<void> {
  if (alertIds.length === 0) return
  await tx.run(sql`
    insert into alert_notifications (organization_id, alert_id, channel_id, kind)
    select a.organization_id, a.id, ch.id, ${kind}
      from alerts a
      join alert_channels ch on ch.organization_id = a.organization_id and ch.enabled
      left join certificates c
        on c.organization_id = a.organization_id and c.id = a.certificate_id
      left join renewal_policies p on p.organization_id = c.organization_id
        and p.id = c.renewal_policy_id
     where a.organization_id = ${organizationId} and a.id = any(${[...alertIds]}::bigint[])
       and case when ${kind} = 'opened'
         then (ch.classes is null or a.class = any(ch.classes))
           and (ch.every_alert or lower(ch.name) in
             (select lower(each) from unnest(p.notification_channels) each))
         else exists (select from alert_notifications n
             where n.organization_id = a.organization_id and n.alert_id = a.id
               and n.channel_id = ch.id and n.kind = 'opened')
           and (${kind} = 'resolved' or ch.type in ('webhook', 'pagerduty')) end
     order by a.id
    on conflict do nothing`)
}

/** What began and what ended with one look at what is true. */
export async function tellBoth(
  tx: Tx,
  organizationId: string,
  changes: Record<'opened' | 'resolved', readonly { id: number }[]>,
): Promise<void> {
  for (const kind of ['opened', 'resolved'] as const) {
    const alertIds = changes[kind].map(({ id }) => id)
    await queueNotices(tx, organizationId, { kind, alertIds })
  }
}

interface Row {
  notificationId: number
  kind: Notice['kind']
  id: number
  class: Notice['alert']['class']
  severity: Notice['alert']['severity']
  summary: string
  createdAt: string
  acknowledgedBy: string | null
  certificateId: number | null
  authorityId: number | null
  commonName: string
  issuer: string | null
  fingerprint: string | null
  validTo: string | null
}

/** The oldest that a channel has still to tell. */
export async function queuedNotices(
  tx: Tx,
  place: { organizationId: string; channelId: number; max: number },
  publicUrl: string,
): Promise<{ notificationId: number; notice: Notice }[]> {
  const rows = await tx.rows<Row>(sql`
    select n.id as "notificationId", n.kind, a.id, a.class, a.severity, a.summary,
      a.created_at as "createdAt", a.acknowledged_by as "acknowledgedBy",
      c.id as "certificateId", ca.id as "authorityId",
      coalesce(c.common_name, ca.name) as "commonName", c.issuer, c.fingerprint,
      c.valid_to as "validTo"
      from alert_notifications n
      join alerts a on a.organization_id = n.organization_id and a.id = n.alert_id
      left join certificates c
        on c.organization_id = a.organization_id and c.id = a.certificate_id
      left join certificate_authorities ca
        on ca.organization_id = a.organization_id and ca.id = a.authority_id
     where n.organization_id = ${place.organizationId} and n.channel_id = ${place.channelId}
       and n.state = 'queued'
     order by n.id limit ${place.max}`)
  return rows.map((row) => {
    const { notificationId, kind, certificateId, commonName, issuer, fingerprint, validTo } = row
    const { authorityId } = row
    const { id, severity, summary, createdAt, acknowledgedBy } = row
    return {
      notificationId,
      notice: {
        id: `alert_${id}_${kind}`,
        kind,
        alert: { id, class: row.class, severity, summary, createdAt, acknowledgedBy },
        about: { certificateId, authorityId, name: commonName, issuer, fingerprint, validTo },
        url: urlOf(publicUrl, { certificateId, authorityId }),
      },
    }
  })
}

/** For a test of a channel. */
export function sampleNotice({ config, now }: Platform): Notice {
  const at = new Date(now()).toISOString()
  return {
    id: `alert_test_${now()}`,
    kind: 'opened',
    alert: {
      id: 0,
      class: 'certificate_expiring_30_days',
      severity: 'warning',
      summary: 'A test of this channel: no certificate is concerned',
      createdAt: at,
      acknowledgedBy: null,
    },
    about: {
      certificateId: 0,
      authorityId: null,
      name: 'test.example',
      issuer: null,
      fingerprint: null,
      validTo: at,
    },
    url: urlOf(config.publicUrl, { certificateId: 0, authorityId: null }),
  }
}

function urlOf(
  publicUrl: string,
  { certificateId, authorityId }: Pick<Notice['about'], 'certificateId' | 'authorityId'>,
): string {
  const own = `${publicUrl}/trust/api`
  if (certificateId !== null) return `${own}/certificates/${certificateId}`
  return `${own}/certificate-authorities/${authorityId}`
}
