// What a person decides about findings. One rule for one finding and for many: a status that is
// set anew clears what the former one carried, and what is so already is left alone.
import { join, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Actor } from '../../platform/http/caller.ts'
import { type Filter, selection } from './filter.ts'
import type { ChangeFinding, FindingStatus } from './schema.ts'

/** Locks one row at most; answers the status before, or null where nothing changed. */
export async function changeOne(
  tx: Tx,
  finding: { organizationId: string; number: number },
  change: ChangeFinding,
  actor: Actor,
): Promise<FindingStatus | null> {
  const { organizationId, number } = finding
  const old = sql`
    select f.number, f.status from findings f
     where f.organization_id = ${organizationId} and f.number = ${number} and ${differs(change)}
       for no key update`
  const row = await tx.maybe<{ status: FindingStatus }>(sql`
    ${changing({ organizationId, old, change, actor })} select status from changed`)
  return row?.status ?? null
}

const chosenMsMax = 600_000

export interface Chosen {
  matched: number
  /** Of these, how many are not so already. */
  differing: number
}

/** Fixes which findings a filter means, until the end of the transaction. */
export async function chooseMany(tx: Tx, filter: Filter, change: ChangeFinding): Promise<Chosen> {
  await tx.rows(sql`select set_config('statement_timeout', ${String(chosenMsMax)}, true)`)
  await tx.run(sql`
    create temporary table chosen on commit drop as
    select f.number from ${selection(filter)} order by f.number`)
  await tx.run(sql`analyze chosen`)
  return tx.one<Chosen>(sql`
    select count(*) as matched, count(*) filter (where ${differs(change)}) as differing
      from chosen c
      join findings f on f.organization_id = ${filter.organizationId} and f.number = c.number`)
}

/** Answers how many changed. */
export async function changeChosen(
  tx: Tx,
  organizationId: string,
  change: ChangeFinding,
  actor: Actor,
): Promise<number> {
  const old = sql`
    select f.number, f.status from chosen c
      join findings f on f.organization_id = ${organizationId} and f.number = c.number
     where ${differs(change)} order by f.number for no key update of f`
  const { n } = await tx.one<{ n: number }>(sql`
    ${changing({ organizationId, old, change, actor })} select count(*) as n from changed`)
  return n
}

/**
 * A change of many locks findings of many repositories; so does an ingest, in another order. Each
 * waits for the others of its organization to end, which is what keeps both from a deadlock.
 * Answers false where that takes too long; the transaction is over then.
 */
export async function holdOffIngests(tx: Tx, organizationId: string): Promise<boolean> {
  await tx.rows(sql`select set_config('lock_timeout', ${String(lockMsMax)}, true)`)
  try {
    await tx.rows(sql`select pg_advisory_xact_lock(${lockKey(organizationId)})`)
  } catch (error) {
    if ((error as { code?: string }).code === lockNotAvailable) return false
    throw error
  }
  await tx.rows(sql`select set_config('lock_timeout', '0', true)`)
  return true
}

/** For an ingest, before it writes its first finding: many of them may run at once. */
export async function holdOffChangesOfMany(tx: Tx, organizationId: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock_shared(${lockKey(organizationId)})`)
}

const lockMsMax = 30_000
const lockNotAvailable = '55P03'

function lockKey(organizationId: string): Sql {
  return sql`hashtextextended(${`gate.triage ${organizationId}`}, 0)`
}

/** Whether a change would say anything that the finding `f` does not say already. */
function differs(change: ChangeFinding): Sql {
  const { status, resolution_note: note, reason, expires_at: expiry } = change
  const parts = [sql`f.status <> ${status}`, sql`f.seen_again`]
  // What the scanner resolved comes back when it is seen; what a person resolved stays.
  if (status === 'resolved') parts.push(sql`f.status_by is distinct from 'person'`)
  // What the code set aside becomes the decision of who says the same.
  if (status === 'ignored') parts.push(sql`f.status_by = 'code'`)
  if (note !== undefined) parts.push(sql`f.resolution_note is distinct from ${note}`)
  if (reason !== undefined) parts.push(sql`f.reason is distinct from ${reason}`)
  if (expiry !== undefined) parts.push(sql`f.expires_at is distinct from ${expiry}`)
  return sql`(${join(parts, ' or ')})`
}

interface Changing {
  organizationId: string
  /** Selects number and status of what changes, and locks it. */
  old: Sql
  change: ChangeFinding
  actor: Actor
}

/** The head of a statement: what follows may select from `changed`. */
function changing({ organizationId, old, change, actor }: Changing): Sql {
  const { status, resolution_note: note, reason } = change
  const fresh = status === 'open' ? 'reopened' : status
  const again = status === 'open' ? 'noted' : status
  const who = `${actor.name} (${actor.id})`
  return sql`
    with old as materialized (${old}),
    changed as (
      update findings f
         set status = ${status}, status_by = ${status === 'open' ? insists : sql`'person'`},
             seen_again = false, updated_at = now(), ${kept(change)}
        from old
       where f.organization_id = ${organizationId} and f.number = old.number
      returning f.number, old.status
    ),
    told as (
      insert into finding_history (organization_id, number, event, actor, note, reason)
      select ${organizationId}, number,
        case when status = ${status} then ${again} else ${fresh} end, ${who}, ${note ?? null},
        ${reason ?? null}
        from changed order by number
    )`
}

/** Who opens what the code set aside means it: the next scan must not take it back. */
const insists = sql`case when f.status_by = 'code' then 'person' end`

/** What is not given stays with the same status and goes with another. */
function kept(change: ChangeFinding): Sql {
  const { status, resolution_note: note, reason, expires_at: expiry } = change
  const keep = (given: string | null | undefined, column: Sql) =>
    given === undefined
      ? sql`${column} = case when f.status = ${status} then f.${column} end`
      : sql`${column} = ${given}`
  return join(
    [keep(note, sql`resolution_note`), keep(reason, sql`reason`), keep(expiry, sql`expires_at`)],
    ', ',
  )
}
