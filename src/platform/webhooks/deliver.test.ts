// Deliveries end to end: a real database, real receivers, signatures read by another library.
import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../db.ts'
import { startReceiver, status } from './receiver.fixture.ts'
import { retryDelaysMs } from './schedule.ts'
import { rotateSecret } from './service.ts'
import { deliver, happening, type Setting, setUp, tenantOf } from './webhooks.fixture.ts'

describe.skipIf(!hasDatabase)('delivery', () => {
  const database = useTestDatabase()
  let setting: Setting
  let tenant: ReturnType<typeof tenantOf>
  beforeEach(() => {
    setting = setUp(database.db)
    tenant = tenantOf(database.db, setting)
  })

  it('sends the body as it was stored, signed so that another library accepts it', async () => {
    const receiver = await startReceiver()
    const { secret } = await tenant.create(receiver.url)
    const body = { event: 'scan.completed', text: 'Grüße \u0000 \u{1f405}', n: 1.5 }
    expect(await tenant.happen(body)).toEqual([
      { queue: 'webhooks', key: 'deliver', data: { task: 'deliver' } },
    ])
    await deliver(setting)
    expect(receiver.received).toHaveLength(1)
    const [got] = receiver.received
    expect(got?.body).toBe(JSON.stringify(body))
    expect(new Webhook(secret).verify(got?.body ?? '', got?.headers as never)).toEqual(body)
    expect(got?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'panthera/test',
    })
    const [delivery] = await tenant.deliveries()
    expect(delivery).toMatchObject({ status: 'delivered', lease_owner: null })
    expect(delivery?.message_id).toBe(got?.headers['webhook-id'])
    expect(delivery?.attempts).toMatchObject([{ number: 1, status: 204, error: null }])
  })

  it('signs by the old secret as well until its time is over', async () => {
    const receiver = await startReceiver()
    const { id, secret: old } = await tenant.create(receiver.url)
    const { origin, happen } = tenant
    const rotated = await rotateSecret(setting.service, origin, { id, overlapSeconds: 86_400 })
    expect(rotated.secret).not.toBe(old)
    await happen()
    await deliver(setting)
    const [got] = receiver.received
    expect(got?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/)
    for (const secret of [old, rotated.secret]) {
      expect(new Webhook(secret).verify(got?.body ?? '', got?.headers as never)).toEqual({})
    }
    setting.advance(86_400_000)
    await happen()
    await deliver(setting)
    expect(receiver.received[1]?.headers['webhook-signature']).toMatch(/^v1,\S+$/)
  })

  it('tries again by the schedule, under one id, and stops after the last attempt', async () => {
    const receiver = await startReceiver(status(500))
    const { id } = await tenant.create(receiver.url)
    await tenant.happen()
    for (const [number, delayMs] of retryDelaysMs.entries()) {
      if (number > 0) {
        const [waiting] = await tenant.deliveries()
        expect(waiting).toMatchObject({ status: 'pending', lease_owner: null })
        expect(waiting?.due_in_seconds).toBeGreaterThan(delayMs / 1000 - 30)
        expect(waiting?.due_in_seconds).toBeLessThanOrEqual((delayMs * 1.2) / 1000)
      }
      await tenant.makeDue()
      await tenant.change(id, { active: true })
      await deliver(setting)
    }
    const [delivery] = await tenant.deliveries()
    expect(delivery).toMatchObject({ status: 'failed', completed_at: expect.any(String) })
    const numbers = delivery?.attempts.map(({ number }) => number)
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(delivery?.attempts[0]).toMatchObject({ status: 500, error: 'bad_status' })
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    await tenant.makeDue()
    await deliver(setting)
    expect(receiver.received).toHaveLength(10)
  })

  it('waits as long as Retry-After asks', async () => {
    const receiver = await startReceiver(status(429, { 'retry-after': '600' }))
    await tenant.create(receiver.url)
    await tenant.happen()
    await deliver(setting)
    const [delivery] = await tenant.deliveries()
    expect(delivery?.due_in_seconds).toBeGreaterThan(570)
    expect(delivery?.due_in_seconds).toBeLessThanOrEqual(600)
  })

  it('does not follow a redirect', async () => {
    const elsewhere = await startReceiver()
    const receiver = await startReceiver(status(307, { location: elsewhere.url }))
    await tenant.create(receiver.url)
    await tenant.happen()
    await deliver(setting)
    const [delivery] = await tenant.deliveries()
    expect(delivery?.attempts).toMatchObject([{ status: 307, error: 'redirect' }])
    expect(elsewhere.received).toEqual([])
  })

  it('says in words of its own why there was no answer', async () => {
    const receiver = await startReceiver((response) => response.destroy())
    await tenant.create(receiver.url)
    await tenant.create('http://127.0.0.1:1/')
    await tenant.happen()
    await deliver(setting)
    const attempts = (await tenant.deliveries()).flatMap((delivery) => delivery.attempts)
    const errors = attempts.map(({ status: answer, error }) => ({ answer, error }))
    expect(errors.toSorted((a, b) => (a.error ?? '').localeCompare(b.error ?? ''))).toEqual([
      { answer: null, error: 'refused' },
      { answer: null, error: 'reset' },
    ])
  })

  it('refuses at every connection an address that is not permitted any more', async () => {
    const receiver = await startReceiver()
    await tenant.create(receiver.url)
    await tenant.happen()
    await deliver(setUp(database.db, { allow: [] }))
    expect(receiver.received).toEqual([])
    const [delivery] = await tenant.deliveries()
    expect(delivery?.attempts).toMatchObject([{ status: null, error: 'private_address' }])
  })

  it('counts unreadable secrets as a failure, and sends nothing unsigned', async () => {
    const receiver = await startReceiver()
    const { id } = await tenant.create(receiver.url)
    await tenant.happen()
    await database.db.inTenant(tenant.organizationId, (tx) =>
      tx.run(sql`update webhook_endpoints set sealed_secrets = '\\x01' where id = ${id}`),
    )
    await deliver(setting)
    expect(receiver.received).toEqual([])
    const [delivery] = await tenant.deliveries()
    expect(delivery?.attempts).toMatchObject([{ status: null, error: 'secret_unreadable' }])
  })

  it('delivers many, each once, while others come in', async () => {
    const receiver = await startReceiver()
    await tenant.create(receiver.url)
    const ids = Array.from({ length: 300 }, () => happening(tenant.organizationId))
    await Promise.all(ids.slice(0, 200).map((event) => tenant.happen({}, event)))
    const running = deliver(setting)
    await receiver.gets(20)
    for (const event of ids.slice(200)) await tenant.happen({}, event)
    await deliver(setting)
    await running
    await deliver(setting)
    const got = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(got).toHaveLength(300)
    expect(new Set(got).size).toBe(300)
    const statuses = (await tenant.deliveries()).map((delivery) => delivery.status)
    expect(new Set(statuses)).toEqual(new Set(['delivered']))
  })
})
