// What Trust's webhooks say.
import type { z } from 'zod'
import {
  certificateDeployed,
  certificateDeploymentFailed,
  certificateExpiring,
  certificateIssued,
  certificateRenewalFailed,
  certificateRenewed,
  certificateRevoked,
} from '../events/certificate.ts'
import type { EventDefinition } from '../platform/events.ts'
import type { Subscription } from '../platform/module.ts'
import type { Webhooks } from '../platform/webhooks/index.ts'

export const trustWebhookEvents = [
  'certificate.issued',
  'certificate.renewed',
  'certificate.revoked',
  'certificate.expiring',
  'certificate.renewal_failed',
  'certificate.deployed',
  'certificate.deployment_failed',
] as const

export function certificateSubscriptions(webhooks: Webhooks): Subscription[] {
  return [
    tell(webhooks, certificateIssued),
    tell(webhooks, certificateRenewed),
    tell(webhooks, certificateRevoked),
    tell(webhooks, certificateExpiring),
    tell(webhooks, certificateRenewalFailed),
    tell(webhooks, certificateDeployed),
    tell(webhooks, certificateDeploymentFailed),
  ]
}

/** One message per event, however often the event is relayed. */
function tell(
  webhooks: Webhooks,
  definition: EventDefinition<(typeof trustWebhookEvents)[number], z.ZodType<object>>,
): Subscription {
  const { name } = definition
  return {
    event: name,
    handle: async (tx, event) => {
      const data = camelCased(definition.schema.parse(event.payload))
      const { organizationId, createdAt } = event
      const body = { event: name, timestamp: createdAt, organizationId, data }
      return webhooks.enqueue(tx, { surface: 'trust', source: event, event: name }, body)
    },
  }
}

/** Events are written as everywhere in the house, the surface as its reference. */
function camelCased(payload: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
}

/** What a test delivery carries. */
export function sampleOf(event: string, organizationId: string, now: string): object {
  return {
    event,
    timestamp: now,
    organizationId,
    data: {
      certificateId: 1,
      workspaceId: 'ws_000000000000',
      commonName: 'example.com',
      fingerprint: `SHA256:${'0'.repeat(64)}`,
      serialNumber: '03:ab:cd:ef:12:34',
      validTo: now,
      test: true,
    },
  }
}
