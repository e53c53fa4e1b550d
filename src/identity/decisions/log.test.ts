// Nothing that was decided is lost, and what is, is counted.
import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { type Database, sql } from '../../platform/db.ts'
import { createLog } from '../../platform/log.ts'
import { decisionId, timeOfDecision } from './id.ts'
import { createDecisionLog } from './log.ts'
import { retentionQueue } from './retention.ts'
import type { LoggedDecision } from './store.ts'

const organizationId = '11111111-0000-4000-8000-000000000000'
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

  it('counts what it has no room for', () => {
    const decisions = open()
    const snapshots = [{ hash: 'h', entities: 'x'.repeat(1024 * 1024) }]
    for (let each = 0; each < 70; each++) decisions.append(decision({ snapshots }))
    expect(decisions.dropped()).toBeGreaterThan(0)
    expect(decisions.dropped(organizationId)).toBe(decisions.dropped())
    expect(decisions.dropped('22222222-0000-4000-8000-000000000000')).toBe(0)
    expect(decisions.dropped() + decisions.waiting()).toBe(70)
  })

  it('is not held up by what the database will never take', async () => {
    const decisions = open()
    decisions.append(decision({ context: 'no JSON' }))
    await decisions.flush()
    expect([decisions.dropped(), decisions.waiting()]).toEqual([1, 0])
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
    const before = retentionQueue({ db: database.db, now: () => later(-120) })
    await before.run({}, never)
    expect(await days()).toContain('decisions_20251104')
    const decisions = open()
    decisions.append(decision({ at: later(-120) }))
    decisions.append(decision({ at: later(-95) }))
    await decisions.flush()
    await retentionQueue({ db: database.db, now: () => now }).run({}, never)
    expect(await days()).not.toContain('decisions_20251104')
    expect(await days()).toContain('decisions_20260311')
    const oldest = (await ids()).map(timeOfDecision).toSorted()[0]
    expect(oldest).toBeGreaterThanOrEqual(later(-90))
  })
})
