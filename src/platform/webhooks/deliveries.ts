// SQL of deliveries as their users see them: the log, and asking for one or many to be sent again.
import { empty, sql, type Tx } from '../db.ts'
import { attemptsShownMax, type Delivery, type DeliveryQuery, type Replay } from './schema.ts'
import type { Scope } from './store.ts'

/** Of one webhook, the newest first. */
export async function list(
  tx: Tx,
  webhook: Scope & { id: string },
  query: DeliveryQuery,
): Promise<{ deliveries: Delivery[]; total: number }> {
  const where = sql`d.organization_id = ${webhook.organizationId} and d.endpoint_id = ${webhook.id}
    ${query.status === undefined ? empty : sql`and d.status = ${query.status}`}`
  // One statement, since deliveries change all the time: the page and its total are of one moment.
  const rows = await tx.rows<(DeliveryRow | { id: null }) & { total: number }>(sql`
    select all_of.total, page.* from
      (select count(*) as total from webhook_deliveries d where ${where}) all_of
      left join (${selection} where ${where}
        order by d.created_at desc, d.id desc limit ${query.limit} offset ${query.offset}) page
      on true
     order by page.created_at desc, page.id desc`)
  const page = rows.filter((row) => row.id !== null)
  return { deliveries: await withAttempts(tx, webhook, page), total: rows[0]?.total ?? 0 }
}

export async function find(tx: Tx, scope: Scope, id: string): Promise<Delivery | null> {
  const rows = await tx.rows<DeliveryRow>(sql`
    ${selection} where d.organization_id = ${scope.organizationId} and d.id = ${id}
      and e.surface = ${scope.surface} and e.deleted_at is null`)
  const [delivery = null] = await withAttempts(tx, scope, rows)
  return delivery
}

/** Due at once, and with all retries before it again; one under way is not sent a second time. */
export async function replay(tx: Tx, scope: Scope, id: string): Promise<void> {
  await tx.run(sql`
    update webhook_deliveries set ${dueAgain}
     where organization_id = ${scope.organizationId} and id = ${id}`)
}

/** The oldest first, at most so many. The webhook is locked. */
export async function replayRange(
  tx: Tx,
  webhook: Scope & { id: string },
  wanted: Replay & { max: number },
): Promise<{ replayed: number; last: string | null }> {
  return tx.one(sql`
    with again as (
      update webhook_deliveries set ${dueAgain}
       where (organization_id, id) in (
         select organization_id, id from webhook_deliveries
          where organization_id = ${webhook.organizationId} and endpoint_id = ${webhook.id}
            and created_at >= ${wanted.since}
            ${wanted.until === undefined ? empty : sql`and created_at < ${wanted.until}`}
            and status = any(${wanted.status})
          order by created_at limit ${wanted.max})
      returning created_at
    )
    select count(*) as replayed, max(created_at) as last from again`)
}

const dueAgain = sql`status = 'pending', next_attempt_at = now(), completed_at = null,
  attempts_at_replay = attempts`

type DeliveryRow = Omit<Delivery, 'attempts'>

const selection = sql`
  select d.id, d.endpoint_id as webhook_id, d.message_id, m.event, d.status,
    d.attempts as attempt_count,
    case when d.status = 'pending' then d.next_attempt_at end as next_attempt_at,
    d.created_at, d.completed_at
  from webhook_deliveries d
  join webhook_messages m on m.organization_id = d.organization_id and m.id = d.message_id
  join webhook_endpoints e on e.organization_id = d.organization_id and e.id = d.endpoint_id`

type AttemptRow = Delivery['attempts'][number] & { delivery_id: string }

/** As many as the delivery knew of when it was read. */
async function withAttempts(
  tx: Tx,
  { organizationId }: Scope,
  deliveries: readonly DeliveryRow[],
): Promise<Delivery[]> {
  const ids = deliveries.map(({ id }) => id)
  const counts = deliveries.map(({ attempt_count }) => attempt_count)
  const rows = await tx.rows<AttemptRow>(sql`
    select a.delivery_id, a.number, a.at, a.status, a.error, a.duration_ms
      from unnest(${ids}::uuid[], ${counts}::integer[]) as d (id, attempts)
      join webhook_attempts a on a.organization_id = ${organizationId} and a.delivery_id = d.id
       and a.number between d.attempts - ${attemptsShownMax - 1} and d.attempts
     order by a.delivery_id, a.number`)
  const attempts = Map.groupBy(rows, (row) => row.delivery_id)
  return deliveries.map((each) => ({ ...each, attempts: attempts.get(each.id) ?? [] }))
}
