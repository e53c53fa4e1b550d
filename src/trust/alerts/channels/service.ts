// Keeps alert channels, which belong to the whole organization.
import { appendAudit, type Origin } from '../../../platform/audit/audit.ts'
import type { Tx } from '../../../platform/db.ts'
import { invalidField } from '../../../platform/http/validation.ts'
import type { Platform } from '../../../platform/platform.ts'
import { newSecret } from '../../../platform/webhooks/signing-key.ts'
import { errors } from '../../errors.ts'
import { requireWholeOrganization } from '../../reach.ts'
import { NotSent } from './contract.ts'
import { channelTypes } from './index.ts'
import type { Mail } from './mail.ts'
import { sampleNotice } from './notice.ts'
import type { AlertChannel, CreateAlertChannel, UpdateAlertChannel } from './schema.ts'
import * as store from './store.ts'

export interface ChannelParts {
  platform: Platform
  mail: Mail | null
}

const channelsMax = 100

export async function createChannel(
  { platform, mail }: ChannelParts,
  origin: Origin,
  wanted: CreateAlertChannel,
): Promise<AlertChannel & { signingSecret?: string }> {
  requireWholeOrganization(origin.caller)
  const { secret, ...rest } = wanted
  const made = { ...rest, settings: settingsOf(wanted) }
  const kept = secretOf(wanted.type, secret)
  await requireReachable({ platform, mail }, wanted.type, { settings: made.settings, secret: kept })
  const { organizationId } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    if ((await store.count(tx, organizationId)) >= channelsMax) {
      throw errors.problem('too_many_alert_channels', { details: { max: channelsMax } })
    }
    const id = await store.insert(tx, organizationId, made)
    if (id === null) throw errors.problem('name_taken', { details: { field: 'name' } })
    await seal(tx, platform, { organizationId, id, secret: kept })
    const channel = await mustFind(tx, organizationId, id)
    await appendAudit(tx, origin, entry('alert_channel.created', channel, Object.keys(wanted)))
    return wanted.type === 'webhook' ? { ...shown(channel), signingSecret: kept } : shown(channel)
  })
}

export async function updateChannel(
  parts: ChannelParts,
  origin: Origin,
  { id, change }: { id: number; change: UpdateAlertChannel },
): Promise<AlertChannel> {
  requireWholeOrganization(origin.caller)
  const { platform } = parts
  const { organizationId } = origin.caller
  const { type } = await platform.db.inTenant(organizationId, (tx) =>
    mustFind(tx, organizationId, id),
  )
  const settings = change.settings && settingsOf({ type, settings: change.settings })
  const secret = change.secret === undefined ? undefined : secretOf(type, change.secret)
  await requireReachable(parts, type, { settings: settings ?? {}, secret: secret ?? '' })
  return platform.db.inTenant(organizationId, async (tx) => {
    const before = await mustFind(tx, organizationId, id, { locked: true })
    requireSecretAnew(before, settings, secret)
    const { name = before.name, classes = before.classes } = change
    if (name.toLowerCase() !== before.name.toLowerCase()) await requireUnused(tx, origin, before)
    const { everyAlert = before.everyAlert, enabled = before.enabled } = change
    const changed = {
      type,
      name,
      classes,
      everyAlert,
      enabled,
      settings: settings ?? before.settings,
    }
    if (!(await store.update(tx, organizationId, id, changed))) {
      throw errors.problem('name_taken', { details: { field: 'name' } })
    }
    if (secret !== undefined) await seal(tx, platform, { organizationId, id, secret })
    await appendAudit(tx, origin, entry('alert_channel.changed', before, Object.keys(change)))
    return shown(await mustFind(tx, organizationId, id))
  })
}

export async function removeChannel({ db }: Platform, origin: Origin, id: number): Promise<void> {
  requireWholeOrganization(origin.caller)
  const { organizationId } = origin.caller
  await db.inTenant(organizationId, async (tx) => {
    const channel = await mustFind(tx, organizationId, id, { locked: true })
    await requireUnused(tx, origin, channel)
    await store.remove(tx, organizationId, id)
    await appendAudit(tx, origin, entry('alert_channel.deleted', channel, []))
  })
}

