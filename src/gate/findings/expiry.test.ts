import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import type { Platform } from '../../platform/platform.ts'
import { expireIgnored, expiryQueue } from './expiry.ts'
import { seedFindings, seedOrganization, seedRepository } from './seed.fixture.ts'

const past = '2020-01-01T00:00:00Z'
const future = '2099-01-01T00:00:00Z'

describe.skipIf(!hasDatabase)('expiry', () => {
  let database: TestDatabase
  let organizationId: string
  let numbers: number[]

  beforeAll(async () => {
    database = await testDatabase()
    organizationId = await seedOrganization(database.db)
    await seedOrganization(database.db)
    await database.db.inTenant(organizationId, async (tx) => {
      const repositoryId = await seedRepository(tx, organizationId)
      const ignored = {
        repositoryId,
        status: 'ignored',
        status_by: 'person',
        reason: 'accepted_risk',
      }
      const made = await seedFindings(tx, organizationId, [
        { ...ignored, expires_at: past },
        { ...ignored, expires_at: past },
        { ...ignored, expires_at: future },
        ignored,
      ])
      numbers = made.map(({ number }) => number)
      await tx.run(sql`insert into finding_presence
        (organization_id, repository_id, branch, number)
        values (${organizationId}, ${repositoryId}, 'main', ${numbers[0]})`)
    })
  })
  afterAll(() => database.close())

  it('opens what is due, resolves what is gone, leaves the rest', async () => {
    const queue = expiryQueue({ db: database.db } as Platform)
    expect(await queue.due()).toEqual([{ key: organizationId, data: { organizationId } }])
    await queue.run({ organizationId }, new AbortController().signal)
    expect(await queue.due()).toEqual([])
    const rows = await database.db.inTenant(organizationId, (tx) =>
      tx.rows(sql`select status, status_by, reason, expires_at from findings order by number`),
    )
    expect(rows).toMatchObject([
      { status: 'open', status_by: null, reason: null, expires_at: null },
      { status: 'resolved', status_by: 'scanner', reason: null, expires_at: null },
      { status: 'ignored', reason: 'accepted_risk', expires_at: '2099-01-01T00:00:00.000Z' },
      { status: 'ignored', reason: 'accepted_risk', expires_at: null },
    ])
  })

  it('tells it in the history, once', async () => {
    expect(await expireIgnored(database.db, organizationId)).toBe(0)
    const told = await database.db.inTenant(organizationId, (tx) =>
      tx.rows(sql`select number, event, actor from finding_history order by number, id`),
    )
    expect(told).toEqual([
      { number: numbers[0], event: 'ignore_expired', actor: 'system' },
      { number: numbers[1], event: 'ignore_expired', actor: 'system' },
      { number: numbers[1], event: 'resolved', actor: 'system' },
    ])
  })
})
