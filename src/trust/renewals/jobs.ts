// Work in the background: renewals whose time has come move on, and certificates that reach their
// threshold get one.
import { randomUUID } from 'node:crypto'
import { renewalQueued } from '../../events/certificate.ts'
import { sql, type Tx } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Subscription } from '../../platform/module.ts'
import type { Trust } from '../parts.ts'
import { step } from './machine.ts'
import { methodOf } from './method.ts'
import { insert, type Place, type RenewalState } from './store.ts'
import { due, keep, LeaseLost, leaseMs, letGo, type Moved, take } from './work.ts'

const name = 'trust.renewals'
const batchSize = 200
/** So many that became due at one moment, after an import for instance, spread over this. */
const jitterMsMax = 15 * 60_000
/** One that goes on and on lets others have their turn. */
const stepsMax = 100
/** A step that takes longer than this hangs, and whoever comes may take it over. */
const keptMsMax = 20 * 60_000
const goesOn: readonly RenewalState[] = ['queued', 'prepared', 'ordered', 'issued']

export function renewalQueues(trust: Trust): Queue<never>[] {
  return [workQueue(trust), thresholdQueue(trust)] as unknown as Queue<never>[]
}

function workQueue(trust: Trust): Queue<Place> {
  const { db, node } = trust.platform
  return {
    name,
    concurrency: 4,
    sweepMs: 2_000,
    async due() {
      const places = await db.inSystem((tx) => due(tx, node.isGone))
      return places.map((place) => ({ key: `${place.organizationId} ${place.id}`, data: place }))
    },
    run: (place, signal) => runRenewal(trust, place, signal),
  }
}

/** As far as it goes without waiting. */
export async function runRenewal(
  trust: Trust,
  place: Place,
  signal?: AbortSignal,
  keepMs = leaseMs / 4,
): Promise<void> {
  const { db, node, log } = trust.platform
  const holder = `${node.id}/${randomUUID()}`
  const taken = await db.inTenant(place.organizationId, (tx) =>
    take(tx, place, { id: holder, isGone: node.isGone }),
  )
  if (taken === null) return
  let row: Moved = { ...taken, isHeld: true }
  const stop = keepLease(trust, place, { holder, keepMs })
  try {
    for (let n = 0; row.isHeld && goesOn.includes(row.state) && signal?.aborted !== true; n++) {
      if (n === stepsMax) {
        await db.inTenant(place.organizationId, (tx) => letGo(tx, place, holder))
        return
      }
      row = await step(trust, { ...row, holder })
    }
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
    log.warn({ renewal: place.id }, 'this renewal is another node’s now')
  } finally {
    stop()
  }
}

/** Answers what ends it. */
function keepLease(
  { platform: { db, log } }: Trust,
  place: Place,
  { holder, keepMs }: { holder: string; keepMs: number },
): () => void {
  let left = Math.ceil(keptMsMax / keepMs)
  const timer = setInterval(() => {
    if (left-- <= 0) return clearInterval(timer)
    db.inTenant(place.organizationId, (tx) => keep(tx, place, holder)).catch((error: unknown) =>
      log.warn({ err: error, renewal: place.id }, 'a lease could not be renewed'),
    )
  }, keepMs)
  return () => clearInterval(timer)
}

/** A renewal that was asked for begins at once, not with the next sweep. */
export function renewalSubscription(): Subscription {
  return {
    event: renewalQueued.name,
    handle: async (_tx, { payload, organizationId }) => {
      const { renewal_id: id } = renewalQueued.schema.parse(payload)
      return [{ queue: name, key: `${organizationId} ${id}`, data: { organizationId, id } }]
    },
  }
}

/**
 * After a failure the next attempt by itself comes hours later, sooner where less life is left. An
 * authority that advises to renew whatever it has just issued is heeded four times a day.
 */
const ready = sql`auto_renew and revoked_at is null and authority_id is not null
  and (renew_from <= now() or (advised_from <= now() and not exists (select from renewals r
    where r.organization_id = c.organization_id and r.certificate_id = c.id
      and r.state = 'stored' and r.cause = 'threshold'
      and r.finished_at > now() - interval '6 hours'))) and valid_to > now() - interval '30 days'
  and renewal_status <> 'in_progress' and renewal_status <> 'waiting_csr'
  and not exists (select from renewals r
    where r.organization_id = c.organization_id and r.certificate_id = c.id
      and (r.finished_at is null or (r.state = 'failed' and r.finished_at > now() - least(
        interval '6 hours', greatest(interval '10 minutes', (c.valid_to - now()) / 20)))))`

function thresholdQueue({ platform }: Trust): Queue<{ organizationId: string }> {
  const { db } = platform
  return {
    name: 'trust.thresholds',
    concurrency: 1,
    sweepMs: 30_000,
    async due() {
      const rows = await db.inSystem((tx) =>
        tx.rows<{ id: string }>(sql`select distinct organization_id as id from certificates c
          where ${ready} limit 1000`),
      )
      return rows.map(({ id }) => ({ key: id, data: { organizationId: id } }))
    },
    async run({ organizationId }, signal) {
      while (!signal.aborted) {
        const started = await db.inTenant(organizationId, (tx) => startDue(tx, organizationId))
        if (started < batchSize) return
      }
    },
  }
}

interface DueRow {
  id: number
  workspaceId: string
  authorityId: number
  type: string
  method: 'acme' | 'csr' | 'api' | null
  deploys: boolean
}

/** Answers how many it looked at. */
export async function startDue(tx: Tx, organizationId: string, spreadMs = jitterMsMax) {
  const rows = await tx.rows<DueRow>(sql`
    select c.id, c.workspace_id as "workspaceId", c.authority_id as "authorityId",
      a.type, p.method, coalesce(p.auto_deployment, true) as deploys
      from certificates c
      join certificate_authorities a on a.organization_id = c.organization_id
        and a.id = c.authority_id
      left join renewal_policies p on p.organization_id = c.organization_id
        and p.id = c.renewal_policy_id
     where c.organization_id = ${organizationId} and ${ready}
     order by c.valid_to limit ${batchSize} for no key update of c skip locked`)
  for (const row of rows) {
    await insert(tx, {
      organizationId,
      workspaceId: row.workspaceId,
      certificateId: row.id,
      cause: 'threshold',
      method: methodOf(row.type, row.method ?? undefined),
      authorityId: row.authorityId,
      deployAfter: row.deploys,
      createdBy: 'threshold',
      delayMs: Math.round(Math.random() * spreadMs),
    })
  }
  return rows.length
}
