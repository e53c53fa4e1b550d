import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { seedFindings, seedOrganization, seedRepository } from './seed.fixture.ts'

/** The counters are kept by triggers of the table itself, whoever writes to it. */
describe.skipIf(!hasDatabase)('counters', () => {
  let database: TestDatabase
  let organizationId: string
  let web: string
  let shop: string

  beforeAll(async () => {
    database = await testDatabase()
    organizationId = await seedOrganization(database.db)
    await inTenant(async (tx) => {
      web = await seedRepository(tx, organizationId, { name: 'web' })
      shop = await seedRepository(tx, organizationId, { name: 'shop' })
    })
  })
  afterAll(() => database.close())

  const inTenant = <Result>(work: (tx: Tx) => Promise<Result>) =>
    database.db.inTenant(organizationId, work)

  /** What the counters say and what counting says, each per repository and for all together. */
  const compared = (tx: Tx) =>
    Promise.all([
      tx.rows(sql`
        select repository_id, scan_type, severity, status, sum(n)::bigint as n from finding_counts
         group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4`),
      tx.rows(sql`
        select coalesce(repository_id, '00000000-0000-0000-0000-000000000000') as repository_id,
          scan_type, severity, status, count(*) as n from findings
         group by scan_type, severity, status, rollup (repository_id) order by 1, 2, 3, 4`),
    ])

  async function expectExact(): Promise<void> {
    const [counters, counted] = await inTenant(compared)
    expect(counted.length).toBeGreaterThan(0)
    expect(counters).toEqual(counted)
  }

  it('follow inserts, updates and deletes', async () => {
    await inTenant(async (tx) => {
      await seedFindings(tx, organizationId, [
        { repositoryId: web },
        { repositoryId: web, severity: 'low' },
        { repositoryId: shop },
        { repositoryId: shop, scan_type: 'iac', status: 'ignored' },
      ])
    })
    await expectExact()
    await inTenant((tx) =>
      tx.run(sql`update findings set status = 'resolved' where
      severity = 'high'`),
    )
    await expectExact()
    await inTenant((tx) => tx.run(sql`delete from findings where scan_type = 'iac'`))
    await expectExact()
  })

  it('never make one writer wait for another, and stay exact', async () => {
    await inTenant(async (first) => {
      await seedFindings(first, organizationId, [{ repositoryId: web }])
      // Would wait for ever if the first held what the second must write.
      await inTenant((second) => seedFindings(second, organizationId, [{ repositoryId: web }]))
      await inTenant((third) => seedFindings(third, organizationId, [{ repositoryId: web }]))
    })
    await expectExact()
  })

  it('lose nothing of what was rolled back', async () => {
    const failing = inTenant(async (tx) => {
      await seedFindings(tx, organizationId, [{ repositoryId: web }])
      throw new Error('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    await expectExact()
  })

  it('come together again in one row each', async () => {
    await inTenant((tx) => seedFindings(tx, organizationId, [{ repositoryId: web }]))
    const rows = await inTenant((tx) =>
      tx.rows(sql`select from finding_counts
        where repository_id = ${web} and severity = 'high' and status = 'open'`),
    )
    expect(rows).toHaveLength(1)
  })
})
