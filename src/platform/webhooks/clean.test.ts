import { beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../db.ts'
import { clean } from './clean.ts'
import { startReceiver } from './receiver.fixture.ts'
import { deleteWebhook } from './service.ts'
import { deliver, type Setting, setUp, tenantOf } from './webhooks.fixture.ts'

describe.skipIf(!hasDatabase)('cleaning', () => {
  const database = useTestDatabase()
  let setting: Setting
  let tenant: ReturnType<typeof tenantOf>
  beforeEach(() => {
    setting = setUp(database.db)
    tenant = tenantOf(database.db, setting)
  })

  const tidy = () => clean(database.db, new AbortController().signal)
  const age = (messageId: string | undefined, days: number) =>
    inTenant(sql`update webhook_messages set created_at = now() - ${days} * interval '1 day'
      where id = ${messageId}`)
  const inTenant = (statement: ReturnType<typeof sql>) =>
    database.db.inTenant(tenant.organizationId, (tx) => tx.rows<Record<string, unknown>>(statement))

  it('deletes messages after 30 days, with all that was made of them', async () => {
    const receiver = await startReceiver()
    await tenant.create(receiver.url)
    for (let count = 0; count < 2; count += 1) {
      await tenant.happen()
      await deliver(setting)
    }
    const [old, young] = await tenant.deliveries()
    await age(old?.message_id, 30.1)
    await age(young?.message_id, 29.9)
    await tidy()
    expect((await tenant.deliveries()).map(({ id }) => id)).toEqual([young?.id])
    expect(await inTenant(sql`select id from webhook_messages`)).toEqual([
      { id: young?.message_id },
    ])
    expect(await inTenant(sql`select delivery_id from webhook_attempts`)).toEqual([
      { delivery_id: young?.id },
    ])
  })

  it('keeps an old message while a delivery of it waits', async () => {
    await tenant.create('http://127.0.0.1:9/')
    await tenant.happen()
    const [waiting] = await tenant.deliveries()
    await age(waiting?.message_id, 40)
    await tidy()
    expect(await tenant.deliveries()).toMatchObject([{ status: 'pending' }])
  })

  it('removes a deleted endpoint after its deliveries', async () => {
    const receiver = await startReceiver()
    const { id } = await tenant.create(receiver.url)
    const kept = await tenant.create(receiver.url)
    await tenant.happen()
    await deliver(setting)
    await deleteWebhook(setting.service, tenant.origin, id)
    expect(
      await inTenant(sql`select sealed_secrets from webhook_endpoints where id = ${id}`),
    ).toEqual([{ sealed_secrets: Buffer.alloc(0) }])
    await tidy()
    expect(await inTenant(sql`select id from webhook_endpoints`)).toEqual([{ id: kept.id }])
    const left = await tenant.deliveries()
    expect(left.map((each) => each.endpoint_id)).toEqual([kept.id])
  })

  it('works through more than one batch', async () => {
    await inTenant(sql`
      insert into webhook_messages (organization_id, id, event, body, created_at)
      select ${tenant.organizationId}, gen_random_uuid(), 'scan.completed', '{}',
        now() - interval '31 days' from generate_series(1, 1100)`)
    await tidy()
    expect(await inTenant(sql`select id from webhook_messages`)).toEqual([])
  })

  it('cancels what was enqueued while the endpoint was being turned off', async () => {
    const { id } = await tenant.create('http://127.0.0.1:9/')
    await tenant.happen()
    await inTenant(sql`update webhook_endpoints set active = false where id = ${id}`)
    await deliver(setting)
    await tidy()
    expect(await tenant.deliveries()).toMatchObject([{ status: 'cancelled', attempts: [] }])
  })
})
