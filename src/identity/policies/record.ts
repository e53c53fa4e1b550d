// What is kept and told of a change of a policy: an audit row, and an event for webhooks.
import {
  policyActivated,
  policyArchived,
  policyCreated,
  policyDeactivated,
  policyDeleted,
  policyUpdated,
} from '../../events/policy.ts'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { PolicyStatus } from './schema.ts'

const told = {
  'policy.created': policyCreated,
  'policy.updated': policyUpdated,
  'policy.rolled_back': policyUpdated,
  'policy.activated': policyActivated,
  'policy.deactivated': policyDeactivated,
  'policy.archived': policyArchived,
  'policy.deleted': policyDeleted,
} as const

export type PolicyAction = keyof typeof told

export async function record(
  tx: Tx,
  origin: Origin,
  {
    action,
    policy,
    more = {},
  }: {
    action: PolicyAction
    policy: { id: string; name: string; version: number; status: PolicyStatus }
    more?: object
  },
): Promise<void> {
  const { id, name, version, status } = policy
  const details = { name, version, status, ...more }
  await appendAudit(tx, origin, { action, objectType: 'policy', objectId: id, details })
  const { organizationId, actor } = origin.caller
  const payload = { policy_id: id, name, version, status, actor }
  await appendEvent(tx, told[action], { organizationId, payload })
}