/** Tells a made-up alert at once, and what came of it. */
export async function testChannel(
  { platform, mail }: ChannelParts,
  origin: Origin,
  id: number,
): Promise<{ ok: boolean; message: string }> {
  requireWholeOrganization(origin.caller)
  const { organizationId } = origin.caller
  const channel = await platform.db.inTenant(organizationId, async (tx) => {
    const found = await mustFind(tx, organizationId, id)
    await appendAudit(tx, origin, entry('alert_channel.tested', found, []))
    return found
  })
  const letter = {
    ...letterOf(platform, organizationId, channel),
    notices: [sampleNotice(platform)],
  }
  const ways = { outbound: platform.webhooks.outbound, mail, now: platform.now }
  try {
    const signal = AbortSignal.any([platform.stopping, AbortSignal.timeout(20_000)])
    await channelTypes[channel.type].send(letter, { ...ways, signal })
    return { ok: true, message: 'A made-up alert was sent; look whether it arrived' }
  } catch (error) {
    if (!(error instanceof NotSent)) throw error
    logCause(platform, id, error)
    return { ok: false, message: `Nothing was sent: ${error.message}` }
  }
}

export function logCause({ log }: Platform, channel: number, { cause }: NotSent): void {
  if (!(cause instanceof Error)) return
  log.warn({ channel, reason: cause.message }, 'an alert could not be sent')
}

/** With the secret opened. */
export function letterOf(
  { secrets }: Platform,
  organizationId: string,
  channel: Pick<store.StoredChannel, 'id' | 'settings' | 'sealedSecret'>,
) {
  const { id, settings, sealedSecret } = channel
  const place = store.secretPlace(organizationId, id)
  return {
    settings,
    secret: sealedSecret === null ? '' : secrets.open(sealedSecret, place).toString(),
  }
}

function settingsOf({ type, settings }: Pick<AlertChannel, 'type' | 'settings'>) {
  const read = channelTypes[type].settings.safeParse(settings)
  if (read.success) return read.data as Record<string, unknown>
  const [issue] = read.error.issues
  throw invalidField(['settings', ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is wrong')
}

function secretOf(type: AlertChannel['type'], given: string | undefined): string {
  const form = channelTypes[type].secret
  if (form === null) {
    if (given !== undefined) throw invalidField('secret', `is not for channels of type ${type}`)
    return type === 'webhook' ? newSecret() : ''
  }
  const read = form.safeParse(given)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const wrong = issue?.message ?? 'has another form'
  throw invalidField('secret', given === undefined ? `is required for ${type}` : wrong)
}

/** Else whoever may change the address could have the sealed secret sent to themselves. */
function requireSecretAnew(
  { type, settings: before }: AlertChannel,
  settings: Record<string, unknown> | undefined,
  secret: string | undefined,
): void {
  const isSent = channelTypes[type].secret !== null
  const moves = settings !== undefined && settings.url !== before.url
  if (!isSent || !moves || secret !== undefined) return
  throw invalidField('secret', 'is required with another settings.url, to which it is sent')
}

/** What can be known now need not be found out by an alert that nobody gets. */
async function requireReachable(
  { platform, mail }: ChannelParts,
  type: AlertChannel['type'],
  { settings, secret }: { settings: Record<string, unknown>; secret: string },
): Promise<void> {
  if (type === 'email' && mail === null) {
    throw invalidField('type', 'must not be email: this server has no PANTHERA_SMTP_URL')
  }
  const field = type === 'slack' ? 'secret' : 'settings.url'
  const url = type === 'slack' ? secret : settings.url
  if (typeof url !== 'string' || url === '') return
  try {
    await platform.webhooks.outbound.check(url)
  } catch (error) {
    throw invalidField(field, error instanceof Error ? error.message : 'cannot be reached')
  }
}

async function requireUnused(tx: Tx, { caller }: Origin, channel: AlertChannel): Promise<void> {
  const policies = await store.policiesWith(tx, caller.organizationId, channel.name)
  if (policies.length > 0) throw errors.problem('alert_channel_in_use', { details: { policies } })
}

async function mustFind(tx: Tx, organizationId: string, id: number, options = {}) {
  const found = await store.find(tx, organizationId, id, options)
  if (found === null) throw errors.problem('alert_channel_not_found')
  return found
}

async function seal(
  tx: Tx,
  { secrets }: Platform,
  { secret, ...place }: { organizationId: string; id: number; secret: string },
): Promise<void> {
  const context = store.secretPlace(place.organizationId, place.id)
  await store.keepSecret(tx, place, secret === '' ? null : secrets.seal(secret, context))
}

/** Without what opens the other side. */
export function shown({ sealedSecret: _, ...channel }: store.StoredChannel): AlertChannel {
  return channel
}

/** Names of fields only: settings may name people, and the secret is one. */
function entry(action: string, { id, name, type }: AlertChannel, fields: string[]) {
  const details = { name, type, ...(fields.length === 0 ? {} : { fields }) }
  return { action, objectType: 'alert_channel', objectId: String(id), details }
}
