// SQL of checks: one per link, commit and branch. The row is the job: to begin, or to be answered.
import { sql, type Tx } from '../../platform/db.ts'
import type { Head } from './head.ts'
import type { Outcome } from './outcome.ts'

export interface CheckRef {
  organizationId: string
  checkId: string
}

export interface Check {
  organization_id: string
  id: string
  link_id: string
  owner: string
  name: string
  commit_hash: string
  branch: string
  is_fork: boolean
  is_private: boolean
  pull_requests: number[]
  state: 'received' | 'scanning' | 'settled' | 'reported' | 'given_up'
  outcome: Outcome | null
  check_run_id: number | null
  attempts: number
  /** Who took it: what a holder writes is written under its name, while it still holds it. */
  lease_owner: string
  created_at: string
}

/** Answers whether it is the first time that this delivery comes. */
export async function noteDelivery(
  tx: Tx,
  made: { organizationId: string; linkId: string; deliveryId: string; event: string },
): Promise<boolean> {
  const added = await tx.run(sql`
    insert into code_host_deliveries (organization_id, link_id, delivery_id, event)
    values (${made.organizationId}, ${made.linkId}, ${made.deliveryId}, ${made.event})
    on conflict do nothing`)
  return added === 1
}

/**
 * Null where nothing changes. A known commit that becomes a pull request's is answered once more,
 * since it has a comment to get.
 */
export async function upsert(
  tx: Tx,
  made: { organizationId: string; id: string; linkId: string; head: Head },
): Promise<{ id: string; isNew: boolean } | null> {
  const { head } = made
  return tx.maybe<{ id: string; isNew: boolean }>(sql`
    insert into repository_checks as c
      (organization_id, id, link_id, owner, name, commit_hash, branch, is_fork, is_private,
       pull_requests, variant)
    values (${made.organizationId}, ${made.id}, ${made.linkId}, ${head.owner}, ${head.name},
      ${head.commit}, ${head.branch}, ${head.isFork}, ${head.isPrivate}, ${head.pullRequests},
      ${`${head.branch} ${head.run}`})
    on conflict (organization_id, link_id, lower(owner), lower(name), commit_hash, variant)
    do update set
      pull_requests = (select array_agg(distinct n) from
        unnest(c.pull_requests || excluded.pull_requests) as n),
      state = case when c.state in ('reported', 'given_up') and c.outcome is not null
        then 'settled' else c.state end,
      attempts = 0, next_attempt_at = least(c.next_attempt_at, now())
     where not c.pull_requests @> excluded.pull_requests
       and cardinality(c.pull_requests) < 10
    returning c.id, xmax = 0 as "isNew"`)
}

const leaseSeconds = 120

type IsGone = (holder: string) => boolean

/** Across tenants. One whose scan is never heard of again is looked at as well. */
export async function due(tx: Tx, isGone: IsGone): Promise<CheckRef[]> {
  const rows = await tx.rows<CheckRef & Lease>(sql`
    select organization_id as "organizationId", id as "checkId", ${lease} from repository_checks
     where state in ('received', 'settled', 'scanning') and next_attempt_at <= now()
     order by next_attempt_at limit 200`)
  return rows
    .filter((row) => isFree(row, isGone))
    .map(({ organizationId, checkId }) => ({ organizationId, checkId }))
}

interface Lease {
  holder: string | null
  lapsed: boolean
}

const lease = sql`lease_owner as holder, coalesce(lease_until < now(), true) as lapsed`

function isFree({ holder, lapsed }: Lease, isGone: IsGone): boolean {
  return lapsed || holder === null || isGone(holder)
}

