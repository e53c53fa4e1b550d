// For tests: webhooks on a database, an organization with endpoints, and events that happen to it.
import { randomUUID } from 'node:crypto'
import { type Database, sql } from '../db.ts'
import type { EventEnvelope } from '../events.ts'
import type { Breaker } from './breaker.ts'
import { createWebhooks, type Webhooks } from './index.ts'
import { createParts, type Given } from './platform.fixture.ts'
import type { Delivery } from './schema.ts'
import { changeWebhook, createWebhook, type ServiceOptions } from './service.ts'

type StoredDelivery = Delivery & {
  endpoint_id: string
  lease_owner: string | null
  due_in_seconds: number
}

export interface Setting {
  webhooks: Webhooks
  service: ServiceOptions
  /** Moves the clock of the webhooks; the database keeps its own. */
  advance(ms: number): void
}

export function setUp(db: Database, given: Partial<Given> = {}): Setting {
  let aheadMs = 0
  const options = { ...createParts(db, given), now: () => Date.now() + aheadMs }
  return {
    webhooks: createWebhooks(options),
    service: { ...options, surface: 'gate', sample: (event) => ({ event }) },
    advance(ms) {
      aheadMs += ms
    },
  }
}

/** An organization with things to do to it. */
export function tenantOf(db: Database, { webhooks, service }: Setting) {
  const organizationId = randomUUID()
  const origin = {
    caller: {
      organizationId,
      workspaceId: 'ws_test',
      plan: 'pro' as const,
      actor: { kind: 'key' as const, id: 'key_test', name: 'Test' },
      surface: 'gate' as const,
      scopes: ['*'],
      expiresAt: null,
      firstOrganization: false,
    },
    address: null,
    requestId: null,
  }
  return {
    organizationId,
    origin,
    create: (url: string, events = ['scan.completed']) =>
      createWebhook(service, origin, { url, events }),
    change: (id: string, changes: Omit<Parameters<typeof changeWebhook>[2], 'id'>) =>
      changeWebhook(service, origin, { id, ...changes }),
    /** Answers the wakes. */
    happen: (body: object = {}, event = happening(organizationId)) =>
      db.inTenant(organizationId, (tx) =>
        webhooks.enqueue(tx, { surface: 'gate', source: event, event: event.name }, body),
      ),
    deliveries: (): Promise<StoredDelivery[]> =>
      db.inTenant(organizationId, (tx) =>
        tx.rows(sql`
          select d.*, extract(epoch from d.next_attempt_at - now())::float8 as due_in_seconds,
            coalesce((select json_agg(a order by a.number) from webhook_attempts a
            where a.organization_id = d.organization_id and a.delivery_id = d.id), '[]') as attempts
          from webhook_deliveries d order by d.created_at, d.id`),
      ),
    /** As if the time of all retries had come. */
    makeDue: () =>
      db.inTenant(organizationId, (tx) =>
        tx.run(sql`update webhook_deliveries set next_attempt_at = now()
          where status = 'pending'`),
      ),
    endpoint: (id: string) =>
      db.inTenant(organizationId, (tx) =>
        tx.one<{ active: boolean; disabled_reason: string | null; breaker: Breaker }>(
          sql`select * from webhook_endpoints where id = ${id}`,
        ),
      ),
    audited: () =>
      db.inTenant(organizationId, (tx) =>
        tx.rows<{ action: string; actor: { id: string }; details: object }>(
          sql`select action, actor, details from audit_events order by at, id`,
        ),
      ),
  }
}

export function happening(organizationId: string, name = 'scan.completed'): EventEnvelope {
  const createdAt = new Date().toISOString()
  return { id: randomUUID(), name, organizationId, createdAt, payload: {} }
}

/** Delivers everything that is due, as a wake would. */
export async function deliver({ webhooks }: Setting): Promise<void> {
  await webhooks.queue.run({ task: 'deliver' }, new AbortController().signal)
}
