// SQL of webhooks as their users see them. Every statement names the surface: a key of one surface
// knows nothing of another's webhooks.
import { sql, type Tx } from '../db.ts'
import type { Surface } from '../permissions.ts'
import { type Breaker, closedBreaker } from './breaker.ts'
import type { Webhook, WebhookQuery } from './schema.ts'

/** Whose webhooks. */
export interface Scope {
  organizationId: string
  surface: Surface
}

export interface WebhookRow extends Omit<Webhook, 'paused_until'> {
  breaker: Breaker
  sealedSecrets: Buffer
}

export interface NewWebhook {
  id: string
  url: string
  description: string | null
  events: readonly string[]
  sealedSecrets: Buffer
}

export async function insert(tx: Tx, scope: Scope, webhook: NewWebhook): Promise<WebhookRow> {
  return tx.one<WebhookRow>(sql`
    insert into webhook_endpoints
      (organization_id, id, surface, url, description, events, sealed_secrets, breaker)
    values (${scope.organizationId}, ${webhook.id}, ${scope.surface}, ${webhook.url},
      ${webhook.description}, ${webhook.events}, ${webhook.sealedSecrets},
      ${JSON.stringify(closedBreaker)})
    returning ${columns}`)
}

/** One at a time per organization, and that of every surface, so that the limit holds. */
export async function countLocked(tx: Tx, { organizationId }: Scope): Promise<number> {
  await tx.rows(sql`select pg_advisory_xact_lock(
    hashtextextended(${`webhooks.count ${organizationId}`}, 0))`)
  const { total } = await tx.one<{ total: number }>(sql`
    select count(*) as total from webhook_endpoints
     where organization_id = ${organizationId} and deleted_at is null`)
  return total
}

export async function list(
  tx: Tx,
  scope: Scope,
  query: WebhookQuery,
): Promise<{ rows: WebhookRow[]; total: number }> {
  const where = sql`organization_id = ${scope.organizationId} and surface = ${scope.surface}
    and deleted_at is null`
  const rows = await tx.rows<WebhookRow>(sql`
    select ${columns} from webhook_endpoints where ${where}
     order by created_at desc, id desc limit ${query.limit} offset ${query.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from webhook_endpoints where ${where}`,
  )
  return { rows, total }
}

export async function find(tx: Tx, scope: Scope, id: string): Promise<WebhookRow | null> {
  return tx.maybe<WebhookRow>(sql`select ${columns} from webhook_endpoints ${isOne(scope, id)}`)
}

/** Nobody else changes it, or several of its deliveries, until the transaction ends. */
export async function findLocked(tx: Tx, scope: Scope, id: string): Promise<WebhookRow | null> {
  return tx.maybe<WebhookRow>(
    sql`select ${columns} from webhook_endpoints ${isOne(scope, id)} for no key update`,
  )
}

export interface Changes {
  url: string
  description: string | null
  events: readonly string[]
  active: boolean
  disabledReason: WebhookRow['disabled_reason']
  breaker: Breaker
}

export async function update(
  tx: Tx,
  scope: Scope,
  { id, ...changes }: Changes & { id: string },
): Promise<WebhookRow> {
  return tx.one<WebhookRow>(sql`
    update webhook_endpoints set url = ${changes.url}, description = ${changes.description},
      events = ${changes.events}, active = ${changes.active},
      disabled_reason = ${changes.disabledReason}, breaker = ${JSON.stringify(changes.breaker)},
      updated_at = now()
    ${isOne(scope, id)} returning ${columns}`)
}

export async function replaceSecrets(
  tx: Tx,
  scope: Scope,
  { id, sealedSecrets }: { id: string; sealedSecrets: Buffer },
): Promise<WebhookRow> {
  return tx.one<WebhookRow>(sql`
    update webhook_endpoints set sealed_secrets = ${sealedSecrets}, updated_at = now()
    ${isOne(scope, id)} returning ${columns}`)
}

export async function closeBreaker(tx: Tx, scope: Scope, id: string): Promise<void> {
  await tx.run(sql`
    update webhook_endpoints set breaker = ${JSON.stringify(closedBreaker)}
    ${isOne(scope, id)} and active`)
}

/** Nobody sees it from now on, and its secrets are gone; the row goes after its deliveries. */
export async function remove(tx: Tx, scope: Scope, id: string): Promise<void> {
  await tx.run(sql`
    update webhook_endpoints set deleted_at = now(), active = false, sealed_secrets = ''
    ${isOne(scope, id)}`)
}

function isOne({ organizationId, surface }: Scope, id: string) {
  return sql`where organization_id = ${organizationId} and surface = ${surface} and id = ${id}
    and deleted_at is null`
}

const columns = sql`id, url, description, events, active, disabled_reason, created_at, updated_at,
  breaker, sealed_secrets as "sealedSecrets"`
