import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import { seedOrganization, seedRepository } from '../findings/seed.fixture.ts'
import * as work from './work.ts'

const alive = () => false
const gone = () => true

describe.skipIf(!hasDatabase)('the work on a scan', () => {
  let database: TestDatabase
  let organizationId: string
  let repositoryId: string
  let scanId: string

  beforeAll(async () => {
    database = await testDatabase()
    organizationId = await seedOrganization(database.db)
    repositoryId = await inTenant((tx) => seedRepository(tx, organizationId))
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    await inTenant((tx) => tx.run(sql`delete from scans`))
    scanId = await queued()
  })

  function inTenant<Result>(run: (tx: Tx) => Promise<Result>): Promise<Result> {
    return database.db.inTenant(organizationId, run)
  }

  async function queued(source = 'platform'): Promise<string> {
    const id = uuid7()
    await inTenant((tx) =>
      tx.run(sql`insert into scans (organization_id, id, repository_id, source, scan_type, status,
          config, tool, created_by)
        values (${organizationId}, ${id}, ${repositoryId}, ${source}, 'code', 'queued', '{}', 't',
          'test')`),
    )
    return id
  }

  const take = (
    node: string,
    more: { scanId?: string; isGone?: () => boolean; max?: number } = {},
  ) =>
    inTenant((tx) =>
      work.take(tx, {
        organizationId,
        scanId: more.scanId ?? scanId,
        node,
        isGone: more.isGone ?? alive,
        scansAtOnceMax: more.max ?? 64,
      }),
    )

  const lapse = () =>
    inTenant((tx) => tx.run(sql`update scans set lease_until = now() - interval '1 second'`))

  const row = () =>
    inTenant((tx) =>
      tx.one<{ status: string; attempts: number; error_code: string | null }>(
        sql`select status, attempts, error_code from scans where id = ${scanId}`,
      ),
    )

  const held = (node: string) => ({ organizationId, scanId, node })

  it('is taken by one of two who want it at once', async () => {
    const both = await Promise.all([take('a'), take('b')])
    expect(both.filter((taken) => taken !== null)).toHaveLength(1)
    expect(await row()).toMatchObject({ status: 'running', attempts: 1 })
  })

  it('is left to who holds it while the lease runs and the holder lives', async () => {
    await take('a')
    expect(await take('b')).toBeNull()
    expect(await inTenant((tx) => work.keep(tx, { ...held('a'), progress: null }))).toBe(true)
  })

  it.each([
    ['whose lease ran out', lapse, alive],
    ['whose holder is gone', async () => 0, gone],
  ])('%s is taken over, and the earlier holder can do nothing more', async (_what, end, isGone) => {
    await take('a')
    await end()
    expect(await take('b', { isGone })).toMatchObject({ attempts: 2 })
    const kept = await inTenant((tx) => work.keep(tx, { ...held('a'), progress: null }))
    expect(kept).toBe(false)
    const failed = await inTenant((tx) => work.fail(tx, held('a'), { code: 'x', message: 'x' }))
    expect(failed).toBe(false)
    const counts = { critical: 0, high: 0, medium: 0, low: 0 }
    const result = { total: 0, counts, newCounts: counts, newSevere: [] }
    const done = { branch: 'main', commit: null, complete: true, coverage: {}, result }
    const completing = inTenant((tx) => work.complete(tx, held('a'), done))
    await expect(completing).rejects.toThrow(work.LeaseLost)
    expect(await row()).toMatchObject({ status: 'running', error_code: null })
  })

  it('waits for a slot of the plan, which an import does not need', async () => {
    await take('a')
    const second = await queued()
    const imported = await queued('import')
    expect(await take('b', { scanId: second, max: 1 })).toBeNull()
    expect(await take('b', { scanId: imported, max: 1 })).not.toBeNull()
  })

  it('is due when it waits or nobody holds it, for its own queue only', async () => {
    const dueFor = (source: 'platform' | 'import', isGone = alive) =>
      database.db.inSystem((tx) => work.due(tx, source, isGone))
    expect(await dueFor('platform')).toEqual([{ organizationId, scanId }])
    expect(await dueFor('import')).toEqual([])
    await take('a')
    expect(await dueFor('platform')).toEqual([])
    expect(await dueFor('platform', gone)).toHaveLength(1)
    await lapse()
    expect(await dueFor('platform')).toHaveLength(1)
  })

  it('is given back as if it had not been taken', async () => {
    await take('a')
    await inTenant((tx) => work.release(tx, held('a')))
    expect(await row()).toMatchObject({ status: 'queued' })
    expect(await take('b')).not.toBeNull()
  })

  it('forgets its document when it ends, but not what the document was', async () => {
    scanId = await queued('import')
    await inTenant((tx) =>
      tx.run(sql`update scans set artefact = 'a', document_sha256 = 'a' where id = ${scanId}`),
    )
    await take('n')
    await inTenant((tx) => work.fail(tx, held('n'), { code: 'x', message: 'x' }))
    const documents = await inTenant((tx) =>
      tx.one(sql`select artefact, document_sha256 from scans where id = ${scanId}`),
    )
    expect(documents).toEqual({ artefact: null, document_sha256: 'a' })
  })

  it('tells of its start once, however often it is taken', async () => {
    await take('a')
    await take('b', { isGone: gone })
    const started = await database.db.inSystem((tx) =>
      tx.rows(sql`select 1 from outbox where name = 'scan.started'
        and payload ->> 'scan_id' = ${scanId}`),
    )
    expect(started).toHaveLength(1)
  })
})
