// Validations in the background: a challenge that was offered is tried, a few times where it fails,
// and what came of it is written into its authorization.
import { randomUUID } from 'node:crypto'
import { challengeOffered } from '../../../events/acme.ts'
import { appendAudit } from '../../../platform/audit/audit.ts'
import { sql, type Tx } from '../../../platform/db.ts'
import { common, Problem } from '../../../platform/errors.ts'
import type { Queue } from '../../../platform/jobs.ts'
import type { Logger } from '../../../platform/log.ts'
import type { Subscription } from '../../../platform/module.ts'
import { find } from '../../authorities/store.ts'
import type { Trust } from '../../parts.ts'
import { authorityOf } from '../authority.ts'
import { setAuthorization } from '../authorization-store.ts'
import { acmeErrors, documentOf } from '../errors.ts'
import type { ChallengeType } from '../identifiers.ts'
import type { Validate, Ways } from './challenge.ts'
import { validateDns } from './dns.ts'
import { validateHttp } from './http.ts'
import { validateTlsAlpn } from './tls-alpn.ts'
import { createWays } from './ways.ts'

const name = 'trust.acme-challenges'
const leaseSeconds = 60
/** After each attempt but the last, until the next. */
const pausesMs = [1_000, 3_000, 6_000]

interface Place {
  organizationId: string
  id: string
}

/** Add a kind of challenge: its file, and its row here. */
const validators: Record<ChallengeType, Validate> = {
  'http-01': validateHttp,
  'dns-01': validateDns,
  'tls-alpn-01': validateTlsAlpn,
}

export function challengeQueue(trust: Trust): Queue<never> {
  const { db, node } = trust.platform
  const waysOf = createWays(trust.platform)
  const queue: Queue<Place> = {
    name,
    concurrency: 16,
    sweepMs: 1_000,
    async due() {
      const rows = await db.inSystem((tx) =>
        tx.rows<Place & { holder: string | null; lapsed: boolean }>(sql`
          select organization_id as "organizationId", id, lease_owner as holder,
            coalesce(lease_until < now(), true) as lapsed
            from acme_challenges where status = 'processing' and next_attempt_at <= now()
           order by next_attempt_at limit 500`),
      )
      return rows
        .filter(({ holder, lapsed }) => lapsed || node.isGone(holder ?? ''))
        .map(({ organizationId, id }) => ({
          key: `${organizationId} ${id}`,
          data: { organizationId, id },
        }))
    },
    run: (place, signal) => validateOnce(trust, waysOf, place, signal),
  }
  return queue as unknown as Queue<never>
}

/** At once, not with the next sweep. */
export function challengeSubscription(): Subscription {
  return {
    event: challengeOffered.name,
    handle: async (_tx, { payload, organizationId }) => {
      const { challenge_id: id } = challengeOffered.schema.parse(payload)
      return [{ queue: name, key: `${organizationId} ${id}`, data: { organizationId, id } }]
    },
  }
}

interface TakenRow extends Place {
  authorizationId: string
  authorityId: number
  type: ChallengeType
  token: string
  thumbprint: string
  attempts: number
  kind: 'dns' | 'ip'
  value: string
  holder: string
}

async function validateOnce(
  trust: Trust,
  waysOf: ReturnType<typeof createWays>,
  place: Place,
  signal: AbortSignal,
): Promise<void> {
  const { db, node, config, log } = trust.platform
  const taken = await db.inTenant(place.organizationId, async (tx) => {
    const row = await take(tx, place, `${node.id}/${randomUUID()}`, node.isGone)
    const authority = row && (await find(tx, row.organizationId, row.authorityId))
    return row && { row, authority: authority && authorityOf(authority, config.publicUrl) }
  })
  if (taken === null) return
  const { row, authority } = taken
  if (authority === null) {
    await settle(trust, row, acmeErrors.problem('acme_missing'), 0)
    return
  }
  const { settings } = authority
  const failure = await outcome(row, waysOf(settings), { settings, signal, log })
  // Who stops has not failed: another process tries again.
  if (signal.aborted && failure !== null) return
  await settle(trust, row, failure, settings.authorizationHours)
}

