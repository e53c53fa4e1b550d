// SQL of renewals: each row is a machine, its steps are the history that people read.
import { renewalQueued } from '../../events/certificate.ts'
import { empty, type Sql, sql, type Tx } from '../../platform/db.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { Intent } from '../connectors/authority/contract.ts'
import { offsetOf, type PageQuery } from '../paging.ts'

export type RenewalState =
  | 'queued'
  | 'waiting_agent'
  | 'prepared'
  | 'ordered'
  | 'waiting_csr'
  | 'issued'
  | 'stored'
  | 'failed'
  | 'cancelled'

export type Method = 'acme' | 'csr' | 'api'

export interface RenewalRow {
  organizationId: string
  id: number
  workspaceId: string
  certificateId: number
  cause: 'first_issue' | 'requested' | 'threshold'
  method: Method
  /** Null where people carry the request, to whom they like. */
  authorityId: number | null
  deployAfter: boolean
  state: RenewalState
  csr: Buffer | null
  sealedKey: Buffer | null
  intent: Intent | null
  der: Buffer | null
  chain: Buffer[] | null
  attempts: number
  /** The agent that makes the key and the request; null where the server does. */
  agentId: string | null
  createdBy: string
  createdAt: string
}

const columns = sql`organization_id as "organizationId", id, workspace_id as "workspaceId",
  certificate_id as "certificateId", cause, method, authority_id as "authorityId",
  deploy_after as "deployAfter", state, csr, sealed_key as "sealedKey", intent, der, chain,
  attempts, agent_id as "agentId", created_by as "createdBy", created_at as "createdAt"`

export interface NewRenewal {
  organizationId: string
  workspaceId: string
  certificateId: number
  cause: RenewalRow['cause']
  method: Method
  authorityId: number | null
  deployAfter: boolean
  createdBy: string
  /** Spreads what becomes due at one moment. */
  delayMs?: number
}

/** Null where one is open: the partial unique index is the lock. */
export async function insert(tx: Tx, made: NewRenewal): Promise<number | null> {
  const row = await tx.maybe<{ id: number }>(sql`
    insert into renewals
      (organization_id, workspace_id, certificate_id, cause, method, authority_id, deploy_after,
       state, created_by, next_attempt_at)
    values (${made.organizationId}, ${made.workspaceId}, ${made.certificateId}, ${made.cause},
      ${made.method}, ${made.authorityId}, ${made.deployAfter}, 'queued', ${made.createdBy},
      now() + ${made.delayMs ?? 0} * interval '1 millisecond')
    on conflict do nothing returning id`)
  if (row === null) return null
  const place = { organizationId: made.organizationId, id: row.id }
  await addStep(tx, place, { step: 'queued', outcome: 'done', message: causes[made.cause] })
  await setStatus(tx, made, 'in_progress')
  await appendEvent(tx, renewalQueued, {
    organizationId: made.organizationId,
    payload: { renewal_id: row.id },
  })
  return row.id
}

const causes: Record<RenewalRow['cause'], string> = {
  first_issue: 'The certificate was asked for',
  requested: 'Somebody asked for the renewal',
  threshold: 'The certificate has reached its renewal threshold',
}

/** A first issue that an authority cannot give at once: its request is given out. */
export async function insertWaiting(
  tx: Tx,
  owner: { organizationId: string; workspaceId: string; certificateId: number },
  made: { authorityId: number; csr: Buffer; sealedKey: Buffer | null; createdBy: string },
): Promise<void> {
  const { id } = await tx.one<{ id: number }>(sql`
    insert into renewals
      (organization_id, workspace_id, certificate_id, cause, method, authority_id, deploy_after,
       state, csr, sealed_key, intent, created_by)
    values (${owner.organizationId}, ${owner.workspaceId}, ${owner.certificateId}, 'first_issue',
      'csr', ${made.authorityId}, false, 'waiting_csr', ${made.csr}, ${made.sealedKey}, '{}',
      ${made.createdBy})
    returning id`)
  await addStep(tx, { organizationId: owner.organizationId, id }, waitingStep)
  await setStatus(tx, owner, 'waiting_csr')
}

export const waitingStep = {
  step: 'waiting_csr',
  outcome: 'waiting',
  message: 'The request is given out; the certificate is to be handed in',
} as const

