// SQL of alert channels as their owners see them.
import { empty, sql, type Tx } from '../../../platform/db.ts'
import { offsetOf, type PageQuery } from '../../paging.ts'
import type { AlertChannel } from './schema.ts'

const columns = sql`c.id, c.name, c.type, c.settings, c.classes, c.every_alert as "everyAlert",
  c.enabled, c.last_sent_at as "lastSentAt", c.last_error as "lastError",
  c.created_at as "createdAt", c.updated_at as "updatedAt",
  (select count(*) from alert_notifications n where n.organization_id = c.organization_id
    and n.channel_id = c.id and n.state = 'queued') as waiting`

export type StoredChannel = AlertChannel & { sealedSecret: Buffer | null }

export type Written = Pick<
  StoredChannel,
  'name' | 'type' | 'settings' | 'classes' | 'everyAlert' | 'enabled'
>

/** The context under which the secret is sealed. */
export function secretPlace(organizationId: string, id: number): string {
  return `organization/${organizationId}/alert-channel/${id}`
}

export async function list(
  tx: Tx,
  organizationId: string,
  page: PageQuery,
): Promise<{ data: AlertChannel[]; total: number }> {
  const data = await tx.rows<AlertChannel>(sql`select ${columns} from alert_channels c
    where c.organization_id = ${organizationId}
    order by c.id limit ${page.limit} offset ${offsetOf(page)}`)
  return { data, total: await count(tx, organizationId) }
}

export async function count(tx: Tx, organizationId: string): Promise<number> {
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total
    from alert_channels where organization_id = ${organizationId}`)
  return total
}

export async function find(
  tx: Tx,
  organizationId: string,
  id: number,
  { locked = false } = {},
): Promise<StoredChannel | null> {
  return tx.maybe<StoredChannel>(sql`
    select ${columns}, c.sealed_secret as "sealedSecret" from alert_channels c
     where c.organization_id = ${organizationId} and c.id = ${id}
     ${locked ? sql`for update of c` : empty}`)
}

/** Null where the name is taken. */
export async function insert(
  tx: Tx,
  organizationId: string,
  made: Written,
): Promise<number | null> {
  const row = await tx.maybe<{ id: number }>(sql`
    insert into alert_channels
      (organization_id, name, type, settings, classes, every_alert, enabled)
    values (${organizationId}, ${made.name}, ${made.type}, ${JSON.stringify(made.settings)},
      ${made.classes}, ${made.everyAlert}, ${made.enabled})
    on conflict do nothing returning id`)
  return row?.id ?? null
}

/** What waits is tried at once: the change may be why it works now. False: the name is taken. */
export async function update(
  tx: Tx,
  organizationId: string,
  id: number,
  changed: Written,
): Promise<boolean> {
  const taken = await tx.maybe(sql`select id from alert_channels
    where organization_id = ${organizationId} and lower(name) = lower(${changed.name})
      and id <> ${id}`)
  if (taken !== null) return false
  await tx.run(sql`update alert_channels set name = ${changed.name},
      settings = ${JSON.stringify(changed.settings)}, classes = ${changed.classes},
      every_alert = ${changed.everyAlert}, enabled = ${changed.enabled}, attempts = 0,
      next_attempt_at = now(), updated_at = now()
    where organization_id = ${organizationId} and id = ${id}`)
  return true
}

export async function keepSecret(
  tx: Tx,
  place: { organizationId: string; id: number },
  sealed: Buffer | null,
): Promise<void> {
  await tx.run(sql`update alert_channels set sealed_secret = ${sealed}
    where organization_id = ${place.organizationId} and id = ${place.id}`)
}

export async function remove(tx: Tx, organizationId: string, id: number): Promise<void> {
  await tx.run(
    sql`delete from alert_channels where organization_id = ${organizationId} and id = ${id}`,
  )
}

/** Those of the names that no channel has. */
export async function unknownNames(
  tx: Tx,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ name: string }>(sql`
    select wanted.name from unnest(${[...names]}::text[]) as wanted(name)
     where not exists (select from alert_channels c
       where c.organization_id = ${organizationId} and lower(c.name) = lower(wanted.name))`)
  return rows.map(({ name }) => name)
}

/** The renewal policies that name it. */
export async function policiesWith(
  tx: Tx,
  organizationId: string,
  name: string,
): Promise<string[]> {
  const rows = await tx.rows<{ name: string }>(sql`select name from renewal_policies
    where organization_id = ${organizationId}
      and lower(${name}) in (select lower(each) from unnest(notification_channels) each)
    order by id limit 10`)
  return rows.map((row) => row.name)
}
