// Keeps renewal policies, which belong to the whole organization.

import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import { unknownNames } from '../alerts/channels/store.ts'
import { errors } from '../errors.ts'
import { keySpecOf } from '../key-spec.ts'
import { requireWholeOrganization } from '../reach.ts'
import type { CreateRenewalPolicy, RenewalPolicy, UpdateRenewalPolicy } from './schema.ts'
import * as store from './store.ts'

export async function createPolicy(
  { db }: Platform,
  origin: Origin,
  wanted: CreateRenewalPolicy,
): Promise<RenewalPolicy> {
  requireWholeOrganization(origin.caller)
  requireKey(wanted)
  const { organizationId } = origin.caller
  return db.inTenant(organizationId, async (tx) => {
    await requireChannels(tx, organizationId, wanted.notificationChannels)
    const id = await store.insert(tx, organizationId, wanted)
    const made = id === null ? null : await store.find(tx, organizationId, id)
    if (made === null) throw errors.problem('name_taken', { details: { field: 'name' } })
    await appendAudit(tx, origin, entry('renewal_policy.created', made, wanted))
    return made
  })
}

export async function updatePolicy(
  { db }: Platform,
  origin: Origin,
  id: number,
  change: UpdateRenewalPolicy,
): Promise<RenewalPolicy> {
  requireWholeOrganization(origin.caller)
  const { organizationId } = origin.caller
  return db.inTenant(organizationId, async (tx) => {
    const policy = await store.find(tx, organizationId, id, { locked: true })
    if (policy === null) throw errors.problem('renewal_policy_not_found')
    const changed = { ...policy, ...(change as Partial<CreateRenewalPolicy>) }
    requireKey(changed)
    await requireChannels(tx, organizationId, change.notificationChannels ?? [])
    if (!(await store.update(tx, organizationId, id, changed))) {
      throw errors.problem('name_taken', { details: { field: 'name' } })
    }
    await appendAudit(tx, origin, entry('renewal_policy.changed', policy, change))
    return { ...changed, updatedAt: new Date().toISOString() }
  })
}

export async function removePolicy({ db }: Platform, origin: Origin, id: number): Promise<void> {
  requireWholeOrganization(origin.caller)
  const { organizationId } = origin.caller
  await db.inTenant(organizationId, async (tx) => {
    const policy = await store.find(tx, organizationId, id, { locked: true })
    if (policy === null) throw errors.problem('renewal_policy_not_found')
    const certificates = Number(policy.certificates)
    if (certificates > 0) {
      throw errors.problem('renewal_policy_in_use', { details: { certificates } })
    }
    await store.remove(tx, organizationId, id)
    await appendAudit(tx, origin, entry('renewal_policy.deleted', policy, {}))
  })
}

/** A size is of a kind of key. Throws `invalid_request`. */
function requireKey({ keyType, keySize }: Pick<CreateRenewalPolicy, 'keyType' | 'keySize'>): void {
  if (keySize !== null) keySpecOf({ keyType: keyType ?? undefined, keySize })
}

async function requireChannels(
  tx: Tx,
  organizationId: string,
  names: readonly string[],
): Promise<void> {
  const [unknown] = await unknownNames(tx, organizationId, names)
  if (unknown === undefined) return
  throw invalidField('notificationChannels', `names no alert channel: ${unknown}`)
}

function entry(action: string, policy: RenewalPolicy, change: object) {
  const details = { name: policy.name, ...change }
  return { action, objectType: 'renewal_policy', objectId: String(policy.id), details }
}