async function outcome(
  row: TakenRow,
  ways: Ways,
  around: Pick<Parameters<Validate>[0], 'settings' | 'signal'> & { log: Logger },
): Promise<Problem | null> {
  const { kind: type, value, token, thumbprint } = row
  const { settings, signal, log } = around
  const keyAuthorization = `${token}.${thumbprint}`
  try {
    const identifier = { type, value }
    await validators[row.type]({ identifier, token, keyAuthorization, settings, signal }, ways)
    return null
  } catch (error) {
    if (error instanceof Problem) return error
    if (!signal.aborted) log.error({ err: error, challenge: row.id }, 'a validation failed')
    return common.problem('internal', { cause: error })
  }
}

async function take(
  tx: Tx,
  { organizationId, id }: Place,
  holder: string,
  isGone: (holder: string) => boolean,
): Promise<TakenRow | null> {
  const row = await tx.maybe<TakenRow & { held: string | null; lapsed: boolean }>(sql`
    select c.organization_id as "organizationId", c.id, c.authorization_id as "authorizationId",
      a.authority_id as "authorityId", c.type, c.token, c.thumbprint, c.attempts, a.kind, a.value,
      c.lease_owner as held, coalesce(c.lease_until < now(), true) as lapsed
      from acme_challenges c join acme_authorizations a
        on a.organization_id = c.organization_id and a.id = c.authorization_id
     where c.organization_id = ${organizationId} and c.id = ${id}
       and c.status = 'processing' and c.next_attempt_at <= now()
       for no key update of c`)
  if (row === null || !(row.lapsed || isGone(row.held ?? ''))) return null
  await tx.run(sql`update acme_challenges set lease_owner = ${holder},
      lease_until = now() + ${leaseSeconds} * interval '1 second', attempts = attempts + 1
    where organization_id = ${organizationId} and id = ${id}`)
  return { ...row, attempts: row.attempts + 1, holder }
}

/** Writes what came of an attempt; nothing where another process has taken the challenge over. */
async function settle(trust: Trust, row: TakenRow, failure: Problem | null, hours: number) {
  const { organizationId, id, authorizationId } = row
  const pause = failure === null ? undefined : pausesMs[row.attempts - 1]
  const status = failure === null ? 'valid' : pause === undefined ? 'invalid' : 'processing'
  const error = failure && JSON.stringify(documentOf(failure))
  const { db, now } = trust.platform
  await db.inTenant(organizationId, async (tx) => {
    await tx.rows(sql`select from acme_authorizations
      where organization_id = ${organizationId} and id = ${authorizationId} for no key update`)
    const written = await tx.run(sql`update acme_challenges set status = ${status},
        error = ${error}, lease_owner = null, lease_until = null,
        validated_at = case when ${status} = 'valid' then now() end,
        next_attempt_at = case when ${status} = 'processing'
          then now() + ${pause ?? 0} * interval '1 millisecond' end
      where organization_id = ${organizationId} and id = ${id} and lease_owner = ${row.holder}`)
    if (written === 0 || status === 'processing') return
    // With no reuse it holds for its own order, as long as that is open.
    const until = hours === 0 ? {} : { expiresAt: new Date(now() + hours * 3_600_000) }
    const change = failure === null ? { status: 'valid', ...until } : { status: 'invalid' }
    if (!(await isPending(tx, row))) return
    await setAuthorization(tx, organizationId, authorizationId, change as { status: 'valid' })
    await appendAudit(tx, origin(row), {
      action: `acme_authorization.${failure === null ? 'validated' : 'failed'}`,
      objectType: 'acme_authorization',
      objectId: authorizationId,
      ...(failure === null ? {} : { result: 'failure' as const }),
      details: { value: row.value, challenge: row.type, error: failure?.message ?? null },
    })
  })
}

/** The client may have given it up while it was tried. */
async function isPending(tx: Tx, { organizationId, authorizationId }: TakenRow): Promise<boolean> {
  const found = await tx.maybe(sql`select from acme_authorizations
    where organization_id = ${organizationId} and id = ${authorizationId}
      and status = 'pending' and expires_at > now()`)
  return found !== null
}

function origin({ organizationId }: TakenRow) {
  const actor = { kind: 'system', id: 'acme', name: 'ACME validation' } as const
  return { caller: { organizationId, actor }, address: null, requestId: null }
}
