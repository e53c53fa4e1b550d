// SQL of renewals as workers see them: which are due, taking one under a lease, moving it on.
import { sql, type Tx } from '../../platform/db.ts'
import { find, type Place, type RenewalRow, type RenewalState } from './store.ts'

export const leaseMs = 60_000

/** So many at a time: what becomes due meanwhile does not wait behind all that were before. */
const dueMax = 100

/**
 * Those whose time has come and that nobody holds. The authorities take turns: thousands that wait
 * for one which hangs must not keep those of all others waiting.
 */
export async function due(tx: Tx, isGone: (holder: string) => boolean): Promise<Place[]> {
  const rows = await tx.rows<Place & { holder: string | null; lapsed: boolean }>(sql`
    select organization_id as "organizationId", id, lease_owner as holder,
      coalesce(lease_until < now(), true) as lapsed
      from renewals
     where state in ('queued', 'prepared', 'ordered', 'issued') and next_attempt_at <= now()
     order by row_number() over (partition by organization_id, authority_id
       order by next_attempt_at), next_attempt_at limit ${dueMax}`)
  return rows
    .filter(({ holder, lapsed }) => lapsed || isGone(holder ?? ''))
    .map(({ organizationId, id }) => ({ organizationId, id }))
}

/** Null where it is held, ended, or its time has not come. */
export async function take(
  tx: Tx,
  place: Place,
  holder: { id: string; isGone: (holder: string) => boolean },
): Promise<RenewalRow | null> {
  const row = await tx.maybe<{ holder: string | null; lapsed: boolean; open: boolean }>(sql`
    select lease_owner as holder, coalesce(lease_until < now(), true) as lapsed,
      state in ('queued', 'prepared', 'ordered', 'issued') and next_attempt_at <= now() as open
      from renewals where organization_id = ${place.organizationId} and id = ${place.id}
       for update`)
  if (row === null || !row.open) return null
  if (!row.lapsed && !holder.isGone(row.holder ?? '')) return null
  await tx.run(sql`update renewals set lease_owner = ${holder.id},
      lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where organization_id = ${place.organizationId} and id = ${place.id}`)
  return find(tx, place)
}

/** While an authority takes its time: two that ask at once would order twice. */
export async function keep(tx: Tx, place: Place, holder: string): Promise<void> {
  await tx.run(sql`update renewals set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where organization_id = ${place.organizationId} and id = ${place.id}
      and lease_owner = ${holder}`)
}

/** Others have their turn before it goes on. */
export async function letGo(tx: Tx, place: Place, holder: string): Promise<void> {
  await tx.run(sql`update renewals set lease_owner = null, lease_until = null,
      next_attempt_at = now()
    where organization_id = ${place.organizationId} and id = ${place.id}
      and lease_owner = ${holder} and finished_at is null`)
}

export class LeaseLost extends Error {
  constructor() {
    super('another node holds this renewal now')
    this.name = 'LeaseLost'
  }
}

/** As it was moved; one that is not held any more waits or has ended. */
export type Moved = RenewalRow & { isHeld: boolean }

/** A renewal under the lease of one taking. */
export type Held = RenewalRow & { holder: string }

export interface Move {
  state: RenewalState
  csr?: Buffer | null
  sealedKey?: Buffer | null
  intent?: object | null
  der?: Buffer
  chain?: readonly Uint8Array[] | null
  authorityId?: number
  agentId?: string
  attempts?: number
  delayMs?: number
  error?: { code: string; message: string } | null
}

const ended: readonly RenewalState[] = ['stored', 'failed', 'cancelled']

/**
 * From the state that the holder saw to the next, in one transaction with all that goes with it.
 * One that has ended keeps no key. Throws LeaseLost where somebody else moved it: then nothing of
 * that is written.
 */
export async function move(tx: Tx, held: Held, to: Move): Promise<Moved> {
  const chain = to.chain === undefined ? held.chain : to.chain?.map((der) => Buffer.from(der))
  const next: RenewalRow = {
    ...held,
    state: to.state,
    csr: to.csr === undefined ? held.csr : to.csr,
    sealedKey: to.sealedKey === undefined ? held.sealedKey : to.sealedKey,
    intent: to.intent === undefined ? held.intent : (to.intent as RenewalRow['intent']),
    der: to.der ?? held.der,
    chain: chain ?? null,
    authorityId: to.authorityId ?? held.authorityId,
    attempts: to.attempts ?? held.attempts,
    agentId: to.agentId ?? held.agentId,
  }
  const isEnded = ended.includes(to.state)
  const waits = to.state === 'waiting_csr' || to.state === 'waiting_agent'
  const letsGo = isEnded || waits || (to.delayMs ?? 0) > 0
  const moved = await tx.run(sql`
    update renewals set state = ${next.state}, csr = ${next.csr},
      sealed_key = ${isEnded ? null : next.sealedKey},
      intent = ${next.intent === null ? null : JSON.stringify(next.intent)},
      der = ${isEnded ? null : next.der}, chain = ${isEnded ? null : next.chain},
      authority_id = ${next.authorityId}, agent_id = ${next.agentId}, attempts = ${next.attempts},
      next_attempt_at = now() + ${to.delayMs ?? 0} * interval '1 millisecond',
      error_code = ${to.error?.code ?? null}, error_message = ${to.error?.message ?? null},
      lease_owner = case when ${letsGo} then null else lease_owner end,
      lease_until = case when ${letsGo} then null
        else now() + ${leaseMs} * interval '1 millisecond' end, updated_at = now(),
      finished_at = case when ${isEnded} then now() end
     where organization_id = ${held.organizationId} and id = ${held.id}
       and state = ${held.state} and lease_owner = ${held.holder}`)
  if (moved !== 1) throw new LeaseLost()
  return { ...next, isHeld: !letsGo }
}

/** An authority that answers again: what waits for it need not wait any longer. */
export async function authorityAnswers(tx: Tx, place: Place & { authorityId: number | null }) {
  if (place.authorityId === null) return
  // What somebody holds is at work already.
  await tx.run(sql`
    update renewals set next_attempt_at = now() + random() * interval '30 seconds', attempts = 0
     where organization_id = ${place.organizationId} and id in (
       select id from renewals where organization_id = ${place.organizationId}
         and authority_id = ${place.authorityId} and id <> ${place.id}
         and state in ('queued', 'prepared', 'ordered') and attempts > 0
         and next_attempt_at > now() + interval '30 seconds'
         for update skip locked)`)
}
