import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { hasDatabase, useTestDatabase } from '../../test/fixtures/database.ts'
import { sql } from './db.ts'
import { defineEvent, derivedId, type EventEnvelope } from './events.ts'
import { uuid7 } from './ids.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import type { Subscription, Wake } from './module.ts'
import { appendEvent, createRelay } from './outbox.ts'

const happened = defineEvent('thing.happened', z.object({ nth: z.int() }))
const organizationId = uuid7()

describe('derived ids', () => {
  const event = { id: uuid7(), name: 'x', organizationId, createdAt: '', payload: {} }

  it('are UUIDs of version 8, the same for the same event and purpose', () => {
    expect(derivedId(event, 'a')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
    )
    expect(z.uuid().safeParse(derivedId(event, 'a')).success).toBe(true)
    expect(derivedId(event, 'a')).toBe(derivedId(event, 'a'))
    expect(derivedId(event, 'a')).not.toBe(derivedId(event, 'b'))
  })
})

describe.skipIf(!hasDatabase)('the outbox', () => {
  const database = useTestDatabase()

  const append = (nth: number) =>
    database.db.inTenant(organizationId, (tx) =>
      appendEvent(tx, happened, { organizationId, payload: { nth } }),
    )

  const waiting = async () => {
    const { n } = await database.db.inSystem((tx) =>
      tx.one<{ n: number }>(sql`select count(*) as n from outbox`),
    )
    return n
  }

  const relayTo = (handle: Subscription['handle'], wake: (wake: Wake) => Promise<void>) =>
    createRelay({
      db: database.db,
      subscriptions: [{ event: happened.name, handle }],
      wake,
      log: createLog({ level: 'silent' }),
      metrics: createMetrics(),
    })

  const noWake = async () => undefined

  it('relays in order of arrival, each event once', async () => {
    const seen: EventEnvelope[] = []
    const relay = relayTo(async (_tx, event) => void seen.push(event) as undefined, noWake)
    for (let nth = 1; nth <= 5; nth++) await append(nth)
    expect(await relay.drain()).toBe(5)
    expect(seen.map(({ payload }) => payload)).toEqual([1, 2, 3, 4, 5].map((nth) => ({ nth })))
    expect(seen.every((event) => event.organizationId === organizationId)).toBe(true)
    expect(await waiting()).toBe(0)
  })

  it('measures what an event carries in bytes', async () => {
    const told = defineEvent('thing.told', z.object({ text: z.string() }))
    const payload = { text: '漢'.repeat(22_000) }
    const appended = database.db.inTenant(organizationId, (tx) =>
      appendEvent(tx, told, { organizationId, payload }),
    )
    await expect(appended).rejects.toThrow('over 65536 bytes')
  })

  it('tells nobody of a change that was rolled back', async () => {
    const change = database.db.inTenant(organizationId, async (tx) => {
      await appendEvent(tx, happened, { organizationId, payload: { nth: 6 } })
      throw new Error('changed my mind')
    })
    await expect(change).rejects.toThrow('changed my mind')
    expect(await waiting()).toBe(0)
  })

  it('undoes what a subscriber wrote before it failed, and tries again later', async () => {
    let fails = true
    const relay = relayTo(async (tx) => {
      await tx.run(sql`insert into workspaces (organization_id, id, name)
        values (${organizationId}, 'ws_x', 'X')`)
      if (fails) throw new Error('not now')
      return undefined
    }, noWake)
    await database.db.inSystem((tx) =>
      tx.run(
        sql`insert into organizations (id, name, plan) values (${organizationId}, 'O', 'free')`,
      ),
    )
    await append(7)
    await relay.drain()
    expect(await waiting()).toBe(1)
    fails = false
    await database.db.inSystem((tx) => tx.run(sql`update outbox set next_attempt_at = now()`))
    await relay.drain()
    expect(await waiting()).toBe(0)
    const rows = await database.db.inTenant(organizationId, (tx) =>
      tx.rows(sql`select * from workspaces`),
    )
    expect(rows).toHaveLength(1)
  })

  it('runs a subscriber within the event’s tenant only', async () => {
    const other = uuid7()
    await database.db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan) values (${other}, 'P', 'free')`),
    )
    const seen: unknown[] = []
    const relay = relayTo(async (tx) => {
      seen.push(await tx.rows(sql`select id from organizations`))
      return undefined
    }, noWake)
    await append(8)
    await relay.drain()
    expect(seen).toEqual([[{ id: organizationId }]])
  })

  it('wakes a queue after the commit, and relays to a waiting relay without a poll', async () => {
    const wake = Promise.withResolvers<{ asked: Wake; waiting: number }>()
    const asked = { queue: 'q', key: 'k', data: {} }
    const relay = relayTo(
      async () => [asked],
      async (given) => wake.resolve({ asked: given, waiting: await waiting() }),
    )
    await relay.start()
    await append(9)
    expect(await wake.promise).toEqual({ asked, waiting: 0 })
    await relay.stop()
  })

  it('refuses a payload over 64 kB', async () => {
    const big = defineEvent('big.happened', z.object({ text: z.string() }))
    const change = database.db.inTenant(organizationId, (tx) =>
      appendEvent(tx, big, { organizationId, payload: { text: 'x'.repeat(70_000) } }),
    )
    await expect(change).rejects.toThrow('use an artefact')
  })
})