/** Null where somebody holds it, or there is nothing to do. Within the tenant. */
export async function take(
  tx: Tx,
  ref: CheckRef,
  by: { holder: string; isGone: IsGone },
): Promise<Check | null> {
  const place = sql`organization_id = ${ref.organizationId} and id = ${ref.checkId}`
  const found = await tx.maybe<Lease>(sql`select ${lease} from repository_checks
    where ${place} and state in ('received', 'settled', 'scanning') and next_attempt_at <= now()
    for update`)
  if (found === null || !isFree(found, by.isGone)) return null
  return tx.one<Check>(sql`
    update repository_checks set lease_owner = ${by.holder}, attempts = attempts + 1,
      lease_until = now() + ${leaseSeconds} * interval '1 second'
     where ${place} returning ${columns}`)
}

const scanHoursMax = 6

/**
 * From now on a scan is under way; when nothing is heard of it for hours, it is looked for. False
 * where the check is another's by now.
 */
export async function begin(tx: Tx, check: Check): Promise<boolean> {
  const changed = await tx.run(sql`
    update repository_checks set state = 'scanning', attempts = 0, lease_owner = null,
      lease_until = null, next_attempt_at = now() + ${scanHoursMax} * interval '1 hour'
     where ${isHeld(check)} and state = 'received'`)
  return changed === 1
}

/** Of a scan that is under way or was only just asked for. Answers whether it was. */
export async function settle(tx: Tx, ref: CheckRef, outcome: Outcome): Promise<boolean> {
  const changed = await tx.run(sql`
    update repository_checks set state = 'settled', outcome = ${JSON.stringify(outcome)},
      attempts = 0, lease_owner = null, lease_until = null, next_attempt_at = now()
     where organization_id = ${ref.organizationId} and id = ${ref.checkId}
       and state in ('received', 'scanning')`)
  return changed === 1
}

export async function keepRun(tx: Tx, check: Check, checkRunId: number): Promise<void> {
  await tx.run(sql`update repository_checks set check_run_id = ${checkRunId}
    where ${isOf(check)}`)
}

/** Not where another pull request has come in between: that one has a comment to get. */
export async function reported(tx: Tx, check: Check): Promise<void> {
  await tx.run(sql`
    update repository_checks set
      state = case when pull_requests = ${check.pull_requests}::integer[]
        then 'reported' else state end,
      reported_at = now(), lease_owner = null, lease_until = null, last_error = null
     where ${isHeld(check)} and state = 'settled'`)
}

export async function giveUp(tx: Tx, check: Check, reason: string): Promise<void> {
  await tx.run(sql`
    update repository_checks set state = 'given_up', lease_owner = null, lease_until = null,
      last_error = ${reason}
     where ${isHeld(check)} and state in ('received', 'settled', 'scanning')`)
}

export async function postpone(
  tx: Tx,
  check: Check,
  later: { seconds: number; reason: string },
): Promise<void> {
  await tx.run(sql`
    update repository_checks set lease_owner = null, lease_until = null,
      last_error = ${later.reason},
      next_attempt_at = now() + ${later.seconds} * interval '1 second'
     where ${isHeld(check)}`)
}

/** A check that ends while its node stops is somebody else's at once. */
export async function release(tx: Tx, check: Check): Promise<void> {
  await tx.run(sql`
    update repository_checks set lease_owner = null, lease_until = null,
      attempts = greatest(attempts - 1, 0)
     where ${isHeld(check)}`)
}

/** Across tenants. Signatures carry no time, so a delivery stays known for long. */
export async function forgetOld(tx: Tx): Promise<void> {
  await tx.run(sql`delete from code_host_deliveries
    where received_at < now() - interval '45 days'`)
  await tx.run(sql`delete from code_host_redeliveries
    where tried_at < now() - interval '10 days'`)
  await tx.run(sql`delete from repository_checks
    where state in ('reported', 'given_up') and created_at < now() - interval '1 year'`)
}

function isHeld(check: Check) {
  return sql`${isOf(check)} and lease_owner = ${check.lease_owner}`
}

function isOf({ organization_id, id }: Check) {
  return sql`organization_id = ${organization_id} and id = ${id}`
}

const columns = sql`organization_id, id, link_id, owner, name, commit_hash, branch, is_fork,
  is_private, pull_requests, state, outcome, check_run_id, attempts,
  lease_owner, created_at`
