// Nothing that was decided is lost, and what is, is counted.
import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { type Database, type Sql, sql } from '../../platform/db.ts'
import { createLog } from '../../platform/log.ts'
import { decisionId, timeOfDecision } from './id.ts'
import { createDecisionLog } from './log.ts'
import { retentionQueue } from './retention.ts'
import type { LoggedDecision } from './store.ts'

const organizationId = '11111111-0000-4000-8000-000000000000'
const other = '22222222-0000-4000-8000-000000000000'
const now = Date.parse('2026-03-04T05:06:07.089Z')

const decision = (more: Partial<LoggedDecision> = {}): LoggedDecision => ({
  organizationId,
  id: decisionId(more.at ?? now),
  at: now,
  principal: 'principal_1',
  action: 'read',
  resource: 'document:1',
  request: '{}',
  allowed: true,
  reason: 'permitted',
  policies: '[]',
  errors: null,
  context: '{"text":"\\"\\\\, {}"}',
  snapshots: [],
  generation: 1,
  actorId: 'key_1',
  requestId: null,
  latencyUs: 10,
  ...more,
})

describe('the name of a decision', () => {
  it('tells its time, and sorts by it', () => {
    const names = [0, 1, now, 253_402_300_799_999].map(decisionId)
    expect(names.map(timeOfDecision)).toEqual([0, 1, now, 253_402_300_799_999])
    expect(names.toSorted()).toEqual(names)
  })

  it.each(['decision_', 'decision_1', `decision_${'z'.repeat(20)}`, `decision_${'u'.repeat(20)}`])(
    'is not %s',
    (text) => expect(timeOfDecision(text)).toBeNull(),
  )
})

