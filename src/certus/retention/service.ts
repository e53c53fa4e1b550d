// How long evidence is kept, and holds that keep it longer. Each change stands in the audit log,
// holds in the evidence log, too.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { recordInLog } from '../log/record.ts'
import type { Hold, NewHold, Retention } from './schema.ts'
import * as store from './store.ts'

export async function setRetention(
  { db }: Platform,
  origin: Origin,
  days: number | null,
): Promise<Retention> {
  const { organizationId } = origin.caller
  return db.inTenant(organizationId, async (tx) => {
    const before = await store.lock(tx, organizationId)
    if (before !== days) {
      await store.setDays(tx, organizationId, days)
      await appendAudit(tx, origin, {
        action: 'evidence_retention.changed',
        objectType: 'organization',
        objectId: organizationId,
        details: { from: before, to: days },
      })
    }
    return store.read(tx, organizationId)
  })
}

/** From its answer on nothing that it covers is removed. */
export async function setHold(platform: Platform, origin: Origin, wanted: NewHold): Promise<Hold> {
  const { organizationId, actor } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    await store.lock(tx, organizationId)
    const hold = await store.hold(tx, { ...wanted, organizationId, id: uuid7(), by: actor })
    await note({ platform, tx, origin }, hold, 'set')
    return hold
  })
}

/** Throws 404, 409 `hold_released`. */
export async function releaseHold(
  platform: Platform,
  origin: Origin,
  { id, reason }: { id: string; reason: string },
): Promise<Hold> {
  const { organizationId, actor } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    await store.lock(tx, organizationId)
    const hold = await store.findHold(tx, organizationId, id)
    if (hold === null) throw errors.problem('hold_not_found')
    if (hold.released_at !== null) throw errors.problem('hold_released')
    const released = await store.release(tx, { organizationId, id }, { by: actor, reason })
    await note({ platform, tx, origin }, released, 'released')
    return released
  })
}

async function note(
  { platform, tx, origin }: { platform: Platform; tx: Tx; origin: Origin },
  { id, repository, reason, release_reason }: Hold,
  change: 'set' | 'released',
): Promise<void> {
  const { organizationId } = origin.caller
  const words = change === 'set' ? reason : release_reason
  const log_index = await recordInLog(platform, tx, organizationId, {
    predicateType: 'urn:panthera:evidence-hold:1',
    subject: [{ name: id }],
    predicate: { change, repository, reason: words },
  })
  await appendAudit(tx, origin, {
    action: `evidence_hold.${change}`,
    objectType: 'evidence_hold',
    objectId: id,
    details: { repository, reason: words, log_index },
  })
}