export interface Place {
  organizationId: string
  id: number
}

export interface Step {
  step: string
  outcome: 'done' | 'waiting' | 'failed'
  message: string
}

/** Waiting for the same thing again is told once. */
export async function addStep(tx: Tx, place: Place, { step, outcome, message }: Step) {
  const told = message.slice(0, 2_000)
  await tx.run(sql`insert into renewal_steps (organization_id, renewal_id, step, outcome, message)
    select ${place.organizationId}, ${place.id}, ${step}, ${outcome}, ${told}
     where ${outcome} <> 'waiting' or ${told} is distinct from (
       select message from renewal_steps where organization_id = ${place.organizationId}
         and renewal_id = ${place.id} order by number desc limit 1)`)
}

export async function setStatus(
  tx: Tx,
  certificate: { organizationId: string; certificateId: number },
  status: string,
): Promise<void> {
  await tx.run(sql`update certificates set renewal_status = ${status}, updated_at = now()
    where organization_id = ${certificate.organizationId} and id = ${certificate.certificateId}`)
}

export async function find(tx: Tx, place: Place): Promise<RenewalRow | null> {
  return tx.maybe<RenewalRow>(sql`select ${columns} from renewals
    where organization_id = ${place.organizationId} and id = ${place.id}`)
}

/** The one that has not ended, of a certificate. */
export async function findOpen(
  tx: Tx,
  certificate: { organizationId: string; certificateId: number },
  { locked = false } = {},
): Promise<RenewalRow | null> {
  return tx.maybe<RenewalRow>(sql`select ${columns} from renewals
    where organization_id = ${certificate.organizationId}
      and certificate_id = ${certificate.certificateId}
      and state not in ('stored', 'failed', 'cancelled')
    ${locked ? sql`for no key update` : empty}`)
}

/** Gives up what has not ended, whoever holds it: that one finds its lease lost. */
export async function cancelOpen(
  tx: Tx,
  certificate: { organizationId: string; certificateId: number },
  why: string,
): Promise<void> {
  const { organizationId } = certificate
  const cancelled = await tx.maybe<{ id: number }>(sql`update renewals
      set state = 'cancelled', finished_at = now(), lease_owner = null, lease_until = null,
        sealed_key = null, der = null, chain = null, updated_at = now()
    where organization_id = ${organizationId} and certificate_id = ${certificate.certificateId}
      and state not in ('stored', 'failed', 'cancelled') returning id`)
  if (cancelled === null) return
  const told = { step: 'cancelled', outcome: 'done', message: why } as const
  await addStep(tx, { organizationId, id: cancelled.id }, told)
}

export interface ShownRenewal {
  id: number
  cause: string
  method: string
  state: string
  certificateAuthorityId: number | null
  deployAfterRenewal: boolean
  attempts: number
  nextAttemptAt: string | null
  error: { code: string; message: string } | null
  createdAt: string
  finishedAt: string | null
  steps: (Step & { at: string })[]
}

export async function listOf(
  tx: Tx,
  certificate: { organizationId: string; certificateId: number },
  page: PageQuery,
): Promise<{ data: ShownRenewal[]; total: number }> {
  const where = sql`r.organization_id = ${certificate.organizationId}
    and r.certificate_id = ${certificate.certificateId}`
  const data = await tx.rows<ShownRenewal>(sql`
    select r.id, r.cause, r.method, r.state, r.authority_id as "certificateAuthorityId",
      r.deploy_after as "deployAfterRenewal", r.attempts,
      case when r.finished_at is null and r.state not like 'waiting%' then r.next_attempt_at
        end as "nextAttemptAt",
      case when r.error_code is not null then jsonb_build_object(
        'code', r.error_code, 'message', r.error_message) end as error,
      r.created_at as "createdAt", r.finished_at as "finishedAt",
      coalesce((select jsonb_agg(jsonb_build_object(${iso}, 'step', s.step, 'outcome', s.outcome,
          'message', s.message) order by s.number)
        from (select * from renewal_steps s where s.organization_id = r.organization_id
          and s.renewal_id = r.id order by s.number desc limit 200) s), '[]') as steps
      from renewals r where ${where}
     order by r.id desc limit ${page.limit} offset ${offsetOf(page)}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from renewals r where ${where}`,
  )
  return { data, total }
}

const iso: Sql = sql`'at', to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
