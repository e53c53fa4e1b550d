// Tells, a few times a day, of which organizations decisions were recorded lately, and when last.
import { decisionsRecorded } from '../../events/decision.ts'
import { type Database, sql } from '../../platform/db.ts'
import { appendEvent } from '../../platform/outbox.ts'

const latelyMs = 86_400_000

export async function tellRecorded(db: Database, now: number, signal: AbortSignal): Promise<void> {
  const since = new Date(now - latelyMs)
  // One look into the index for each, however many decisions there are.
  const rows = await db.inSystem((tx) =>
    tx.rows<{ organization_id: string; at: string }>(sql`
      select o.id as organization_id, d.at from organizations o cross join lateral (
        select at from decisions
         where organization_id = o.id and at >= ${since} order by at desc limit 1) d`),
  )
  for (const { organization_id: organizationId, at } of rows) {
    if (signal.aborted) return
    const payload = { latest_at: new Date(at).toISOString() }
    await db.inTenant(organizationId, (tx) =>
      appendEvent(tx, decisionsRecorded, { organizationId, payload }),
    )
  }
}
