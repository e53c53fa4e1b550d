// SQL of retention, holds and what is removed.
import { type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Actor } from '../../platform/http/caller.ts'
import type { Hold, NewHold } from './schema.ts'

const holdsMax = 200

/** Who removes and who holds do so one after the other. Answers the days that packs are kept. */
export async function lock(tx: Tx, organizationId: string): Promise<number | null> {
  await tx.run(sql`insert into evidence_retention (organization_id) values (${organizationId})
    on conflict do nothing`)
  const { days } = await tx.one<{ days: number | null }>(sql`select days from evidence_retention
    where organization_id = ${organizationId} for update`)
  return days
}

export async function setDays(tx: Tx, organizationId: string, days: number | null) {
  await tx.run(sql`update evidence_retention set days = ${days}, updated_at = now()
    where organization_id = ${organizationId}`)
}

export async function read(tx: Tx, organizationId: string) {
  const row = await tx.maybe<{ days: number | null }>(sql`select days from evidence_retention
    where organization_id = ${organizationId}`)
  const { removed_total } = await tx.one<{ removed_total: number }>(sql`
    select count(*)::integer as removed_total from evidence_tombstones
     where organization_id = ${organizationId}`)
  const holds = await tx.rows<Hold>(sql`select ${columns} from evidence_holds
    where organization_id = ${organizationId}
    order by released_at is null desc, set_at desc, id limit ${holdsMax}`)
  return { days: row?.days ?? null, holds, removed_total }
}

export async function hold(
  tx: Tx,
  made: NewHold & { organizationId: string; id: string; by: Actor },
): Promise<Hold> {
  return tx.one<Hold>(sql`
    insert into evidence_holds (organization_id, id, repository, reason, set_by)
    values (${made.organizationId}, ${made.id}, ${made.repository ?? null}, ${made.reason},
      ${JSON.stringify(made.by)}) returning ${columns}`)
}

export async function findHold(tx: Tx, organizationId: string, id: string): Promise<Hold | null> {
  return tx.maybe<Hold>(sql`select ${columns} from evidence_holds
    where organization_id = ${organizationId} and id = ${id} for update`)
}

export async function release(
  tx: Tx,
  at: { organizationId: string; id: string },
  { by, reason }: { by: Actor; reason: string },
): Promise<Hold> {
  return tx.one<Hold>(sql`update evidence_holds set released_by = ${JSON.stringify(by)},
      released_at = now(), release_reason = ${reason}
    where organization_id = ${at.organizationId} and id = ${at.id} returning ${columns}`)
}

export interface Old {
  id: string
  repository: string
  digest: Buffer
  envelope: string
  log_index: number
  stored_at: string
}

/** Past their time and under no hold, the oldest first. Within the tenant, under `lock`. */
export async function old(
  tx: Tx,
  organizationId: string,
  { days, countMax }: { days: number; countMax: number },
): Promise<Old[]> {
  return tx.rows<Old>(sql`
    select id, repository, digest, envelope, log_index::float8 as log_index, stored_at
      from evidence_packs p where organization_id = ${organizationId} and ${isDue(days)}
     order by stored_at, id limit ${countMax}`)
}

export async function bury(
  tx: Tx,
  organizationId: string,
  { id, repository, digest, log_index, stored_at, ...rest }: Old & { leaf: Buffer; days: number },
): Promise<void> {
  await tx.run(sql`insert into evidence_tombstones
      (organization_id, pack_id, repository, digest, log_index, leaf_hash, stored_at, removed_at,
       days)
    values (${organizationId}, ${id}, ${repository}, ${digest}, ${log_index}, ${rest.leaf},
      ${stored_at}, now(), ${rest.days})`)
}

/** In the system role: tenants remove nothing. */
export async function remove(tx: Tx, organizationId: string, ids: readonly string[]) {
  const own = sql`organization_id = ${organizationId}`
  await tx.run(sql`delete from evidence_contents where ${own} and pack_id = any(${ids}::text[])`)
  await tx.run(sql`delete from evidence_packs where ${own} and id = any(${ids}::text[])`)
}

/** In the system role. */
export async function organizationsWithOld(tx: Tx): Promise<{ organization_id: string }[]> {
  return tx.rows(sql`select organization_id from evidence_retention r
    where days is not null and exists (
      select from evidence_packs p where p.organization_id = r.organization_id
        and ${isDue(null)})
    limit 100`)
}

/** @param days null: those of the retention, `r` */
function isDue(days: number | null): Sql {
  const kept = days === null ? sql`r.days` : sql`${days}::integer`
  return sql`p.stored_at < now() - ${kept} * interval '1 day' and not exists (
    select from evidence_holds h where h.organization_id = p.organization_id
      and h.released_at is null and (h.repository is null
        or lower(h.repository) = lower(p.repository)))`
}

const columns = sql`id, repository, reason, set_by, set_at, released_by, released_at,
  release_reason`
