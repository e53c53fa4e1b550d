// Who may take a delivery: leases of the living, of the dead, and shares among endpoints.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql, type Tx } from '../db.ts'
import { closedBreaker } from './breaker.ts'
import { claim } from './claim.ts'
import { startReceiver, status } from './receiver.fixture.ts'
import { deliver, type Setting, setUp, tenantOf } from './webhooks.fixture.ts'

describe.skipIf(!hasDatabase)('claiming', () => {
  const database = useTestDatabase()
  let setting: Setting
  let tenant: ReturnType<typeof tenantOf>
  beforeEach(() => {
    setting = setUp(database.db)
    tenant = tenantOf(database.db, setting)
  })

  const holdBy = (holder: string, seconds: number) =>
    database.db.inTenant(tenant.organizationId, (tx) =>
      tx.run(sql`update webhook_deliveries set lease_owner = ${holder},
        lease_until = now() + ${seconds} * interval '1 second'`),
    )
  const keys = async () => (await setting.webhooks.queue.due()).map(({ key }) => key)

  it('finds work while there is some, and cleans now and then', async () => {
    expect(await keys()).toEqual(['clean'])
    await setting.webhooks.queue.run({ task: 'clean' }, new AbortController().signal)
    expect(await keys()).toEqual([])
    const receiver = await startReceiver()
    await tenant.create(receiver.url)
    await tenant.happen()
    expect(await keys()).toEqual(['deliver'])
    await deliver(setting)
    expect(await keys()).toEqual([])
  })

  it('leaves what a living process holds, until its lease is over', async () => {
    const receiver = await startReceiver()
    await tenant.create(receiver.url)
    await tenant.happen()
    await holdBy('elsewhere/1/1', 60)
    expect(await keys()).toEqual(['clean'])
    await deliver(setting)
    expect(receiver.received).toEqual([])
    await holdBy('elsewhere/1/1', -1)
    expect(await keys()).toContain('deliver')
    await deliver(setting)
    expect(receiver.received).toHaveLength(1)
  })

  it('shares the places: many for one endpoint do not keep back one for another', async () => {
    const unanswered: ServerResponse[] = []
    const slow = await startReceiver((response) => unanswered.push(response))
    const quick = await startReceiver()
    const other = tenantOf(database.db, setting)
    await tenant.create(slow.url)
    for (let count = 0; count < 100; count += 1) await tenant.happen()
    await other.create(quick.url)
    await other.happen()
    const running = deliver(setting)
    await quick.gets(1)
    await other.happen()
    await deliver(setting)
    await quick.gets(2)
    // One that does not answer holds no more than its first window.
    expect(unanswered).toHaveLength(4)
    slow.answer = status(204)
    for (const response of unanswered) response.writeHead(204).end()
    await running
    const statuses = (await tenant.deliveries()).map((each) => each.status)
    expect(new Set(statuses)).toEqual(new Set(['delivered']))
  })

  it('tries a paused endpoint with one delivery, however many nodes ask', async () => {
    await tenant.create('http://127.0.0.1:9/')
    for (let count = 0; count < 3; count += 1) await tenant.happen()
    const open = { ...closedBreaker, state: 'open', failures: 5, openings: 1, until: 1 }
    await database.db.inTenant(tenant.organizationId, (tx) =>
      tx.run(sql`update webhook_endpoints set breaker = ${JSON.stringify(open)}`),
    )
    const offer = { places: 10, rooms: new Map<string, number>(), roomDefault: 4 }
    const claimAs = (tx: Tx, node: string) => claim(tx, { node, now: Date.now(), offer })
    await database.db.inSystem(async (first) => {
      expect(await claimAs(first, 'one')).toHaveLength(1)
      // Before the other has committed, its probe is not to be seen, only that it is at work.
      expect(await database.db.inSystem((second) => claimAs(second, 'two'))).toEqual([])
    })
    expect(await database.db.inSystem((second) => claimAs(second, 'two'))).toEqual([])
    const holders = (await tenant.deliveries()).map((each) => each.lease_owner)
    expect(holders.toSorted()).toEqual([null, null, 'one'].toSorted())
  })

  it('gives back at a stop what was not answered, and does not count it', async () => {
    const receiver = await startReceiver(() => undefined)
    await tenant.create(receiver.url)
    await tenant.happen()
    const stop = new AbortController()
    const running = setting.webhooks.queue.run({ task: 'deliver' }, stop.signal)
    await receiver.gets(1)
    stop.abort()
    await running
    const [delivery] = await tenant.deliveries()
    expect(delivery).toMatchObject({ status: 'pending', lease_owner: null, attempts: [] })
    receiver.answer = status(204)
    await deliver(setting)
    expect(receiver.received).toHaveLength(2)
  })

  it('takes over at once what a killed process held, and loses nothing', async () => {
    const receiver = await startReceiver((response) => {
      // Some are answered, and the process dies before it has written that.
      if (receiver.received.length % 2 === 0) response.writeHead(204).end()
    })
    for (let count = 0; count < 5; count += 1) await tenant.create(receiver.url)
    for (let count = 0; count < 8; count += 1) await tenant.happen()
    const child = startOther(database.url)
    await receiver.gets(10)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const held = (await tenant.deliveries()).filter((each) => each.lease_owner !== null)
    expect(held.length).toBeGreaterThan(0)
    receiver.answer = status(204)
    expect(await keys()).toContain('deliver')
    await deliver(setting)
    const all = await tenant.deliveries()
    expect(all).toHaveLength(40)
    expect(all.filter((each) => each.status !== 'delivered')).toEqual([])
    const pairs = new Set(all.map((each) => `${each.message_id} ${each.endpoint_id}`))
    expect(pairs.size).toBe(40)
    const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']))
    expect(ids).toEqual(new Set(all.map((each) => each.message_id)))
  })
})

/** A process of its own that delivers until it is killed. */
function startOther(url: string) {
  const script = `
    const { openDatabase } = await import('../db.ts')
    const { createParts } = await import('./platform.fixture.ts')
    const { createWebhooks } = await import('./index.ts')
    const db = openDatabase({ connection: ${JSON.stringify(url)}, onError: console.error })
    const { queue } = createWebhooks(createParts(db))
    await queue.run({ task: 'deliver' }, new AbortController().signal)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    // From where the imports above are resolved.
    cwd: import.meta.dirname,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}
