// What time takes away: old messages with all that was made of them, what waits for endpoints that
// are off, and endpoints that were deleted.
import { type Database, sql, type Tx } from '../db.ts'

const messagesKeptDays = 30
const batchMax = 500

/** Works in small transactions until nothing is left, or until `signal` aborts. */
export async function clean(db: Database, signal: AbortSignal): Promise<void> {
  for (const work of [cancelOrphans, deleteOld, emptyDeleted, deleteEmptied]) {
    while (!signal.aborted && (await db.inSystem(work)) === batchMax);
  }
}

/** Enqueued in the moment in which the endpoint was turned off, or held by a process that died. */
async function cancelOrphans(tx: Tx): Promise<number> {
  return tx.run(sql`
    update webhook_deliveries set status = 'cancelled', completed_at = now(), lease_owner = null,
      lease_until = null
     where (organization_id, id) in (
       select d.organization_id, d.id from webhook_endpoints e
         join webhook_deliveries d on d.organization_id = e.organization_id
          and d.endpoint_id = e.id and d.status = 'pending'
        where not e.active and (d.lease_until is null or d.lease_until < now())
        limit ${batchMax} for update of d skip locked)`)
}

/** Deliveries and attempts go with their message; one that still waits for its time keeps it. */
async function deleteOld(tx: Tx): Promise<number> {
  return tx.run(sql`
    delete from webhook_messages where (organization_id, id) in (
      select m.organization_id, m.id from webhook_messages m
       where m.created_at < now() - ${messagesKeptDays} * interval '1 day'
         and not exists (select 1 from webhook_deliveries d
           where d.organization_id = m.organization_id and d.message_id = m.id
             and d.status = 'pending')
       order by m.created_at limit ${batchMax})`)
}

/** Of endpoints that were deleted, their deliveries first. */
async function emptyDeleted(tx: Tx): Promise<number> {
  return tx.run(sql`
    delete from webhook_deliveries where (organization_id, id) in (
      select d.organization_id, d.id from webhook_endpoints e
        join webhook_deliveries d on d.organization_id = e.organization_id and d.endpoint_id = e.id
       where e.deleted_at is not null limit ${batchMax})`)
}

async function deleteEmptied(tx: Tx): Promise<number> {
  return tx.run(sql`
    delete from webhook_endpoints where (organization_id, id) in (
      select e.organization_id, e.id from webhook_endpoints e
       where e.deleted_at is not null and not exists (
         select 1 from webhook_deliveries d
          where d.organization_id = e.organization_id and d.endpoint_id = e.id)
       limit ${batchMax})`)
}
