// Exceptions: one person asks, another agrees, a day ends it. What is sealed is not touched.

import {
  exceptionApproved,
  exceptionRejected,
  exceptionRequested,
  exceptionRevoked,
} from '../../events/exception.ts'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import type { EventDefinition } from '../../platform/events.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { uuid7 } from '../../platform/ids.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { newestOf } from '../repositories/newest.ts'
import { identityOf } from './effect.ts'
import { personOf } from './person.ts'
import type { Exception, ExceptionRequest } from './schema.ts'
import * as store from './store.ts'

const dayMs = 86_400_000
const daysMax = 366

/** Throws 400, 403 `person_needed`, 409 `exception_exists`. */
export async function request(
  platform: Platform,
  origin: Origin,
  wanted: ExceptionRequest,
): Promise<Exception> {
  const { organizationId, actor } = origin.caller
  requireSoon(wanted.expires_at, platform.now())
  return platform.db.inTenant(organizationId, async (tx) => {
    const person = await personOf(tx, origin.caller)
    const newest = await newestOf(platform, tx, { organizationId }, wanted.repository)
    if (newest === null) {
      throw invalidField('repository', 'has no evidence pack; GET /certus/api/repositories lists')
    }
    const found = newest.content.findings.find((finding) => identityOf(finding) === wanted.finding)
    if (found === undefined) {
      throw invalidField('finding', `is none of ${newest.id}, the newest pack of the repository`)
    }
    const { title, severity, rule_id = null, cwe_id } = found
    const made = await store.insert(tx, {
      ...wanted,
      id: uuid7(),
      about: { title, severity, rule_id, cwe_id: cwe_id ?? null },
      evidence_pack_id: newest.id,
      organizationId,
      requestedBy: actor,
      requestedPerson: person,
    })
    if (made === null) throw errors.problem('exception_exists', { details: { ...wanted } })
    await note(tx, origin, made, { event: exceptionRequested, action: 'exception.requested' })
    return made
  })
}

/** Throws 403 `person_needed`, `second_person_needed`, 404, 409 `exception_not_open`. */
export async function approve(platform: Platform, origin: Origin, id: string, text?: string) {
  return decided(platform, origin, { id, state: 'approved', note: text ?? null })
}

/** As `approve`; whoever asked may take it back by `revoke`. */
export async function reject(platform: Platform, origin: Origin, id: string, text: string) {
  return decided(platform, origin, { id, state: 'rejected', note: text })
}

/** Either person, or any other: to end one needs no second. */
export async function revoke(platform: Platform, origin: Origin, id: string, reason: string) {
  const { organizationId, actor } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const open = await locked(tx, organizationId, id)
    if (open.state !== 'requested' && open.state !== 'approved') throw notOpen(open)
    const ended = await store.end(tx, { organizationId, id }, { by: actor, reason })
    await note(tx, origin, ended, { event: exceptionRevoked, action: 'exception.revoked' })
    return ended
  })
}

async function decided(
  { db }: Platform,
  origin: Origin,
  to: { id: string; state: 'approved' | 'rejected'; note: string | null },
): Promise<Exception> {
  const { organizationId, actor } = origin.caller
  return db.inTenant(organizationId, async (tx) => {
    const open = await locked(tx, organizationId, to.id)
    const person = await personOf(tx, origin.caller)
    if (open.state !== 'requested') throw notOpen(open)
    if (open.requested_person === person) throw errors.problem('second_person_needed')
    const at = { organizationId, id: to.id }
    const row = await store.decide(tx, at, { ...to, by: actor, person })
    const isApproved = to.state === 'approved'
    await note(tx, origin, row, {
      event: isApproved ? exceptionApproved : exceptionRejected,
      action: `exception.${to.state}`,
    })
    return row
  })
}

async function locked(tx: Tx, organizationId: string, id: string): Promise<store.Open> {
  const open = await store.lock(tx, organizationId, id)
  if (open === null) throw errors.problem('exception_not_found')
  return open
}

function notOpen({ state }: Exception) {
  return errors.problem('exception_not_open', { details: { state } })
}

function requireSoon(expiresAt: string, now: number): void {
  const ms = Date.parse(expiresAt) - now
  if (ms > 0 && ms <= daysMax * dayMs) return
  throw invalidField('expires_at', `must be in the future and at most ${daysMax} days ahead`)
}

async function note(
  tx: Tx,
  origin: Origin,
  exception: Exception,
  as: { event: EventDefinition<string, typeof exceptionRequested.schema>; action: string },
): Promise<void> {
  const { id, repository, finding, expires_at } = exception
  const { organizationId, actor } = origin.caller
  await appendAudit(tx, origin, {
    action: as.action,
    objectType: 'exception',
    objectId: id,
    details: { repository, finding, expires_at },
  })
  await appendEvent(tx, as.event, {
    organizationId,
    payload: { exception_id: id, repository, finding, expires_at, actor },
  })
}
