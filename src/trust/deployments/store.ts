// SQL of deployments: each is one version of a certificate on its way to one target.
import { sql, type Tx } from '../../platform/db.ts'
import type { DeploymentStep } from '../connectors/agent-protocol.ts'
import { offsetOf, type PageQuery } from '../paging.ts'
import type { Deployment } from './schema.ts'

const shown = sql`id, certificate_id as "certificateId", version, target, agent_id as "agentId",
  cause, state, rollout as "rolloutId", position = 0 as canary, steps,
  served_fingerprint as "servedFingerprint",
  case when error_code is not null then jsonb_build_object(
    'code', error_code, 'message', error_message) end as error,
  created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`

export async function listOf(
  tx: Tx,
  certificate: { organizationId: string; certificateId: number },
  page: PageQuery,
): Promise<{ data: Deployment[]; total: number }> {
  const where = sql`organization_id = ${certificate.organizationId}
    and certificate_id = ${certificate.certificateId}`
  const data = await tx.rows<Deployment>(sql`select ${shown} from deployments where ${where}
     order by id desc limit ${page.limit} offset ${offsetOf(page)}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from deployments where ${where}`,
  )
  return { data, total }
}

export interface DeploymentPlace {
  organizationId: string
  id: number
}

export async function find(tx: Tx, place: DeploymentPlace): Promise<Deployment | null> {
  return tx.maybe<Deployment>(sql`select ${shown} from deployments
    where organization_id = ${place.organizationId} and id = ${place.id}`)
}

export interface NewDeployment {
  organizationId: string
  workspaceId: string
  certificateId: number
  version: number
  target: string
  agentId: string | null
  cause: 'requested' | 'renewal'
  rollout: string
  position: number
  renewalId: number | null
  createdBy: string
  /** What can never come about is recorded as such. */
  error: { code: string; message: string } | null
}

export async function insert(tx: Tx, made: NewDeployment): Promise<number> {
  const { error } = made
  const { id } = await tx.one<{ id: number }>(sql`insert into deployments
      (organization_id, workspace_id, certificate_id, version, target, agent_id, cause, state,
       rollout, position, renewal_id, created_by, error_code, error_message, finished_at)
    values (${made.organizationId}, ${made.workspaceId}, ${made.certificateId}, ${made.version},
      ${made.target}, ${made.agentId}, ${made.cause}, ${error === null ? 'waiting' : 'failed'},
      ${made.rollout}, ${made.position}, ${made.renewalId}, ${made.createdBy},
      ${error?.code ?? null}, ${error?.message ?? null},
      ${error === null ? null : sql`now()`})
    returning id`)
  return id
}

interface Certificate {
  organizationId: string
  certificateId: number
}

export interface ReadyDeployment {
  id: number
  target: string
  agentId: string
  cause: 'requested' | 'renewal'
}

/** Those whose turn it is: the canary has done well, and nothing else is open for the target. */
export async function ready(tx: Tx, certificate: Certificate): Promise<ReadyDeployment[]> {
  return tx.rows<ReadyDeployment>(sql`
    select distinct on (d.target) d.id, d.target, d.agent_id as "agentId", d.cause
      from deployments d
     where d.organization_id = ${certificate.organizationId}
       and d.certificate_id = ${certificate.certificateId} and d.state = 'waiting'
       and (d.position = 0 or exists (select from deployments c
         where c.organization_id = d.organization_id and c.rollout = d.rollout
           and c.position = 0 and c.state = 'deployed'))
       and not exists (select from deployments o
         where o.organization_id = d.organization_id and o.certificate_id = d.certificate_id
           and o.target = d.target and o.state in ('queued', 'running'))
     order by d.target, d.id`)
}

export async function setState(
  tx: Tx,
  place: DeploymentPlace,
  state: 'queued' | 'running',
): Promise<void> {
  await tx.run(sql`update deployments set state = ${state},
      started_at = coalesce(started_at, case when ${state} = 'running' then now() end)
    where organization_id = ${place.organizationId} and id = ${place.id}
      and state in ('waiting', 'queued', 'running')`)
}

export async function setSteps(
  tx: Tx,
  place: DeploymentPlace,
  steps: readonly DeploymentStep[],
): Promise<void> {
  await tx.run(sql`update deployments set steps = ${JSON.stringify(steps)}
    where organization_id = ${place.organizationId} and id = ${place.id}
      and finished_at is null`)
}

export interface Ending {
  state: 'deployed' | 'rolled_back' | 'failed' | 'cancelled'
  error: { code: string; message: string } | null
  /** Those that are known unless given. */
  steps?: readonly DeploymentStep[]
  servedFingerprint?: string | null
}

