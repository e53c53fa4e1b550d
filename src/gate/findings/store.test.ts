import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Finding } from '../scanner/finding.ts'
import { seedFindings, seedOrganization, seedRepository, seedScan } from './seed.fixture.ts'
import { type Detail, findingsOfScan, pagesOfScan } from './store.ts'

const detail: Detail = {
  location: { path: 'src/a.ts', line: 3, column: 1, endLine: 3, endColumn: 9 },
  excerpt: { startLine: 2, lines: ['a', 'b'] },
  steps: [{ path: 'src/a.ts', line: 1, column: 1, label: 'read' }],
  references: ['https://example.com'],
  fingerprints: [{ algorithm: 'a', value: '1' }],
  origin: { commit: 'abc', author: null, date: null },
}

describe.skipIf(!hasDatabase)('what a scan saw', () => {
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

  async function scanned(seeds: readonly { title: string; severity?: string }[]) {
    return database.db.inTenant(organizationId, async (tx) => {
      const findings = seeds.map((seed) => ({ repositoryId, detail, ...seed }))
      const made = await seedFindings(tx, organizationId, findings)
      const numbers = made.map(({ number }) => number)
      const scanId = await seedScan(tx, organizationId, { repositoryId, numbers })
      return { scanId, numbers }
    })
  }

  async function allPages(scanId: string): Promise<Finding[][]> {
    const pages: Finding[][] = []
    for await (const page of pagesOfScan(database.db, { organizationId, scanId })) pages.push(page)
    return pages
  }

  it('comes with the critical ones first, cut to the limit', async () => {
    const { scanId } = await scanned([
      { title: 'a', severity: 'low' },
      { title: 'b', severity: 'critical' },
      { title: 'c', severity: 'high' },
      { title: 'd', severity: 'critical' },
    ])
    const found = await database.db.inTenant(organizationId, (tx) =>
      findingsOfScan(tx, organizationId, scanId, { limit: 3 }),
    )
    expect(found.map(({ title }) => title)).toEqual(['b', 'd', 'c'])
    expect(found[0]).toMatchObject({ repository: 'acme/web', organization_id: organizationId })
  })

  it('comes as the scanner reports it', async () => {
    const { scanId, numbers } = await scanned([{ title: 'a' }])
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`insert into finding_fingerprints
        (organization_id, repository_id, tool, algorithm, value, number)
        values (${organizationId}, ${repositoryId}, 'panthera', 'ctx1', 'v', ${numbers[0]})`),
    )
    expect(await allPages(scanId)).toEqual([
      [
        {
          ruleId: 'javascript.sql-injection',
          scanType: 'sast',
          severity: 'high',
          title: 'a',
          description: 'What it is',
          remediation: 'What to do',
          cweId: 'CWE-89',
          ...detail,
        },
      ],
    ])
  })

  it('comes in pages of a thousand, in order', async () => {
    const { numbers: first } = await scanned([{ title: '0' }])
    const scanId = await database.db.inTenant(organizationId, async (tx) => {
      await tx.run(sql`insert into findings (organization_id, id, repository_id, tool, scan_type,
          rule_id, severity, status, title, description, remediation, detail, first_scan_id)
        select organization_id, gen_random_uuid(), repository_id, tool, scan_type, rule_id,
          severity, status, n, description, remediation, detail, first_scan_id
          from findings, generate_series(1, 2000) n where number = ${first[0]}`)
      const rows = await tx.rows<{ number: number }>(sql`select number from findings
        where number >= ${first[0]} order by number`)
      const numbers = rows.map(({ number }) => number)
      return seedScan(tx, organizationId, { repositoryId, numbers })
    })
    const pages = await allPages(scanId)
    expect(pages.map((page) => page.length)).toEqual([1_000, 1_000, 1])
    const titles = Array.from({ length: 2_001 }, (_, at) => String(at))
    expect(pages.flat().map(({ title }) => title)).toEqual(titles)
  })

  it('is nothing for a scan that has not ended', async () => {
    expect(await allPages(uuid7())).toEqual([])
  })
})
