// Revocations that another authority has to confirm: rows, sent until it has answered.
import { appendAudit } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import * as authorities from '../authorities/store.ts'
import { type AuthorityType, Refused, Unreachable } from '../connectors/authority/contract.ts'
import { authorityTypes } from '../connectors/authority/index.ts'
import type { Trust } from '../parts.ts'
import { retryDelayMs } from '../renewals/backoff.ts'

const batchSize = 50
/** Longer than any authority takes to answer: meanwhile nobody else asks. */
const heldMs = 120_000
const patienceMs = 7 * 86_400_000

const remoteTypes = Object.entries<AuthorityType<never> | AuthorityType<unknown>>(authorityTypes)
  .filter(([, { isRemote }]) => isRemote === true)
  .map(([name]) => name)

/** Of the versions that authorities elsewhere have issued to us; before they are marked revoked. */
export async function queueRevocations(
  tx: Tx,
  { organizationId, certificateId }: { organizationId: string; certificateId: number },
  reason: number,
): Promise<void> {
  await tx.run(sql`insert into authority_revocations
      (organization_id, certificate_id, number, authority_id, reason)
    select v.organization_id, v.certificate_id, v.number, r.authority_id, ${reason}
      from certificate_versions v
      join renewals r on r.organization_id = v.organization_id and r.id = v.renewal_id
      join certificate_authorities a on a.organization_id = r.organization_id
        and a.id = r.authority_id and a.type = any(${remoteTypes})
     where v.organization_id = ${organizationId} and v.certificate_id = ${certificateId}
       and v.revoked_at is null and v.valid_to > now() and r.method <> 'csr'
    on conflict do nothing`)
}

export interface ShownRevocation {
  version: number
  state: 'queued' | 'confirmed' | 'refused'
  attempts: number
  message: string | null
  nextAttemptAt: string | null
}

export async function revocationsOf(
  tx: Tx,
  { organizationId, certificateId }: { organizationId: string; certificateId: number },
): Promise<ShownRevocation[]> {
  return tx.rows<ShownRevocation>(sql`select number as version, state, attempts, message,
      case when state = 'queued' then next_attempt_at end as "nextAttemptAt"
    from authority_revocations where organization_id = ${organizationId}
      and certificate_id = ${certificateId} order by number limit 100`)
}

interface Place {
  organizationId: string
  certificateId: number
  number: number
}

export function revocationQueue(trust: Trust): Queue<never> {
  const { db } = trust.platform
  const queue: Queue<Place> = {
    name: 'trust.revocations',
    concurrency: 2,
    sweepMs: 2_000,
    async due() {
      const rows = await db.inSystem((tx) =>
        tx.rows<Place>(sql`select organization_id as "organizationId",
            certificate_id as "certificateId", number from authority_revocations
          where state = 'queued' and next_attempt_at <= now()
          order by next_attempt_at limit ${batchSize}`),
      )
      return rows.map((data) => ({
        key: `${data.organizationId} ${data.certificateId} ${data.number}`,
        data,
      }))
    },
    run: (place) => sendRevocation(trust, place),
  }
  return queue as unknown as Queue<never>
}

interface Taken {
  authorityId: number
  reason: number
  attempts: number
  der: Buffer
}

/** What was sent before a crash is sent again: revoked twice is revoked. */
async function sendRevocation(trust: Trust, place: Place): Promise<void> {
  const { platform } = trust
  const { organizationId } = place
  const taken = await platform.db.inTenant(organizationId, (tx) => take(tx, place))
  if (taken === null) return
  try {
    const connector = await platform.db.inTenant(organizationId, async (tx) => {
      // Deleted or not: whoever asked for the revocation was told that it will come.
      const row = await authorities.findEver(tx, { organizationId, id: taken.authorityId })
      if (row === null) throw new Refused('the authority is not known here')
      return trust.authorities.connector(tx, row)
    })
    await connector.revoke({ certificate: taken.der, reason: taken.reason })
    await end(trust, place, { state: 'confirmed', message: null })
  } catch (error) {
    if (error instanceof Refused) {
      await end(trust, place, { state: 'refused', message: error.message })
      return
    }
    await again(trust, place, taken, error)
  }
}

async function again(trust: Trust, place: Place, { attempts }: Taken, error: unknown) {
  const { db, log } = trust.platform
  const passes = error instanceof Unreachable
  if (!passes) log.error({ err: error, ...place }, 'a revocation failed unforeseen')
  const asked = passes ? Math.min(error.retryAfterMs, 86_400_000) : 0
  const delayMs = Math.max(asked, retryDelayMs(attempts + 1, patienceMs, Math.random()))
  const message = passes ? error.message : 'Something failed here; the log tells what'
  await db.inTenant(place.organizationId, (tx) =>
    tx.run(sql`update authority_revocations set message = ${message.slice(0, 1_000)},
        next_attempt_at = now() + ${delayMs} * interval '1 millisecond'
      where ${at(place)} and state = 'queued'`),
  )
}

async function take(tx: Tx, place: Place): Promise<Taken | null> {
  const row = await tx.maybe<Omit<Taken, 'der'>>(sql`update authority_revocations
      set attempts = attempts + 1, next_attempt_at = now() + ${heldMs} * interval '1 millisecond'
    where ${at(place)} and state = 'queued' and next_attempt_at <= now()
    returning authority_id as "authorityId", reason, attempts - 1 as attempts`)
  if (row === null) return null
  const { der } = await tx.one<{ der: Buffer }>(
    sql`select der from certificate_versions where ${at(place)}`,
  )
  return { ...row, der }
}

async function end(
  { platform }: Trust,
  place: Place,
  { state, message }: { state: 'confirmed' | 'refused'; message: string | null },
): Promise<void> {
  const { organizationId } = place
  const actor = { kind: 'system', id: 'revocations', name: 'Revocations' } as const
  const origin = { caller: { organizationId, actor }, address: null, requestId: null }
  await platform.db.inTenant(organizationId, async (tx) => {
    const changed = await tx.run(sql`update authority_revocations set state = ${state},
        message = ${message?.slice(0, 1_000) ?? null}, finished_at = now()
      where ${at(place)} and state = 'queued'`)
    if (changed === 0) return
    await appendAudit(tx, origin, {
      action: `certificate.revocation_${state}`,
      objectType: 'certificate',
      objectId: String(place.certificateId),
      details: { version: place.number, ...(message === null ? {} : { message }) },
    })
  })
}

function at({ organizationId, certificateId, number }: Place) {
  return sql`organization_id = ${organizationId} and certificate_id = ${certificateId}
    and number = ${number}`
}