/**
 * Answers false where it had ended. One that was given up because nobody was heard of may still
 * end as its agent tells afterwards.
 */
export async function end(tx: Tx, place: DeploymentPlace, ending: Ending): Promise<boolean> {
  const { error } = ending
  const steps = ending.steps === undefined ? null : JSON.stringify(ending.steps)
  const ended = await tx.run(sql`update deployments set state = ${ending.state},
      steps = coalesce(${steps}::jsonb, steps), served_fingerprint =
        coalesce(${ending.servedFingerprint ?? null}, served_fingerprint),
      error_code = ${error?.code ?? null},
      error_message = ${error?.message.slice(0, 1_000) ?? null},
      finished_at = now()
    where organization_id = ${place.organizationId} and id = ${place.id}
      and (finished_at is null or (error_code in ('lease_lost', 'job_expired')
        and not exists (select from deployments n
          where n.organization_id = deployments.organization_id
            and n.certificate_id = deployments.certificate_id
            and n.target = deployments.target and n.id > deployments.id)))`)
  return ended === 1
}

/** Another one like it, unless there were so many or a newer one overtakes it. */
export async function repeat(
  tx: Tx,
  place: DeploymentPlace,
  attemptsMax: number,
): Promise<boolean> {
  const made = await tx.run(sql`insert into deployments
      (organization_id, workspace_id, certificate_id, version, target, agent_id, cause, state,
       rollout, position, renewal_id, created_by)
    select d.organization_id, d.workspace_id, d.certificate_id, d.version, d.target, d.agent_id,
      d.cause, 'waiting', d.rollout, d.position, d.renewal_id, d.created_by
      from deployments d
      join certificates c on c.organization_id = d.organization_id and c.id = d.certificate_id
        and c.version = d.version and c.revoked_at is null
     where d.organization_id = ${place.organizationId} and d.id = ${place.id}
       and ${attemptsMax} > (select count(*) from deployments e
         where e.organization_id = d.organization_id and e.rollout = d.rollout
           and e.target = d.target)
       and not exists (select from deployments n where n.organization_id = d.organization_id
         and n.certificate_id = d.certificate_id and n.target = d.target and n.id > d.id)`)
  return made === 1
}

export interface OpenDeployment {
  id: number
  target: string
  version: number
  state: 'waiting' | 'queued' | 'running'
}

export async function openOf(tx: Tx, certificate: Certificate): Promise<OpenDeployment[]> {
  return tx.rows<OpenDeployment>(sql`select id, target, version, state from deployments
    where organization_id = ${certificate.organizationId}
      and certificate_id = ${certificate.certificateId}
      and state in ('waiting', 'queued', 'running') order by id`)
}

/** The others of a rollout that have not begun. */
export async function cancelWaiting(
  tx: Tx,
  place: { organizationId: string; rollout: string },
  error: { code: string; message: string },
): Promise<number> {
  return tx.run(sql`update deployments set state = 'cancelled', finished_at = now(),
      error_code = ${error.code}, error_message = ${error.message.slice(0, 1_000)}
    where organization_id = ${place.organizationId} and rollout = ${place.rollout}
      and state = 'waiting'`)
}

/**
 * What the deployments of the version in force say of the certificate: whether one of them has
 * failed, and whether each of its targets has it.
 */
export async function refreshCertificate(tx: Tx, certificate: Certificate): Promise<void> {
  await tx.run(sql`
    with latest as (
      select distinct on (d.target) d.target, d.state, d.error_code from deployments d
        join certificates c on c.organization_id = d.organization_id and c.id = d.certificate_id
       where d.organization_id = ${certificate.organizationId}
         and d.certificate_id = ${certificate.certificateId} and d.version = c.version
       order by d.target, d.id desc)
    update certificates c set
      deployment_failed = exists (select from latest
        where state in ('failed', 'rolled_back') or error_code = 'canary_failed'),
      renewal_status = case when renewal_status in ('none', 'pending')
          and cardinality(deployment_targets) > 0
          and not exists (select from unnest(deployment_targets) as t (name)
            where not exists (select from latest where target = t.name and state = 'deployed'))
        then 'deployed' else renewal_status end,
      updated_at = now()
     where organization_id = ${certificate.organizationId}
       and id = ${certificate.certificateId}`)
}

/** The targets of a rollout that its canary kept from beginning. */
export async function stoppedBy(
  tx: Tx,
  organizationId: string,
  rollout: string | null,
): Promise<string[]> {
  const rows = await tx.rows<{ target: string }>(sql`select target from deployments
    where organization_id = ${organizationId} and rollout = ${rollout} and position > 0
      and state = 'cancelled' order by position limit 50`)
  return rows.map(({ target }) => target)
}
