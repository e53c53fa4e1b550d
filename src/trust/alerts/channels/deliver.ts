// Tells what is queued, one channel at a time and in order. What cannot be told now is tried again
// for a day, ever later; the channel says meanwhile what is wrong.
import { randomUUID } from 'node:crypto'
import { sql, type Tx } from '../../../platform/db.ts'
import type { Queue } from '../../../platform/jobs.ts'
import { NotSent } from './contract.ts'
import { channelTypes } from './index.ts'
import { queuedNotices } from './notice.ts'
import { type ChannelParts, letterOf, logCause } from './service.ts'
import * as store from './store.ts'

interface Place {
  organizationId: string
  channelId: number
}

const leaseMs = 120_000
const keptDays = 30
const backoffMs = [30_000, 60_000, 300_000, 900_000, 3_600_000]

export function channelQueue(parts: ChannelParts): Queue<Place> {
  const { db, node } = parts.platform
  return {
    name: 'trust.alert-channels',
    concurrency: 4,
    sweepMs: 3_000,
    async due() {
      const rows = await db.inSystem(async (tx) => {
        await forget(tx)
        return tx.rows<Place & { holder: string | null; lapsed: boolean }>(sql`
          select organization_id as "organizationId", id as "channelId", lease_owner as holder,
            coalesce(lease_until < now(), true) as lapsed
            from alert_channels c
           where enabled and next_attempt_at <= now() and exists (
             select from alert_notifications n where n.organization_id = c.organization_id
               and n.channel_id = c.id and n.state = 'queued')
           order by next_attempt_at limit 200`)
      })
      return rows
        .filter(({ holder, lapsed }) => lapsed || node.isGone(holder ?? ''))
        .map(({ organizationId, channelId }) => ({
          key: `${organizationId} ${channelId}`,
          data: { organizationId, channelId },
        }))
    },
    run: (place, signal) => tellChannel(parts, place, signal),
  }
}

/**
 * What was told long ago, and what could not be told. Of an alert that goes on it stays: who was
 * told the beginning is to be told the end.
 */
export async function forget(tx: Tx): Promise<void> {
  await tx.run(sql`delete from alert_notifications n
    where state <> 'queued' and finished_at < now() - ${keptDays} * interval '1 day'
      and not exists (select from alerts a where a.organization_id = n.organization_id
        and a.id = n.alert_id and a.status <> 'resolved')`)
}

/** Until nothing waits, or a letter could not be sent. */
export async function tellChannel(
  parts: ChannelParts,
  place: Place,
  signal: AbortSignal,
): Promise<void> {
  const { db, node } = parts.platform
  const holder = `${node.id}/${randomUUID()}`
  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => db.inTenant(place.organizationId, work)
  const channel = await inTenant((tx) => take(tx, place, { holder, isGone: node.isGone }))
  if (channel === null) return
  let goesOn = true
  while (goesOn && !signal.aborted)
    goesOn = await tellSome(parts, { place, holder, channel, signal })
  await inTenant((tx) => letGo(tx, place, holder))
}

interface Telling {
  place: Place
  holder: string
  channel: store.StoredChannel
  signal: AbortSignal
}

/** Answers whether more may follow at once. */
async function tellSome(parts: ChannelParts, telling: Telling): Promise<boolean> {
  const { platform, mail } = parts
  const { place, holder, channel, signal } = telling
  const { organizationId } = place
  const type = channelTypes[channel.type]
  const max = type.noticesMax
  const queued = await platform.db.inTenant(organizationId, async (tx) => {
    await giveUpOld(tx, place)
    return queuedNotices(tx, { ...place, max }, platform.config.publicUrl)
  })
  if (queued.length === 0) return false
  const ids = queued.map(({ notificationId }) => notificationId)
  const notices = queued.map(({ notice }) => notice)
  const ways = { outbound: platform.webhooks.outbound, mail, now: platform.now, signal }
  let refused: NotSent | null = null
  try {
    await type.send({ ...letterOf(platform, organizationId, channel), notices }, ways)
  } catch (error) {
    if (signal.aborted) return false
    if (!(error instanceof NotSent)) throw error
    logCause(platform, place.channelId, error)
    refused = error
  }
  return platform.db.inTenant(organizationId, (tx) => settle(tx, { place, holder, ids }, refused))
}

/** One that has waited for a day would tell of what is long known. */
async function giveUpOld(tx: Tx, { organizationId, channelId }: Place): Promise<void> {
  await tx.run(sql`update alert_notifications n set state = 'failed', finished_at = now(),
      error = coalesce((select last_error from alert_channels c
        where c.organization_id = n.organization_id and c.id = n.channel_id), 'too late')
    where organization_id = ${organizationId} and channel_id = ${channelId} and state = 'queued'
      and created_at < now() - interval '1 day'`)
}

async function settle(
  tx: Tx,
  { place, holder, ids }: { place: Place; holder: string; ids: number[] },
  refused: NotSent | null,
): Promise<boolean> {
  const { organizationId, channelId } = place
  if (refused === null || refused.affects === 'notices') {
    const error = refused?.message ?? null
    await tx.run(sql`update alert_notifications
        set state = ${refused === null ? 'sent' : 'failed'}, error = ${error}, finished_at = now()
      where organization_id = ${organizationId} and id = any(${ids}::bigint[])`)
  }
  const wait = refused === null || refused.affects === 'notices' ? sql`0` : waitOf(refused)
  const kept = await tx.run(sql`update alert_channels set
      attempts = ${refused === null ? sql`0` : sql`attempts + 1`},
      last_sent_at = ${refused === null ? sql`now()` : sql`last_sent_at`},
      last_error = ${refused?.message ?? null},
      next_attempt_at = now() + ${wait} * interval '1 millisecond',
      lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where organization_id = ${organizationId} and id = ${channelId} and lease_owner = ${holder}`)
  return kept === 1 && (refused === null || refused.affects === 'notices')
}

/** By how often it failed in a row, spread by a fifth; later where the other side says so. */
function waitOf({ retryAfterMs }: NotSent) {
  const factor = 0.8 + Math.random() * 0.4
  return sql`greatest(${retryAfterMs ?? 0}, ${factor}::float8
    * (${backoffMs}::bigint[])[least(attempts, ${backoffMs.length - 1}) + 1])`
}

async function take(
  tx: Tx,
  { organizationId, channelId }: Place,
  { holder, isGone }: { holder: string; isGone: (id: string) => boolean },
): Promise<store.StoredChannel | null> {
  const row = await tx.maybe<{ holder: string | null; lapsed: boolean; due: boolean }>(sql`
    select lease_owner as holder, coalesce(lease_until < now(), true) as lapsed,
      enabled and next_attempt_at <= now() as due
      from alert_channels where organization_id = ${organizationId} and id = ${channelId}
       for update`)
  if (row === null || !row.due) return null
  if (!row.lapsed && !isGone(row.holder ?? '')) return null
  await tx.run(sql`update alert_channels set lease_owner = ${holder},
      lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where organization_id = ${organizationId} and id = ${channelId}`)
  return store.find(tx, organizationId, channelId)
}

async function letGo(tx: Tx, { organizationId, channelId }: Place, holder: string): Promise<void> {
  await tx.run(sql`update alert_channels set lease_owner = null, lease_until = null
    where organization_id = ${organizationId} and id = ${channelId} and lease_owner = ${holder}`)
}
