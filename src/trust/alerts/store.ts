// SQL of alerts.
import { join, sql, type Tx } from '../../platform/db.ts'
import type { Reach } from '../../platform/http/reach.ts'
import { offsetOf } from '../paging.ts'
import { within } from '../reach.ts'
import type { Alert, AlertQuery } from './schema.ts'

const columns = sql`id, class, severity, summary, status, certificate_id as "certificateId",
  authority_id as "certificateAuthorityId", created_at as "createdAt",
  acknowledged_at as "acknowledgedAt",
  acknowledged_by as "acknowledgedBy", resolved_at as "resolvedAt"`

export async function list(
  tx: Tx,
  reach: Reach,
  query: AlertQuery,
): Promise<{ data: Alert[]; total: number }> {
  const { status, class: wanted, certificateId, certificateAuthorityId } = query
  const conditions = [
    within(reach),
    ...(status === undefined ? [] : [sql`status = ${status}`]),
    ...(wanted === undefined ? [] : [sql`class = ${wanted}`]),
    ...(certificateId === undefined ? [] : [sql`certificate_id = ${certificateId}`]),
    ...(certificateAuthorityId === undefined
      ? []
      : [sql`authority_id = ${certificateAuthorityId}`]),
  ]
  const where = sql`where ${join(conditions, ' and ')}`
  const data = await tx.rows<Alert>(sql`select ${columns} from alerts ${where}
    order by created_at desc, id desc limit ${query.limit} offset ${offsetOf(query)}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from alerts ${where}`,
  )
  return { data, total }
}

export async function lock(tx: Tx, reach: Reach, id: number): Promise<Alert | null> {
  return tx.maybe<Alert>(sql`select ${columns} from alerts
    where ${within(reach)} and id = ${id} for no key update`)
}

export async function acknowledge(
  tx: Tx,
  place: { organizationId: string; id: number },
  by: string,
): Promise<void> {
  await tx.run(sql`update alerts set status = 'acknowledged', acknowledged_at = now(),
      acknowledged_by = ${by}
    where organization_id = ${place.organizationId} and id = ${place.id} and status = 'open'`)
}
