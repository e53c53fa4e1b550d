// Deliveries end to end: a real database, real receivers, signatures read by another library.
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { startReceiver, status } from './receiver.fixture.ts'
import { deliver, makeDue, type Setting, setUp, tenantOf } from './webhooks.fixture.ts'

describe.skipIf(!hasDatabase)('delivery', () => {
  let database: TestDatabase
  let setting: Setting
  let tenant: ReturnType<typeof tenantOf>
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.close())
  beforeEach(() => {
    setting = setUp(database.db)
    tenant = tenantOf(database.db, setting)
  })

  it('sends the body as it was stored, signed so that another library accepts it', async () => {
    const receiver = await startReceiver()
    const { secret } = await tenant.create(receiver.url)
    const body = { event: 'scan.completed', text: 'Grüße \u0000 \ud83d\udc05', n: 1.5 }
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
})
