// SQL of taking deliveries under a lease. A delivery is due when its time has come, nobody holds
// it, and its endpoint is active and not paused; a pending row is the job.
import { type Sql, sql, type Tx } from '../db.ts'
import { admit, type Breaker } from './breaker.ts'
import type { Offer } from './places.ts'

export interface Claimed {
  organizationId: string
  id: string
  endpointId: string
  messageId: string
  /** Made since the delivery was created or replayed. */
  attempts: number
  url: string
  body: string
  sealedSecrets: Buffer
  breaker: Breaker
}

/** Longer than an attempt and the writing of its result take together. */
const leaseMs = 60_000

/** Takes what is due, the longest waiting first, in equal shares among the endpoints. */
export async function claim(
  tx: Tx,
  taking: { node: string; now: number; offer: Offer },
): Promise<Claimed[]> {
  const { places, rooms, roomDefault } = taking.offer
  const claimed = await tx.rows<Claimed>(sql`
    with recursive ${waiting},
    ready as (
      select e.organization_id, e.id, w.next_attempt_at, e.url, e.sealed_secrets, e.breaker,
        -- A paused endpoint is tried with one delivery.
        case when e.breaker->>'state' = 'closed' then coalesce(r.room, ${roomDefault}) else 1 end
          as room
      from ${readyEndpoints(taking.now)}
      left join unnest(${[...rooms.keys()]}::uuid[], ${[...rooms.values()]}::integer[])
        as r (id, room) on r.id = e.id
      where coalesce(r.room, 1) > 0
    ),
    shared as (
      select *, greatest(1, ${places} / count(*) over ()) as share from ready
       order by next_attempt_at limit ${places}
    ),
    taken as (
      select d.ctid as place, d.organization_id, d.message_id, s.url, s.sealed_secrets, s.breaker
        from shared s cross join lateral (
          select d.ctid, d.organization_id, d.message_id from webhook_deliveries d
           where d.organization_id = s.organization_id and d.endpoint_id = s.id and ${isDue}
           order by d.next_attempt_at limit least(s.room, s.share)
             for update skip locked) d
       limit ${places}
    )
    update webhook_deliveries d set lease_owner = ${taking.node},
        lease_until = now() + ${leaseMs} * interval '1 millisecond'
      from taken t
      join webhook_messages m on m.organization_id = t.organization_id and m.id = t.message_id
     -- Locked above, so it is still there; and no plan can take this for a search.
     where d.ctid = t.place
    returning d.organization_id as "organizationId", d.id, d.endpoint_id as "endpointId",
      d.message_id as "messageId", d.attempts - d.attempts_at_replay as attempts, t.url, m.body,
      t.sealed_secrets as "sealedSecrets", t.breaker`)
  return admitProbes(tx, claimed, taking.now)
}

/** Whether a claim would find something. */
export async function isAnythingDue(tx: Tx, now: number): Promise<boolean> {
  const { due } = await tx.one<{ due: boolean }>(sql`
    with recursive ${waiting}
    select exists (select 1 from ${readyEndpoints(now)}
      where exists (select 1 from webhook_deliveries d
        where d.organization_id = e.organization_id and d.endpoint_id = e.id and ${isDue})) as due`)
  return due
}

/** Gives back leases, so that the deliveries are due at once. */
export async function release(
  tx: Tx,
  held: { node: string; deliveries: readonly { organizationId: string; id: string }[] },
): Promise<void> {
  await tx.run(sql`
    update webhook_deliveries set lease_owner = null, lease_until = null
     where lease_owner = ${held.node} and ${isOneOf(held.deliveries)}`)
}

/** Gives back what processes hold that are certainly gone. Answers how many deliveries. */
export async function releaseOfGone(tx: Tx, isGone: (holder: string) => boolean): Promise<number> {
  const holders = await tx.rows<{ holder: string }>(sql`
    select distinct lease_owner as holder from webhook_deliveries where lease_owner is not null`)
  const gone = holders.map(({ holder }) => holder).filter(isGone)
  if (gone.length === 0) return 0
  return tx.run(sql`update webhook_deliveries set lease_owner = null, lease_until = null
    where lease_owner = any(${gone})`)
}

/** A condition on rows with `organization_id` and `id`. */
export function isOneOf(deliveries: readonly { organizationId: string; id: string }[]): Sql {
  const organizations = deliveries.map(({ organizationId }) => organizationId)
  const ids = deliveries.map(({ id }) => id)
  return sql`(organization_id, id) in
    (select * from unnest(${organizations}::uuid[], ${ids}::uuid[]))`
}

/**
 * The endpoints for which anything is pending, found by jumping from one to the next in the index:
 * as many steps as there are endpoints, however many deliveries wait.
 */
const waiting = sql`waiting as (
  (select organization_id, endpoint_id, next_attempt_at from webhook_deliveries
    where status = 'pending' order by organization_id, endpoint_id, next_attempt_at limit 1)
  union all
  select n.* from waiting w cross join lateral (
    select organization_id, endpoint_id, next_attempt_at from webhook_deliveries d
     where d.status = 'pending'
       and (d.organization_id, d.endpoint_id) > (w.organization_id, w.endpoint_id)
     order by organization_id, endpoint_id, next_attempt_at limit 1) n
)`

/** Joins `waiting` as w with its endpoints as e. */
function readyEndpoints(now: number): Sql {
  return sql`waiting w
    join webhook_endpoints e on e.organization_id = w.organization_id and e.id = w.endpoint_id
      and w.next_attempt_at <= now() and e.active
      and coalesce((e.breaker->>'until')::float8, 0) <= ${now}`
}

const isDue = sql`d.status = 'pending' and d.next_attempt_at <= now()
  and (d.lease_until is null or d.lease_until < now())`

/** Of several nodes that try a paused endpoint at once, one may; the others give it back. */
async function admitProbes(tx: Tx, claimed: Claimed[], now: number): Promise<Claimed[]> {
  const refused = new Set<Claimed>()
  for (const probe of claimed.filter(({ breaker }) => breaker.state !== 'closed')) {
    const { organizationId, endpointId } = probe
    const row = await tx.maybe<{ breaker: Breaker }>(sql`
      select breaker from webhook_endpoints
       where organization_id = ${organizationId} and id = ${endpointId}
         for no key update skip locked`)
    const admission = row === null ? null : admit(row.breaker, now)
    if (admission?.admitted !== true) {
      refused.add(probe)
      continue
    }
    await tx.run(sql`
      update webhook_endpoints set breaker = ${JSON.stringify(admission.breaker)}
       where organization_id = ${organizationId} and id = ${endpointId}`)
  }
  if (refused.size > 0) {
    await tx.run(sql`update webhook_deliveries set lease_owner = null, lease_until = null
      where ${isOneOf([...refused])}`)
  }
  return claimed.filter((each) => !refused.has(each))
}
