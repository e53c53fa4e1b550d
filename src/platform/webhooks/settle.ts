// Writes what came of attempts, many in one transaction: the attempts, the deliveries, and the
// state of their endpoints. A result counts only while its lease is held.
import { sql, type Tx } from '../db.ts'
import type { Surface } from '../permissions.ts'
import { type Attempt, outcomeOf } from './attempt.ts'
import { type Breaker, record } from './breaker.ts'
import type { Claimed } from './claim.ts'
import { disable } from './deactivate.ts'
import { type NextStep, nextStep } from './schedule.ts'

export interface Result {
  delivery: Claimed
  attempt: Attempt
}

/** What a delivery is afterwards; pending where it is tried again. */
export type Outcome = 'delivered' | 'pending' | 'failed' | 'cancelled'

export interface Settled extends Result {
  outcome: Outcome
  retryInMs: number
}

/** Runs in the system role. */
export async function settle(
  tx: Tx,
  results: readonly Result[],
  around: { node: string; now: number },
): Promise<Settled[]> {
  // Whoever changes several deliveries locks their endpoints first, always in one order, so that
  // no two wait for each other.
  const endpoints = await lockEndpoints(tx, results)
  const settled = results.map((result) => {
    const endpoint = endpoints.get(result.delivery.endpointId)
    const step = stepAfter(result, around.now)
    const active = endpoint?.active === true
    if (active) endpoint.next = record(endpoint.next, health(step), around.now)
    return { ...result, ...fate(step, active && endpoint.next.state !== 'disabled', around.now) }
  })
  await writeResults(tx, settled, around.node)
  for (const endpoint of endpoints.values()) await writeHealth(tx, endpoint)
  return settled
}

function stepAfter({ delivery, attempt }: Result, now: number): NextStep {
  const number = delivery.attempts + 1
  return nextStep(outcomeOf(attempt), { number, now, jitter: Math.random() })
}

function health({ step }: NextStep): 'success' | 'failure' | 'gone' {
  if (step === 'delivered') return 'success'
  return step === 'disable' ? 'gone' : 'failure'
}

/** Nothing is tried again at an endpoint that is off. */
function fate(
  next: NextStep,
  active: boolean,
  now: number,
): Pick<Settled, 'outcome' | 'retryInMs'> {
  switch (next.step) {
    case 'delivered':
      return { outcome: 'delivered', retryInMs: 0 }
    case 'retry':
      return { outcome: active ? 'pending' : 'cancelled', retryInMs: next.at - now }
    default:
      return { outcome: 'failed', retryInMs: 0 }
  }
}

interface Endpoint {
  organizationId: string
  endpointId: string
  surface: Surface
  active: boolean
  breaker: Breaker
  /** After the results. */
  next: Breaker
}

async function lockEndpoints(tx: Tx, results: readonly Result[]): Promise<Map<string, Endpoint>> {
  const organizations = results.map(({ delivery }) => delivery.organizationId)
  const ids = results.map(({ delivery }) => delivery.endpointId)
  const rows = await tx.rows<Omit<Endpoint, 'next'>>(sql`
    select organization_id as "organizationId", id as "endpointId", surface, active, breaker
      from webhook_endpoints
     where (organization_id, id) in
       (select * from unnest(${organizations}::uuid[], ${ids}::uuid[]))
     order by organization_id, id for no key update`)
  return new Map(rows.map((row) => [row.endpointId, { ...row, next: row.breaker }]))
}

/** Whose lease was lost meanwhile, or whose endpoint was deleted, is passed over. */
async function writeResults(tx: Tx, rows: readonly Settled[], node: string): Promise<void> {
  const column = <Value>(read: (row: Settled) => Value) => rows.map(read)
  await tx.run(sql`
    with result as (
      select * from unnest(
        ${column(({ delivery }) => delivery.organizationId)}::uuid[],
        ${column(({ delivery }) => delivery.id)}::uuid[],
        ${column(({ outcome }) => outcome)}::text[],
        ${column(({ retryInMs }) => retryInMs)}::float8[],
        ${column(({ attempt }) => attempt.at)}::timestamptz[],
        ${column(({ attempt }) => attempt.status)}::integer[],
        ${column(({ attempt }) => attempt.error)}::text[],
        ${column(({ attempt }) => Math.round(attempt.durationMs))}::integer[])
      as r (organization_id, id, outcome, retry_in_ms, at, answer, error, duration_ms)
    ),
    written as (
      update webhook_deliveries d set attempts = d.attempts + 1, status = r.outcome,
        next_attempt_at = now() + r.retry_in_ms * interval '1 millisecond',
        lease_owner = null, lease_until = null,
        completed_at = case when r.outcome <> 'pending' then now() end
        from result r
       where d.organization_id = r.organization_id and d.id = r.id and d.lease_owner = ${node}
      returning d.organization_id, d.id, d.attempts, r.at, r.answer, r.error, r.duration_ms
    )
    insert into webhook_attempts
      (organization_id, delivery_id, number, at, status, error, duration_ms)
    select * from written`)
}

async function writeHealth(tx: Tx, endpoint: Endpoint): Promise<void> {
  const { organizationId, endpointId, breaker, next } = endpoint
  if (next === breaker || (isSound(breaker) && isSound(next))) return
  if (next.state === 'disabled') return disable(tx, endpoint, next)
  await tx.run(sql`
    update webhook_endpoints set breaker = ${JSON.stringify(next)}
     where organization_id = ${organizationId} and id = ${endpointId}`)
}

function isSound({ state, failures }: Breaker): boolean {
  return state === 'closed' && failures === 0
}
