// What users do with the webhooks of one surface: keep them, try them, rotate their secrets.
import { appendAudit, type Origin } from '../audit/audit.ts'
import type { Database, Tx } from '../db.ts'
import type { Caller } from '../http/caller.ts'
import { invalidField } from '../http/validation.ts'
import { uuid7 } from '../ids.ts'
import { type Outbound, OutboundRefused } from '../outbound/index.ts'
import type { Surface } from '../permissions.ts'
import type { Secrets } from '../secrets.ts'
import { send } from './attempt.ts'
import { closedBreaker } from './breaker.ts'
import { cancelPending } from './deactivate.ts'
import { errors } from './errors.ts'
import { type ChangeWebhook, type CreateWebhook, type Webhook, webhooksMax } from './schema.ts'
import { firstSecret, liveKeys, openSecrets, rotate, sealSecrets } from './signing-secrets.ts'
import * as store from './store.ts'

export interface ServiceOptions {
  db: Database
  secrets: Secrets
  outbound: Outbound
  now: () => number
  surface: Surface
  /** The body of an event that did not happen. */
  sample: (event: string, organizationId: string, now: string) => object
}

export async function createWebhook(
  options: ServiceOptions,
  origin: Origin,
  wanted: CreateWebhook,
) {
  await checkUrl(options.outbound, wanted.url)
  const id = uuid7()
  const secret = firstSecret(options.now())
  const scope = scopeOf(options, origin.caller)
  const endpoint = { organizationId: scope.organizationId, endpointId: id }
  return options.db.inTenant(scope.organizationId, async (tx) => {
    if ((await store.countLocked(tx, scope)) >= webhooksMax) {
      throw errors.problem('too_many_webhooks', { details: { webhooks_max: webhooksMax } })
    }
    const row = await store.insert(tx, scope, {
      id,
      url: wanted.url,
      description: wanted.description ?? null,
      events: wanted.events,
      sealedSecrets: sealSecrets(options.secrets, endpoint, [secret]),
    })
    await audit(tx, origin, 'webhook.created', row)
    return { ...shown(row, options.now()), secret: secret.secret }
  })
}

export async function changeWebhook(
  options: ServiceOptions,
  origin: Origin,
  { id, ...wanted }: ChangeWebhook & { id: string },
): Promise<Webhook> {
  if (wanted.url !== undefined) await checkUrl(options.outbound, wanted.url)
  const scope = scopeOf(options, origin.caller)
  return options.db.inTenant(scope.organizationId, async (tx) => {
    const before = found(await store.findLocked(tx, scope, id))
    const { url = before.url, events = before.events, active = before.active } = wanted
    const { description = before.description } = wanted
    // Another receiver, or somebody's word that this one works again: what went before is over.
    const isFresh = wanted.active === true || url !== before.url
    const after = await store.update(tx, scope, {
      id,
      url,
      events,
      description,
      active,
      disabledReason: active || before.active ? null : before.disabled_reason,
      breaker: isFresh && active ? closedBreaker : before.breaker,
    })
    if (!active) {
      await cancelPending(tx, { organizationId: scope.organizationId, endpointId: id })
    }
    await audit(tx, origin, 'webhook.updated', after, { changed: Object.keys(wanted) })
    return shown(after, options.now())
  })
}

export async function deleteWebhook(options: ServiceOptions, origin: Origin, id: string) {
  const scope = scopeOf(options, origin.caller)
  return options.db.inTenant(scope.organizationId, async (tx) => {
    const row = found(await store.findLocked(tx, scope, id))
    await store.remove(tx, scope, id)
    await audit(tx, origin, 'webhook.deleted', row)
    return { id, deleted: true as const }
  })
}

export async function rotateSecret(
  options: ServiceOptions,
  origin: Origin,
  { id, overlapSeconds }: { id: string; overlapSeconds: number },
) {
  const { secrets } = options
  const scope = scopeOf(options, origin.caller)
  const endpoint = { organizationId: scope.organizationId, endpointId: id }
  return options.db.inTenant(scope.organizationId, async (tx) => {
    const before = found(await store.findLocked(tx, scope, id))
    const list = rotate(openSecrets(secrets, endpoint, before.sealedSecrets), {
      now: options.now(),
      overlapMs: overlapSeconds * 1000,
    })
    const sealedSecrets = sealSecrets(secrets, endpoint, list)
    const row = await store.replaceSecrets(tx, scope, { id, sealedSecrets })
    const details = { overlap_seconds: overlapSeconds }
    await audit(tx, origin, 'webhook.secret_rotated', row, details)
    return { ...shown(row, options.now()), secret: list[0].secret }
  })
}

/** Sends a signed sample at once, whatever waits. One that arrives ends a pause. */
export async function testWebhook(
  options: ServiceOptions,
  caller: Caller,
  { id, event }: { id: string; event: string | undefined },
) {
  const { db, secrets, outbound, now } = options
  const scope = scopeOf(options, caller)
  const { organizationId } = scope
  const row = found(await db.inTenant(organizationId, (tx) => store.find(tx, scope, id)))
  const list = openSecrets(secrets, { organizationId, endpointId: id }, row.sealedSecrets)
  const chosen = event ?? row.events[0] ?? ''
  const sample = options.sample(chosen, organizationId, new Date(now()).toISOString())
  const messageId = uuid7()
  const attempt = await send(
    { url: row.url, messageId, body: JSON.stringify(sample) },
    liveKeys(list, now()),
    { outbound, now, signal: new AbortController().signal },
  )
  const delivered = attempt.error === null
  if (delivered) await db.inTenant(organizationId, (tx) => store.closeBreaker(tx, scope, id))
  return {
    message_id: messageId,
    event: chosen,
    delivered,
    at: attempt.at,
    status: attempt.status,
    error: attempt.error,
    duration_ms: Math.round(attempt.durationMs),
  }
}

export function scopeOf(options: { surface: Surface }, caller: Caller): store.Scope {
  return { organizationId: caller.organizationId, surface: options.surface }
}

/** Another tenant's webhook answers as one that does not exist. */
export function found<Row>(row: Row | null): Row {
  if (row === null) throw errors.problem('webhook_not_found')
  return row
}

export function shown(row: store.WebhookRow, now: number): Webhook {
  const { until } = row.breaker
  const isPaused = row.active && until !== null && until > now
  return { ...row, paused_until: isPaused ? new Date(until).toISOString() : null }
}

async function checkUrl(outbound: Outbound, url: string): Promise<void> {
  try {
    await outbound.check(url)
  } catch (error) {
    if (error instanceof OutboundRefused) throw invalidField('url', error.message)
    throw error
  }
}

/** Of the URL only the host, since the rest may hold a secret. */
async function audit(
  tx: Tx,
  origin: Origin,
  action: string,
  row: store.WebhookRow,
  details: object = {},
): Promise<void> {
  await appendAudit(tx, origin, {
    action,
    objectType: 'webhook',
    objectId: row.id,
    details: { host: new URL(row.url).host, events: row.events, ...details },
  })
}
