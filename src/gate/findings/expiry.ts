// Opens findings whose time of being ignored is over. Until the sweep comes by they are listed as
// ignored, so that lists and counters never tell two truths.
import { type Database, sql, type Tx } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Platform } from '../../platform/platform.ts'

const sweepMs = 30_000
const organizationsMax = 1_000
const batchSize = 1_000

export function expiryQueue({ db }: Platform): Queue<{ organizationId: string }> {
  return {
    name: 'gate.expiry',
    concurrency: 1,
    sweepMs,
    async due() {
      const ids = await db.inSystem(organizationsDue)
      return ids.map((organizationId) => ({ key: organizationId, data: { organizationId } }))
    },
    async run({ organizationId }, signal) {
      await expireIgnored(db, organizationId, signal)
    },
  }
}

/** Answers how many opened again. */
export async function expireIgnored(
  db: Database,
  organizationId: string,
  signal?: AbortSignal,
): Promise<number> {
  let expired = 0
  while (signal?.aborted !== true) {
    const batch = await db.inTenant(organizationId, (tx) => expireBatch(tx, organizationId))
    if (batch === 0) break
    expired += batch
  }
  return expired
}

async function organizationsDue(tx: Tx): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select distinct organization_id as id from findings
     where status = 'ignored' and expires_at <= now() limit ${organizationsMax}`)
  return rows.map(({ id }) => id)
}

/**
 * What has meanwhile left every branch is resolved instead: no later scan would miss it, so an
 * open one would stay open for ever.
 */
async function expireBatch(tx: Tx, organizationId: string): Promise<number> {
  const { n } = await tx.one<{ n: number }>(sql`
    with lapsed as materialized (
      select f.number, exists (
          select 1 from finding_presence p
           where p.organization_id = f.organization_id and p.number = f.number) as is_there
        from findings f
       where f.organization_id = ${organizationId} and f.status = 'ignored'
         and f.expires_at <= now()
       order by f.number limit ${batchSize} for no key update of f skip locked
    ),
    changed as (
      update findings f
         set status = case when is_there then 'open' else 'resolved' end,
             status_by = case when is_there then null else 'scanner' end,
             reason = null, resolution_note = null, expires_at = null, updated_at = now()
        from lapsed
       where f.organization_id = ${organizationId} and f.number = lapsed.number
      returning f.number, is_there
    ),
    told as (
      insert into finding_history (organization_id, number, event, actor)
      select ${organizationId}, number, event, 'system'
        from (
          select number, 1 as nth, 'ignore_expired' as event from changed
          union all
          select number, 2, 'resolved' from changed where not is_there
        ) events
       order by number, nth
    )
    select count(*) as n from changed`)
  return n
}
