// SQL of what agents are asked to do. A job serves a row, a deployment or a renewal, and carries it
// to an agent; what the row says is read when the job is offered.
import { sql, type Tx } from '../../platform/db.ts'
import { prefixedId } from '../../platform/ids.ts'

export const leaseMs = 60_000
/** Offers of one job whose agent then fell silent. */
export const offersMax = 5
/** Tells waiting agents, on whatever node they wait. */
export const jobChannel = 'panthera_agent_jobs'

export type JobKind = 'make_key' | 'deploy' | 'discover'

export interface JobRow {
  organizationId: string
  id: string
  agentId: string
  kind: JobKind
  renewalId: number | null
  deploymentId: number | null
  work: Record<string, unknown>
  state: 'queued' | 'offered' | 'done' | 'cancelled' | 'expired'
  attempts: number
  expiresAt: string
  /** Its time is over. */
  expired: boolean
  /** Its time is over, or that of its lease. */
  due: boolean
  result: unknown
}

const columns = sql`organization_id as "organizationId", id, agent_id as "agentId", kind,
  renewal_id as "renewalId", deployment_id as "deploymentId", work, state, attempts,
  expires_at as "expiresAt", expires_at <= now() as expired,
  least(expires_at, coalesce(lease_until, expires_at)) <= now() as due, result`

export interface NewJob {
  organizationId: string
  agentId: string
  kind: JobKind
  renewalId?: number
  deploymentId?: number
  work?: object
  lastsMs: number
}

/** Of an agent that was revoked its time is over at once: nobody will come for it. */
export async function insertJob(tx: Tx, made: NewJob): Promise<string> {
  const id = prefixedId('job')
  await tx.run(sql`delete from agent_jobs where organization_id = ${made.organizationId}
    and agent_id = ${made.agentId} and finished_at < now() - interval '30 days'`)
  await tx.run(sql`insert into agent_jobs
      (organization_id, id, agent_id, kind, renewal_id, deployment_id, work, expires_at)
    values (${made.organizationId}, ${id}, ${made.agentId}, ${made.kind},
      ${made.renewalId ?? null}, ${made.deploymentId ?? null}, ${JSON.stringify(made.work ?? {})},
      case when exists (select from agents where organization_id = ${made.organizationId}
          and id = ${made.agentId} and revoked_at is null)
        then now() + ${made.lastsMs} * interval '1 millisecond' else now() end)`)
  await wakeAgent(tx, made)
  return id
}

/** After the commit; a hint only, since agents ask again anyway. */
export async function wakeAgent(tx: Tx, agent: { organizationId: string; agentId: string }) {
  const payload = `${agent.organizationId} ${agent.agentId}`
  await tx.run(sql`select pg_notify(${jobChannel}, ${payload})`)
}

export interface JobPlace {
  organizationId: string
  id: string
}

export async function findJob(tx: Tx, place: JobPlace): Promise<JobRow | null> {
  return tx.maybe<JobRow>(sql`select ${columns} from agent_jobs
    where organization_id = ${place.organizationId} and id = ${place.id}`)
}

export async function lockJob(tx: Tx, place: JobPlace): Promise<JobRow | null> {
  return tx.maybe<JobRow>(sql`select ${columns} from agent_jobs
    where organization_id = ${place.organizationId} and id = ${place.id} for update`)
}

const toOffer = (agent: { organizationId: string; id: string }) => sql`
  organization_id = ${agent.organizationId} and agent_id = ${agent.id}
    and state = 'queued' and next_attempt_at <= now() and expires_at > now()`

/** Whether there is one that it may begin now: asked often, and locks nothing. */
export async function hasJobs(
  tx: Tx,
  agent: { organizationId: string; id: string },
): Promise<boolean> {
  const found = await tx.maybe(sql`select 1 as one from agent_jobs where ${toOffer(agent)} limit 1`)
  return found !== null
}

/** Those that it may begin now, the oldest first, locked. */
export async function jobsToOffer(
  tx: Tx,
  agent: { organizationId: string; id: string },
  max: number,
): Promise<JobRow[]> {
  return tx.rows<JobRow>(sql`select ${columns} from agent_jobs where ${toOffer(agent)}
    order by created_at, id limit ${max} for update skip locked`)
}

