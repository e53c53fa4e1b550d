// Makes and revokes links for auditors.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { newKey, uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { frameworkCatalogue } from '../frameworks/folder.ts'
import { hashOf, tokenPrefix } from './admission.ts'
import type { AuditorLink, NewLink } from './schema.ts'
import * as store from './store.ts'

const dayMs = 86_400_000
const daysMax = 366

/** Throws 400 that names the field. */
export async function makeLink({ db, config, now }: Platform, origin: Origin, wanted: NewLink) {
  const { organizationId, actor, expiresAt } = origin.caller
  requireBounds(wanted, { now: now(), expiresAt })
  const token = newKey(tokenPrefix)
  const id = uuid7()
  const link = await db.inTenant(organizationId, async (tx) => {
    const made = { ...wanted, organizationId, id, hash: hashOf(token), by: actor }
    const row = await store.insert(tx, made)
    const { name, expires_at, repositories, frameworks } = row
    await appendAudit(tx, origin, {
      action: 'auditor_link.created',
      objectType: 'auditor_link',
      objectId: id,
      details: { name, expires_at, repositories, frameworks },
    })
    return row
  })
  return { ...link, token, url: `${config.publicUrl}/certus/auditor/open?token=${token}` }
}

/** Throws 404. Once more is the same again. */
export async function revokeLink(
  { db }: Platform,
  origin: Origin,
  id: string,
): Promise<AuditorLink> {
  const { organizationId } = origin.caller
  return db.inTenant(organizationId, async (tx) => {
    const link = await store.revoke(tx, organizationId, id)
    if (link === null) throw errors.problem('auditor_link_not_found')
    if (link.was_open) {
      await appendAudit(tx, origin, {
        action: 'auditor_link.revoked',
        objectType: 'auditor_link',
        objectId: id,
        details: { name: link.name, reads: link.reads },
      })
    }
    return link
  })
}

function requireBounds(
  { expires_at, frameworks = [], from, to }: NewLink,
  bounds: { now: number; expiresAt: string | null },
): void {
  const ms = Date.parse(expires_at) - bounds.now
  if (ms <= 0 || ms > daysMax * dayMs) {
    throw invalidField('expires_at', `must be in the future and at most ${daysMax} days ahead`)
  }
  if (bounds.expiresAt !== null && Date.parse(expires_at) > Date.parse(bounds.expiresAt)) {
    throw invalidField('expires_at', `must not be after the end of your own key`)
  }
  const known = frameworkCatalogue().frameworks
  const unknown = frameworks.find((id) => !known.has(id))
  if (unknown !== undefined) {
    throw invalidField('frameworks', `has ${unknown}; known are ${[...known.keys()].join(', ')}`)
  }
  if (from !== undefined && to !== undefined && from >= to) {
    throw invalidField('to', 'must be after from')
  }
}
