import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { startReceiver, status } from './receiver.fixture.ts'
import { deleteWebhook, rotateSecret, testWebhook } from './service.ts'
import { deliver, setUp, tenantOf } from './webhooks.fixture.ts'

describe.skipIf(!hasDatabase)('keeping webhooks', () => {
  const database = useTestDatabase()

  it('leaves an audit row of every change, without the secret or the path of the URL', async () => {
    const setting = setUp(database.db)
    const { service } = setting
    const { create, change, origin, audited } = tenantOf(database.db, setting)
    const { id, secret } = await create('http://127.0.0.1:9/made-up-path')
    await change(id, { description: 'Changed' })
    const rotated = await rotateSecret(service, origin, { id, overlapSeconds: 60 })
    await deleteWebhook(service, origin, id)
    const rows = await audited()
    expect(rows).toMatchObject([
      { action: 'webhook.created', actor: { id: 'key_test' }, details: { host: '127.0.0.1:9' } },
      { action: 'webhook.updated', details: { changed: ['description'] } },
      { action: 'webhook.secret_rotated', details: { overlap_seconds: 60 } },
      { action: 'webhook.deleted' },
    ])
    for (const hidden of [secret, rotated.secret, 'made-up-path']) {
      expect(JSON.stringify(rows)).not.toContain(hidden)
    }
  })

  it('ends a pause with a test that arrives, and not with one that fails', async () => {
    const setting = setUp(database.db)
    const tenant = tenantOf(database.db, setting)
    const receiver = await startReceiver(status(500))
    const { id } = await tenant.create(receiver.url)
    for (let count = 0; count < 5; count += 1) await tenant.happen()
    await deliver(setting)
    const test = () => testWebhook(setting.service, tenant.origin.caller, { id, event: undefined })
    expect(await test()).toMatchObject({ delivered: false, status: 500 })
    expect(await tenant.endpoint(id)).toMatchObject({ breaker: { state: 'open' } })
    receiver.answer = status(200)
    expect(await test()).toMatchObject({ delivered: true, status: 200 })
    expect(await tenant.endpoint(id)).toMatchObject({ breaker: { state: 'closed' } })
  })

  it('begins afresh with another URL', async () => {
    const setting = setUp(database.db)
    const tenant = tenantOf(database.db, setting)
    const broken = await startReceiver(status(500))
    const { id } = await tenant.create(broken.url)
    for (let count = 0; count < 5; count += 1) await tenant.happen()
    await deliver(setting)
    const receiver = await startReceiver()
    expect(await tenant.change(id, { description: 'Still' })).toMatchObject({
      paused_until: expect.any(String),
    })
    expect(await tenant.change(id, { url: receiver.url })).toMatchObject({ paused_until: null })
    await tenant.makeDue()
    await deliver(setting)
    expect(receiver.received).toHaveLength(5)
  })
})