/**
 * Answers the sequence of the offer. It follows the clock, for agents remember the last one: a
 * server that was restored from a backup must not begin where that ended.
 */
export async function markOffered(tx: Tx, job: JobRow): Promise<number> {
  const { sequence } = await tx.one<{ sequence: number }>(sql`update agents
      set sequence = greatest(sequence + 1,
        floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
    where organization_id = ${job.organizationId} and id = ${job.agentId} returning sequence`)
  await tx.run(sql`update agent_jobs set state = 'offered', sequence = ${sequence},
      work = work - 'untold', attempts = attempts + 1,
      lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where organization_id = ${job.organizationId} and id = ${job.id}`)
  return sequence
}

/** Only one that the agent has been offered and not ended yet. */
export async function extendLease(tx: Tx, job: JobPlace & { agentId: string }): Promise<boolean> {
  const extended = await tx.run(sql`update agent_jobs
      set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where organization_id = ${job.organizationId} and id = ${job.id}
      and agent_id = ${job.agentId} and state = 'offered'`)
  return extended === 1
}

export async function endJob(
  tx: Tx,
  job: JobPlace,
  end: { state: 'done' | 'cancelled' | 'expired'; result?: unknown },
): Promise<void> {
  const result = end.result === undefined ? null : JSON.stringify(end.result)
  await tx.run(sql`update agent_jobs set state = ${end.state}, result = ${result},
      lease_until = null, finished_at = now()
    where organization_id = ${job.organizationId} and id = ${job.id}`)
}

/** Nothing is left to do, which the next look at it tells those who wait. */
export async function markObsolete(tx: Tx, job: JobPlace): Promise<void> {
  await tx.run(sql`update agent_jobs set expires_at = now(), work = '{"obsolete":true}'
    where organization_id = ${job.organizationId} and id = ${job.id}`)
}

/** It cannot be told now, which is no reason for the others to wait. */
export async function postpone(tx: Tx, job: JobPlace): Promise<void> {
  await tx.run(sql`update agent_jobs set next_attempt_at = now() + interval '1 minute',
      work = work || '{"untold":true}'
    where organization_id = ${job.organizationId} and id = ${job.id}`)
}

/** Its agent fell silent: it is offered again, later each time. */
export async function takeBack(tx: Tx, job: JobRow): Promise<void> {
  const delayMs = 5_000 * 3 ** Math.min(job.attempts, offersMax)
  await tx.run(sql`update agent_jobs set state = 'queued', lease_until = null,
      next_attempt_at = now() + ${delayMs} * interval '1 millisecond'
    where organization_id = ${job.organizationId} and id = ${job.id}`)
}

/**
 * What an agent was offered that is at nothing: it ended in the middle, or never heard of it.
 * Discoveries last beside its other work. Answers the deployments among them.
 */
export async function takeBackAll(
  tx: Tx,
  agent: { organizationId: string; id: string },
): Promise<number[]> {
  const rows = await tx.rows<{ id: number | null }>(sql`update agent_jobs set state = 'queued',
      lease_until = null, next_attempt_at = now()
    where organization_id = ${agent.organizationId} and agent_id = ${agent.id}
      and state = 'offered' and kind <> 'discover' and attempts < ${offersMax}
    returning deployment_id as id`)
  return rows.flatMap(({ id }) => id ?? [])
}

/** Those of deployments that nobody has begun. Answers the deployments whose jobs it ended. */
export async function cancelUnoffered(
  tx: Tx,
  organizationId: string,
  deploymentIds: readonly number[],
): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(sql`update agent_jobs
      set state = 'cancelled', finished_at = now()
    where organization_id = ${organizationId} and deployment_id = any(${deploymentIds}::bigint[])
      and state = 'queued' and attempts = 0 returning deployment_id as id`)
  return rows.map(({ id }) => id)
}

/** Of all tenants: what has expired, and what was offered to who fell silent. */
export async function jobsDue(tx: Tx): Promise<JobPlace[]> {
  return tx.rows<JobPlace>(sql`select organization_id as "organizationId", id from agent_jobs
    where state in ('queued', 'offered')
      and least(expires_at, coalesce(lease_until, expires_at)) <= now()
    order by least(expires_at, coalesce(lease_until, expires_at)) limit 500`)
}
