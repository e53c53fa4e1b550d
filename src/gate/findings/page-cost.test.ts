import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { resolveFilter } from './filter.ts'
import { readPage } from './page.ts'
import { FindingFilter } from './schema.ts'
import { seedOrganization, seedRepository } from './seed.fixture.ts'

const count = 20_000

/** PostgreSQL's own counts of what a transaction read: what a time would tell only roughly. */
describe.skipIf(!hasDatabase)('cost of a page', () => {
  let database: TestDatabase
  let organizationId: string

  beforeAll(async () => {
    database = await testDatabase()
    organizationId = await seedOrganization(database.db)
    await database.db.inTenant(organizationId, async (tx) => {
      const old = await seedRepository(tx, organizationId, { name: 'old' })
      const web = await seedRepository(tx, organizationId, { name: 'web' })
      await tx.run(sql`
        insert into findings (organization_id, id, repository_id, tool, scan_type, rule_id,
          severity, status, title, description, remediation, file_path, detail, first_scan_id)
        select ${organizationId}, gen_random_uuid(),
          case when n <= 5000 then ${old}::uuid else ${web}::uuid end, 'panthera', 'sast', 'rule',
          case when n < 5 then 'critical' when n % 2 = 0 then 'high' else 'low' end,
          case when n % 3 = 0 then 'open' else 'resolved' end, 'Title', '', '',
          'src/file-' || n || '.ts', '{}', gen_random_uuid()
          from generate_series(1, ${count}) n`)
    })
    await database.db.pool.query('vacuum analyze findings, finding_counts')
  })
  afterAll(() => database.close())

  interface Reads {
    /** Entries taken from each index. */
    entries: Record<string, number>
    sequentialScans: number
  }

  async function readsOf(query: object, cut: { offset?: number } = {}) {
    return database.db.inTenant(organizationId, async (tx) => {
      const filter = await resolveFilter(tx, organizationId, FindingFilter.parse(query))
      const before = await reads(tx)
      const page = await readPage(tx, filter, { limit: 20, offset: 0, before: null, ...cut })
      const after = await reads(tx)
      const entries = Object.entries(after.entries).map(([name, n]) => {
        return [name, n - (before.entries[name] ?? 0)] as const
      })
      return {
        page,
        entries: Object.fromEntries(entries.filter(([, n]) => n > 0)),
        sequentialScans: after.sequentialScans - before.sequentialScans,
      }
    })
  }

  async function reads(tx: Tx): Promise<Reads> {
    const indexes = await tx.rows<{ name: string; n: number }>(sql`
      select indexrelid::regclass::text as name, pg_stat_get_xact_tuples_returned(indexrelid) as n
        from pg_index where indrelid = 'findings'::regclass`)
    const { n } = await tx.one<{ n: number }>(
      sql`select pg_stat_get_xact_numscans('findings'::regclass) as n`,
    )
    const entries = Object.fromEntries(indexes.map(({ name, n }) => [name, n]))
    return { entries, sequentialScans: n }
  }

  it('reads one page of each group and no more', async () => {
    const { page, entries, sequentialScans } = await readsOf({ status: 'open' })
    expect(page.total).toBe(Math.floor(count / 3))
    expect(entries).toEqual({ findings_by_group: 1 + 2 * 21 })
    expect(sequentialScans).toBe(0)
  })

  it('finds the few that are the oldest as cheaply', async () => {
    const { page, entries } = await readsOf({ severity: 'critical', status: 'open' })
    expect(page).toMatchObject({ total: 1, hasMore: false })
    expect(entries).toEqual({ findings_by_group: 1 })
  })

  it('reads one page of each group of a repository', async () => {
    const { page, entries } = await readsOf({ repository: 'acme/old', severity: 'low' })
    expect(page.numbers).toHaveLength(20)
    expect(entries).toEqual({ findings_by_repository: 2 * 21 })
  })

  it('reads one page where nothing is filtered', async () => {
    expect((await readsOf({})).entries).toEqual({ findings_pkey: 21 })
  })

  it('asks the text index, though row-level security forbids it to ILIKE itself', async () => {
    const { page, entries, sequentialScans } = await readsOf({ q: 'file-7777' })
    expect(page.total).toBe(1)
    expect(entries.findings_text).toBeLessThan(100)
    expect(sequentialScans).toBe(0)
  })
})
