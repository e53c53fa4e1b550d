// What Gate's webhooks say: the reference's four events and body.
import type { z } from 'zod'
import {
  findingsDetected,
  scanCompleted,
  scanFailed,
  scanQueued,
  scanStarted,
} from '../../events/scan.ts'
import type { EventDefinition, EventEnvelope } from '../../platform/events.ts'
import type { Subscription } from '../../platform/module.ts'
import type { Webhooks } from '../../platform/webhooks/index.ts'
import { queueNames } from './queue-name.ts'

export const gateWebhookEvents = [
  'scan.started',
  'scan.completed',
  'scan.failed',
  'finding.new',
] as const
type GateWebhookEvent = (typeof gateWebhookEvents)[number]

export function scanSubscriptions(webhooks: Webhooks): Subscription[] {
  const notCounted = { critical: 0, high: 0, medium: 0, low: 0 }
  return [
    {
      event: scanQueued.name,
      handle: async (_tx, event) => {
        const { scan_id, source } = scanQueued.schema.parse(event.payload)
        const data = { organizationId: event.organizationId, scanId: scan_id }
        return [{ queue: queueNames[source], key: scan_id, data }]
      },
    },
    tell(webhooks, scanStarted, 'scan.started', () => ({
      findings: notCounted,
      duration_seconds: 0,
    })),
    tell(webhooks, scanCompleted, 'scan.completed', ({ findings, duration_seconds }) => ({
      findings,
      duration_seconds,
    })),
    tell(webhooks, scanFailed, 'scan.failed', ({ error, duration_seconds }) => ({
      findings: notCounted,
      duration_seconds,
      error,
    })),
    tell(webhooks, findingsDetected, 'finding.new', ({ findings, new_findings, truncated }) => ({
      findings,
      new_findings,
      truncated,
    })),
  ]
}

/** One message per event, however often the event is relayed. */
function tell<Schema extends z.ZodType<{ scan_id: string }>>(
  webhooks: Webhooks,
  definition: EventDefinition<string, Schema>,
  name: GateWebhookEvent,
  data: (payload: z.output<Schema>) => object,
): Subscription {
  return {
    event: definition.name,
    handle: async (tx, event) => {
      const payload = definition.schema.parse(event.payload)
      return webhooks.enqueue(
        tx,
        { surface: 'gate', source: event, event: name },
        {
          event: name,
          scan_id: payload.scan_id,
          organization_id: event.organizationId,
          timestamp: timestamp(event),
          data: data(payload),
        },
      )
    },
  }
}

function timestamp(event: EventEnvelope): string {
  return event.createdAt
}

/** What a test delivery carries: the reference's body with made-up values. */
export function sampleOf(event: string, organizationId: string, now: string): object {
  const findings = { critical: 2, high: 8, medium: 20, low: 12 }
  return {
    event,
    scan_id: '00000000-0000-4000-8000-000000000000',
    organization_id: organizationId,
    timestamp: now,
    data: { findings, duration_seconds: 300, test: true },
  }
}
