import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import { resolveFilter } from './filter.ts'
import type { ChangeFinding } from './schema.ts'
import { type Seed, seedFindings, seedOrganization, seedRepository } from './seed.fixture.ts'
import * as triage from './triage.ts'

const actor = { kind: 'key', id: 'key_1', name: 'Ada' } as const
const later = '2099-01-01T00:00:00.000Z'

describe.skipIf(!hasDatabase)('triage', () => {
  let database: TestDatabase
  let organizationId: string
  let repositoryId: string

  beforeAll(async () => {
    database = await testDatabase()
    organizationId = await seedOrganization(database.db)
    repositoryId = await database.db.inTenant(organizationId, (tx) =>
      seedRepository(tx, organizationId, { name: 'web' }),
    )
  })
  afterAll(() => database.close())

  /** Seeds one finding, changes it, and answers what became of it. */
  async function changed(seed: Omit<Seed, 'repositoryId'>, ...changes: ChangeFinding[]) {
    return database.db.inTenant(organizationId, async (tx) => {
      const [finding] = await seedFindings(tx, organizationId, [{ repositoryId, ...seed }])
      const number = finding?.number ?? 0
      const from: (string | null)[] = []
      for (const change of changes) {
        from.push(await triage.changeOne(tx, { organizationId, number }, change, actor))
      }
      const row = await tx.one(sql`select status, status_by, reason, resolution_note, expires_at,
        seen_again from findings where number = ${number}`)
      const history = await tx.rows(sql`select event, actor, note, reason from finding_history
        where number = ${number} order by id`)
      return { from, row, history }
    })
  }

  const cleared = { reason: null, resolution_note: null, expires_at: null, seen_again: false }

  it('resolves by a person, with a note', async () => {
    const { from, row, history } = await changed(
      {},
      { status: 'resolved', resolution_note: 'Fixed in abc123' },
    )
    expect(from).toEqual(['open'])
    expect(row).toEqual({
      ...cleared,
      status: 'resolved',
      status_by: 'person',
      resolution_note: 'Fixed in abc123',
    })
    expect(history).toEqual([
      { event: 'resolved', actor: 'Ada (key_1)', note: 'Fixed in abc123', reason: null },
    ])
  })

  it('takes over what the scanner resolved, once', async () => {
    const byScanner = { status: 'resolved', status_by: 'scanner' }
    const { from, row } = await changed(byScanner, { status: 'resolved' }, { status: 'resolved' })
    expect(from).toEqual(['resolved', null])
    expect(row).toMatchObject({ status: 'resolved', status_by: 'person' })
  })

  it('ignores with a reason and an expiry', async () => {
    const { row } = await changed(
      {},
      { status: 'ignored', reason: 'accepted_risk', expires_at: later },
    )
    expect(row).toMatchObject({ status: 'ignored', reason: 'accepted_risk', expires_at: later })
  })

  it('clears with a new status what the former one carried', async () => {
    const ignored = { status: 'ignored', status_by: 'person', reason: 'will_not_fix' }
    const seed = { ...ignored, resolution_note: 'Why', expires_at: later }
    const opened = await changed(seed, { status: 'open' })
    expect(opened.row).toEqual({ ...cleared, status: 'open', status_by: null })
    expect(opened.history).toMatchObject([{ event: 'reopened' }])
    const resolved = await changed(seed, { status: 'resolved' })
    expect(resolved.row).toEqual({ ...cleared, status: 'resolved', status_by: 'person' })
  })

  it('changes nothing where nothing new is said', async () => {
    const note = { status: 'resolved', resolution_note: 'Fixed' } as const
    const { from, history } = await changed({}, note, note, { status: 'resolved' })
    expect(from).toEqual(['open', null, null])
    expect(history).toHaveLength(1)
    expect((await changed({}, { status: 'open' })).history).toEqual([])
  })

  it('keeps what is not said again with the same status', async () => {
    const { from, row } = await changed(
      {},
      { status: 'ignored', reason: 'test_code', expires_at: later, resolution_note: 'Fixture' },
      { status: 'ignored', expires_at: null },
    )
    expect(from).toEqual(['open', 'ignored'])
    expect(row).toMatchObject({
      reason: 'test_code',
      resolution_note: 'Fixture',
      expires_at: null,
    })
  })

  it('notes what is said about an open finding', async () => {
    const note = { status: 'open', resolution_note: 'Looking into it' } as const
    const { history } = await changed({}, note, note)
    expect(history).toMatchObject([{ event: 'noted', note: 'Looking into it' }])
  })

  it('lets a person confirm what was seen again', async () => {
    const seed = { status: 'resolved', status_by: 'person', seen_again: true }
    const { from, row } = await changed(seed, { status: 'resolved' })
    expect(from).toEqual(['resolved'])
    expect(row).toMatchObject({ status: 'resolved', seen_again: false })
  })

  it('changes many as it changes one', async () => {
    await database.db.inTenant(organizationId, async (tx) => {
      const rest = { repositoryId, rule_id: 'many' }
      const seeds = [
        { ...rest, severity: 'low' },
        { ...rest, severity: 'low', status: 'resolved', status_by: 'scanner' },
        { ...rest, severity: 'low', status: 'ignored', reason: 'will_not_fix' },
        { ...rest, severity: 'high' },
      ]
      const made = await seedFindings(tx, organizationId, seeds)
      const filter = await resolveFilter(tx, organizationId, { q: 'many', severity: ['low'] })
      const change = { status: 'ignored', reason: 'will_not_fix' } as const
      const chosen = await triage.chooseMany(tx, filter, change)
      expect(chosen).toEqual({ matched: 3, differing: 2 })
      expect(await triage.changeChosen(tx, organizationId, change, actor)).toBe(2)
      const numbers = made.map(({ number }) => number)
      const rows = await tx.rows(sql`select status, reason from findings
        where number = any(${numbers}::bigint[]) order by number`)
      const ignored = { status: 'ignored', reason: 'will_not_fix' }
      expect(rows).toEqual([ignored, ignored, ignored, { status: 'open', reason: null }])
      const told = await tx.rows(sql`select number, event from finding_history
        where number = any(${numbers}::bigint[]) order by number`)
      expect(told).toEqual(numbers.slice(0, 2).map((number) => ({ number, event: 'ignored' })))
    })
  })

  it('makes a change of many wait for ingests, and ingests not for one another', async () => {
    const { db } = database
    const order: string[] = []
    let many: Promise<void> | undefined
    await db.inTenant(organizationId, async (ingest) => {
      await triage.holdOffChangesOfMany(ingest, organizationId)
      await db.inTenant(organizationId, (tx) => triage.holdOffChangesOfMany(tx, organizationId))
      many = db.inTenant(organizationId, async (tx) => {
        await triage.holdOffIngests(tx, organizationId)
        order.push('many')
      })
      await waitingForALock()
      order.push('ingest')
    })
    await many
    expect(order).toEqual(['ingest', 'many'])
  })

  async function waitingForALock(): Promise<void> {
    for (;;) {
      const { rows } = await database.db.pool.query(
        `select 1 from pg_locks join pg_database d on d.oid = database
          where locktype = 'advisory' and not granted and d.datname = current_database()`,
      )
      if (rows.length > 0) return
    }
  }
})
