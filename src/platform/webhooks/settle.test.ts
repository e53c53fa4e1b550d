// What attempts do to their endpoint: pausing it, trying it again, giving it up.
import { beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { startReceiver, status } from './receiver.fixture.ts'
import { deliver, type Setting, setUp, tenantOf } from './webhooks.fixture.ts'

const minute = 60_000
const day = 24 * 60 * minute

describe.skipIf(!hasDatabase)('an endpoint', () => {
  const database = useTestDatabase()
  let setting: Setting
  let tenant: ReturnType<typeof tenantOf>
  beforeEach(() => {
    setting = setUp(database.db)
    tenant = tenantOf(database.db, setting)
  })

  const statuses = async () => {
    const all = await tenant.deliveries()
    return all.map((delivery) => delivery.status).toSorted()
  }

  it('that says 410 is turned off, with an audit row and no delivery left waiting', async () => {
    const receiver = await startReceiver(status(410))
    const { id } = await tenant.create(receiver.url)
    await tenant.happen()
    await deliver(setting)
    await tenant.happen()
    expect(await tenant.endpoint(id)).toMatchObject({ active: false, disabled_reason: 'gone' })
    expect(await statuses()).toEqual(['failed'])
    expect((await tenant.audited()).at(-1)).toMatchObject({
      action: 'webhook.disabled',
      actor: { kind: 'system' },
      details: { reason: 'gone' },
    })
  })

  it('that fails five times is paused, tried with one delivery, then has the rest', async () => {
    const receiver = await startReceiver(status(503))
    const { id } = await tenant.create(receiver.url)
    // Enough that some wait, however many are under way before the first failures are written.
    for (let count = 0; count < 40; count += 1) await tenant.happen()
    await deliver(setting)
    const triedAtFirst = receiver.received.length
    expect(triedAtFirst).toBeGreaterThanOrEqual(5)
    expect(triedAtFirst).toBeLessThan(40)
    expect(await tenant.endpoint(id)).toMatchObject({ breaker: { state: 'open' } })
    await tenant.makeDue()
    await deliver(setting)
    expect(receiver.received).toHaveLength(triedAtFirst)

    setting.advance(minute)
    await deliver(setting)
    expect(receiver.received).toHaveLength(triedAtFirst + 1)
    expect(await tenant.endpoint(id)).toMatchObject({ breaker: { state: 'open', openings: 2 } })

    receiver.answer = status(204)
    setting.advance(2 * minute)
    await tenant.makeDue()
    await deliver(setting)
    expect(new Set(await statuses())).toEqual(new Set(['delivered']))
    expect(await tenant.endpoint(id)).toMatchObject({ breaker: { state: 'closed', failures: 0 } })
  })

  it('is tried after a pause by one of two nodes only', async () => {
    const receiver = await startReceiver(status(503))
    const { id } = await tenant.create(receiver.url)
    for (let count = 0; count < 6; count += 1) await tenant.happen()
    await deliver(setting)
    expect(await tenant.endpoint(id)).toMatchObject({ breaker: { state: 'open' } })
    const before = receiver.received.length
    await tenant.makeDue()
    const nodes = ['one', 'two'].map((name) =>
      setUp(database.db, { node: { id: name, isGone: () => false } }),
    )
    for (const node of nodes) node.advance(minute)
    await Promise.all(nodes.map(deliver))
    expect(receiver.received).toHaveLength(before + 1)
  })

  it('that fails for five days is turned off', async () => {
    const receiver = await startReceiver(status(500))
    const { id } = await tenant.create(receiver.url)
    for (let count = 0; count < 3; count += 1) await tenant.happen()
    for (let days = 0; days <= 5; days += 1) {
      await tenant.makeDue()
      await deliver(setting)
      const { active } = await tenant.endpoint(id)
      expect(active, `after ${days} days`).toBe(days < 5)
      setting.advance(day)
    }
    expect(await tenant.endpoint(id)).toMatchObject({ disabled_reason: 'failing' })
    expect(new Set(await statuses())).toEqual(new Set(['cancelled']))
    receiver.answer = status(204)
    await tenant.change(id, { active: true })
    await tenant.happen()
    await deliver(setting)
    expect(await tenant.endpoint(id)).toMatchObject({ active: true, disabled_reason: null })
    expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled', 'delivered'])
  })

  it('that a user turns off while a delivery fails is not tried again', async () => {
    const receiver = await startReceiver(() => undefined)
    const { id } = await tenant.create(receiver.url)
    await tenant.happen()
    receiver.answer = async (response) => {
      await tenant.change(id, { active: false })
      response.writeHead(500).end()
    }
    await deliver(setting)
    expect(receiver.received).toHaveLength(1)
    expect(await statuses()).toEqual(['cancelled'])
  })

  it('that a user turns off while a delivery arrives has had it', async () => {
    const receiver = await startReceiver()
    const { id } = await tenant.create(receiver.url)
    receiver.answer = async (response) => {
      await tenant.change(id, { active: false })
      response.writeHead(204).end()
    }
    await tenant.happen()
    await deliver(setting)
    expect(await statuses()).toEqual(['delivered'])
  })
})