describe.skipIf(!hasDatabase)('the log of decisions', () => {
  const database = useTestDatabase()
  const lines: string[] = []
  const log = createLog({ destination: { write: (line: string) => void lines.push(line) } })
  const open = (db: Database = database.db) => createDecisionLog({ db, now: () => now, log })
  /** A database that cannot take this organization's rows, and does not say why. */
  const refusing = (organizationId: string): Database => ({
    ...database.db,
    inSystem: (work) =>
      database.db.inSystem((tx) => {
        const isTheirs = ({ values }: Sql) => JSON.stringify(values).includes(organizationId)
        const run = (statement: Sql) =>
          isTheirs(statement) ? Promise.reject(new Error('no')) : tx.run(statement)
        return work({ ...tx, run })
      }),
  })
  const ids = async () => {
    const rows = await database.db.inTenant(organizationId, (tx) =>
      tx.rows<{ id: string }>(sql`select id from decisions order by at, id`),
    )
    return rows.map(({ id }) => id)
  }

  it('writes what waits before the node ends', async () => {
    const decisions = open()
    const made = Array.from({ length: 2_500 }, () => decision())
    for (const each of made) decisions.append(each)
    expect(decisions.waiting()).toBe(2_500)
    await decisions.stop()
    expect(await ids()).toEqual(made.map(({ id }) => id).toSorted())
    expect(decisions.dropped()).toBe(0)
  })

  it('keeps what could not be written for the next time, and writes it once', async () => {
    let fails = true
    const db: Database = {
      ...database.db,
      inSystem: (work) => (fails ? Promise.reject(new Error('away')) : database.db.inSystem(work)),
    }
    const decisions = open(db)
    const one = decision({ at: now + 1 })
    decisions.append(one)
    await expect(decisions.flush()).rejects.toThrow('away')
    fails = false
    await Promise.all([decisions.flush(), decisions.flush()])
    expect((await ids()).filter((id) => id === one.id)).toEqual([one.id])
  })

  it('refuses what it has no room for, and counts what it loses at the end', async () => {
    const decisions = createDecisionLog({
      db: { ...database.db, inSystem: () => Promise.reject(new Error('away')) },
      now: () => now,
      log,
      room: { rows: 10, characters: 100_000 },
      retryMs: 1,
    })
    const taken = Array.from({ length: 20 }, () => decisions.append(decision())).filter(Boolean)
    expect([taken.length, decisions.waiting(), decisions.dropped()]).toEqual([5, 5, 0])
    await expect(decisions.room(organizationId)).rejects.toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.any(String) },
    })
    await decisions.stop()
    expect(decisions.dropped(organizationId)).toBe(5)
    expect(decisions.dropped(other)).toBe(0)
  })

  it('has room again once it has written', async () => {
    const room = { rows: 10, characters: 1_000_000 }
    const decisions = createDecisionLog({ db: database.db, now: () => now, log, room })
    const made: LoggedDecision[] = []
    for (let each = 0; each < 50; each++) {
      const one = decision({ at: now + 5 })
      while (!decisions.append(one)) await decisions.room(organizationId)
      made.push(one)
    }
    await decisions.flush()
    expect(await ids()).toEqual(expect.arrayContaining(made.map(({ id }) => id)))
    expect([decisions.dropped(), decisions.waiting()]).toEqual([0, 0])
  })

  it('answers one organization whatever becomes of another’s rows', async () => {
    const decisions = open(refusing(other))
    decisions.append(decision({ organizationId: other }))
    const one = decision({ at: now + 6 })
    decisions.append(one)
    await expect(decisions.settle(other)).rejects.toMatchObject({ status: 503 })
    await decisions.settle(organizationId)
    expect(await ids()).toContain(one.id)
    expect(decisions.waiting()).toBe(1)
  })

  it('writes the others in the background behind rows that fail', async () => {
    const db = refusing(other)
    const decisions = createDecisionLog({ db, now: Date.now, log, retryMs: 1 })
    const one = decision({ at: now + 7 })
    decisions.append(decision({ organizationId: other }))
    decisions.append(one)
    decisions.start()
    await expect.poll(ids, { timeout: 10_000 }).toContain(one.id)
    expect(decisions.waiting()).toBe(1)
    await decisions.stop()
    expect(decisions.dropped(other)).toBe(1)
  }, 30_000)

  it('is not held up by what the database will never take', async () => {
    const decisions = open()
    const [before, after] = [decision(), decision({ at: now + 1 })]
    decisions.append(before)
    decisions.append(decision({ context: 'no JSON' }))
    const noise = Array.from({ length: 4_000 }, (_, i) => String.fromCodePoint(0x4e00 + i * 5))
    decisions.append(decision({ resource: `doc:${noise.join('')}` }))
    decisions.append(after)
    await decisions.flush()
    expect([decisions.dropped(), decisions.waiting()]).toEqual([2, 0])
    expect(await ids()).toEqual(expect.arrayContaining([before.id, after.id]))
    const next = decision({ at: now + 2 })
    decisions.append(next)
    await decisions.flush()
    expect(await ids()).toContain(next.id)
  })

  it('stores entities that many decisions saw once', async () => {
    const decisions = open()
    const snapshots = [{ hash: 'same', entities: '[{"uid":1}]' }]
    for (let each = 0; each < 3; each++) decisions.append(decision({ snapshots }))
    await decisions.flush()
    const kept = await database.db.inTenant(organizationId, (tx) =>
      tx.rows(sql`select hash, entities from decision_snapshots`),
    )
    expect(kept).toEqual([{ hash: 'same', entities: [{ uid: 1 }] }])
  })

  it('makes the days to come and forgets those that are over', async () => {
    const days = async () => {
      const { rows } = await database.db.pool.query<{ name: string }>(
        `select relname as name from pg_class where relname ~ '^decisions_[0-9]{8}$' order by 1`,
      )
      return rows.map(({ name }) => name)
    }
    const never = new AbortController().signal
    const later = (days: number) => now + days * 86_400_000
    const before = retentionQueue({ db: database.db, now: () => later(-120), daysKept: 90 })
    await before.run({}, never)
    expect(await days()).toContain('decisions_20251104')
    const decisions = open()
    decisions.append(decision({ at: later(-120) }))
    decisions.append(decision({ at: later(-95) }))
    await decisions.flush()
    const keep = (daysKept: number) =>
      retentionQueue({ db: database.db, now: () => now, daysKept }).run({}, never)
    await keep(90)
    expect(await days()).not.toContain('decisions_20251104')
    expect(await days()).toContain('decisions_20260311')
    const oldest = (await ids()).map(timeOfDecision).toSorted()[0]
    expect(oldest).toBeGreaterThanOrEqual(later(-90))
    const young = decision({ at: later(-20) })
    decisions.append(young)
    await decisions.flush()
    await keep(30)
    expect(await ids()).toContain(young.id)
    await keep(10)
    expect(await ids()).not.toContain(young.id)
  })
})
