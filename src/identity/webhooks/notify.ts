// What Identity's webhooks say: who and what changed, and who changed it. Single decisions are not
// told of: there may be thousands a second, and the log has them all.
import type { z } from 'zod'
import { clientCreated, clientDeleted, clientRotated } from '../../events/client.ts'
import { keyCreated, keyRevoked, keyRotated } from '../../events/key.ts'
import {
  policyActivated,
  policyArchived,
  policyCreated,
  policyDeactivated,
  policyDeleted,
  policyUpdated,
} from '../../events/policy.ts'
import {
  principalCreated,
  principalDeleted,
  principalSuspended,
  principalTerminated,
  principalUpdated,
} from '../../events/principal.ts'
import type { EventDefinition } from '../../platform/events.ts'
import type { Route } from '../../platform/http/route.ts'
import type { Subscription } from '../../platform/module.ts'
import type { Webhooks } from '../../platform/webhooks/index.ts'

const told: readonly EventDefinition<string, z.ZodType>[] = [
  principalCreated,
  principalUpdated,
  principalSuspended,
  principalTerminated,
  principalDeleted,
  policyCreated,
  policyUpdated,
  policyActivated,
  policyDeactivated,
  policyArchived,
  policyDeleted,
  keyCreated,
  keyRotated,
  keyRevoked,
  clientCreated,
  clientRotated,
  clientDeleted,
]

export function identityWebhookRoutes(webhooks: Webhooks): Route[] {
  return webhooks.routes({
    surface: 'identity',
    path: '/v1/webhooks',
    events: told.map(({ name }) => name),
    permission: 'manage:webhooks',
    sample: (event, organizationId, now) =>
      message({ event, organizationId, timestamp: now }, sampleOf(event)),
  })
}

/** One message per event, however often the event is relayed. */
export function identitySubscriptions(webhooks: Webhooks): Subscription[] {
  return told.map(({ name, schema }) => ({
    event: name,
    handle: (tx, event) => {
      const { organizationId, createdAt: timestamp } = event
      const body = message({ event: name, organizationId, timestamp }, schema.parse(event.payload))
      return webhooks.enqueue(tx, { surface: 'identity', source: event, event: name }, body)
    },
  }))
}

interface Heading {
  event: string
  organizationId: string
  timestamp: string
}

function message({ event, organizationId, timestamp }: Heading, data: unknown): object {
  return { event, organization_id: organizationId, timestamp, data }
}

/** Made-up values in the shape of the event's kind. */
function sampleOf(event: string): object {
  const actor = { kind: 'user', id: 'user_000000000000', name: 'Sample' }
  const [kind, what = ''] = event.split('.')
  const shared = { name: 'sample', actor, test: true }
  if (kind === 'key') {
    const more = what === 'rotated' ? { new_key_id: 'key_000000000001' } : {}
    return { key_id: 'key_000000000000', surface: 'identity', ...more, ...shared }
  }
  if (kind === 'client') return { client_id: 'client_000000000000', ...shared }
  if (kind === 'policy') {
    const status = { archived: 'archived', deactivated: 'draft' }[what] ?? 'active'
    return { policy_id: 'policy_000000000000', status, version: 1, ...shared }
  }
  const status = ['suspended', 'terminated'].includes(what) ? what : 'active'
  const more = what === 'updated' ? { changed: ['attributes'] } : {}
  return { principal_id: 'principal_000000000000', type: 'USER', status, ...more, ...shared }
}
