import { beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../db.ts'
import { happening, type Setting, setUp, tenantOf } from './webhooks.fixture.ts'

const url = 'http://127.0.0.1:9/'

describe.skipIf(!hasDatabase)('enqueuing', () => {
  const database = useTestDatabase()
  let setting: Setting
  let tenant: ReturnType<typeof tenantOf>
  beforeEach(() => {
    setting = setUp(database.db)
    tenant = tenantOf(database.db, setting)
  })

  const messages = () =>
    database.db.inTenant(tenant.organizationId, (tx) =>
      tx.rows<{ id: string; event: string; body: string }>(sql`select * from webhook_messages`),
    )

  it('makes one message, and a delivery for each active endpoint that wants it', async () => {
    const wanting = [await tenant.create(url), await tenant.create(url)]
    await tenant.create(url, ['scan.failed'])
    const off = await tenant.create(url)
    await tenant.change(off.id, { active: false })
    const elsewhere = tenantOf(database.db, setting)
    await elsewhere.create(url)
    expect(await tenant.happen({ b: 1, a: 2 })).toHaveLength(1)
    expect(await messages()).toMatchObject([{ event: 'scan.completed', body: '{"b":1,"a":2}' }])
    const made = (await tenant.deliveries()).map((delivery) => delivery.endpoint_id)
    expect(made.toSorted()).toEqual(wanting.map(({ id }) => id).toSorted())
    expect(await elsewhere.deliveries()).toEqual([])
  })

  it('changes nothing when the same event comes again', async () => {
    await tenant.create(url)
    const event = happening(tenant.organizationId)
    expect(await tenant.happen({ first: true }, event)).toHaveLength(1)
    const before = await tenant.deliveries()
    expect(await tenant.happen({ first: false }, event)).toEqual([])
    const [after] = await tenant.deliveries()
    expect({ ...after, due_in_seconds: 0 }).toEqual({ ...before[0], due_in_seconds: 0 })
    expect(await messages()).toMatchObject([{ body: '{"first":true}' }])
  })

  it('stores nothing and wakes nobody where no endpoint wants it', async () => {
    await tenant.create(url, ['scan.failed'])
    expect(await tenant.happen()).toEqual([])
    expect(await messages()).toEqual([])
  })

  it('keeps the surfaces apart', async () => {
    await tenant.create(url)
    const source = happening(tenant.organizationId)
    const wakes = await database.db.inTenant(tenant.organizationId, (tx) =>
      setting.webhooks.enqueue(tx, { surface: 'certus', source, event: source.name }, {}),
    )
    expect(wakes).toEqual([])
  })

  it('refuses a body that is too large', async () => {
    await tenant.create(url)
    await expect(tenant.happen({ text: 'x'.repeat(262_144) })).rejects.toThrow('262144 bytes')
    expect(await messages()).toEqual([])
  })
})
