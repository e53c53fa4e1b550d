import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { uuid7 } from '../../platform/ids.ts'
import { scanTypes, severities } from '../scanner/finding.ts'
import { resolveFilter } from './filter.ts'
import { readPage } from './page.ts'
import { FindingFilter, findingStatuses } from './schema.ts'
import {
  type Seed,
  seedFindings,
  seedOrganization,
  seedRepository,
  seedScan,
} from './seed.fixture.ts'

interface Known extends Seed {
  number: number
}

describe.skipIf(!hasDatabase)('page', () => {
  let database: TestDatabase
  let organizationId: string
  let stranger: string
  let known: Known[]
  let scanId: string
  let repositoryIds: string[]

  beforeAll(async () => {
    database = await testDatabase()
    organizationId = await seedOrganization(database.db)
    stranger = await seedOrganization(database.db)
    await database.db.inTenant(stranger, async (tx) => {
      const repositoryId = await seedRepository(tx, stranger, { name: 'web' })
      await seedFindings(tx, stranger, [{ repositoryId, title: 'Of a stranger' }])
    })
    await database.db.inTenant(organizationId, async (tx) => {
      repositoryIds = [
        await seedRepository(tx, organizationId, { name: 'web' }),
        await seedRepository(tx, organizationId, { name: 'shop' }),
        await seedRepository(tx, organizationId, { cloneUrl: 'https://git.example.com/a,b.git' }),
      ]
      const seeds = Array.from({ length: 240 }, (_, at) => kind(at, repositoryIds))
      const made = await seedFindings(tx, organizationId, seeds)
      known = seeds.map((seed, at) => ({ ...seed, number: made[at]?.number ?? 0 }))
      const numbers = known.filter((_, at) => at % 4 === 0).map(({ number }) => number)
      scanId = await seedScan(tx, organizationId, { repositoryId: repositoryIds[0] ?? '', numbers })
    })
  })
  afterAll(() => database.close())

  const window = { limit: 100, offset: 0, before: null }

  function read(query: object, cut: Partial<typeof window> | { before: number } = {}) {
    return database.db.inTenant(organizationId, async (tx) => {
      const filter = await resolveFilter(tx, organizationId, FindingFilter.parse(query))
      const page = await readPage(tx, filter, { ...window, ...cut })
      return { ...page, numbers: page.numbers.map(Number) }
    })
  }

  const newest = (which: (finding: Known) => boolean) =>
    known
      .filter(which)
      .map(({ number }) => number)
      .reverse()

  async function expectExactly(query: object, which: (finding: Known) => boolean) {
    const wanted = newest(which)
    expect(wanted.length).toBeGreaterThan(0)
    const page = await read(query)
    expect(page.total).toBe(wanted.length)
    expect(page.numbers).toEqual(wanted.slice(0, 100))
    expect(page.hasMore).toBe(wanted.length > 100)
  }

  it('lists everything, the newest first', () => expectExactly({}, () => true))

  it('merges the groups that the counters know', async () => {
    await expectExactly({ status: 'open' }, ({ status }) => status === 'open')
    await expectExactly({ severity: ['critical', 'low'] }, ({ severity }) =>
      ['critical', 'low'].includes(severity ?? ''),
    )
    await expectExactly(
      { severity: 'high,medium', status: 'open,ignored', scan_type: 'sast' },
      ({ severity, status, scan_type }) =>
        ['high', 'medium'].includes(severity ?? '') &&
        ['open', 'ignored'].includes(status ?? '') &&
        scan_type === 'sast',
    )
  })

  it('finds a repository by name in any case, by clone URL and by id', async () => {
    const of = (at: number) => (finding: Known) => finding.repositoryId === repositoryIds[at]
    await expectExactly({ repository: 'ACME/shop' }, of(1))
    await expectExactly({ repository: 'https://git.example.com/a,b.git' }, of(2))
    await expectExactly({ repository: repositoryIds[0] }, of(0))
    await expectExactly(
      { repository: 'acme/web,acme/shop', severity: 'low' },
      (finding) => finding.severity === 'low' && (of(0)(finding) || of(1)(finding)),
    )
    expect(await read({ repository: 'acme/none' })).toMatchObject({ total: 0, numbers: [] })
  })

  it('counts what the counters do not know', async () => {
    await expectExactly({ cwe: ['79', 'cwe-022'] }, ({ cwe_id }) =>
      ['CWE-79', 'CWE-22'].includes(cwe_id ?? ''),
    )
    await expectExactly(
      { scan_id: scanId },
      ({ number }) => known.findIndex(isAt(number)) % 4 === 0,
    )
    await expectExactly(
      { scan_id: scanId, cwe: '79', status: 'open' },
      ({ number, cwe_id, status }) =>
        known.findIndex(isAt(number)) % 4 === 0 && cwe_id === 'CWE-79' && status === 'open',
    )
  })

  it('finds words of title, rule and path in any case and order', async () => {
    await expectExactly({ q: 'sql INJECTION' }, ({ title }) => title === 'SQL injection')
    await expectExactly(
      { q: 'page-4 injection', status: 'open' },
      ({ title, file_path, status }) =>
        title === 'SQL injection' && /page-4/.test(file_path ?? '') && status === 'open',
    )
    await expectExactly({ q: 'rule-x' }, ({ rule_id }) => rule_id === 'rule-xss')
  })

  it('takes the wildcards of LIKE as characters', async () => {
    await expectExactly({ q: '100%' }, ({ title }) => title === '100% _of_ it\\')
    await expectExactly({ q: '_of_ it\\' }, ({ title }) => title === '100% _of_ it\\')
    expect(await read({ q: 'inj_ction' })).toMatchObject({ total: 0 })
    expect(await read({ q: 'SQL%tion' })).toMatchObject({ total: 0 })
  })

  it('shows nothing of another organization, not even by its text', async () => {
    expect(await read({ q: 'Of a stranger' })).toMatchObject({ total: 0, numbers: [] })
    const { total } = await read({})
    expect(total).toBe(known.length)
  })

  it('gives the same pages by offset and by the number before, deep or not', async () => {
    for (const query of [{}, { status: 'open' }, { cwe: '79' }, { q: 'injection' }]) {
      const all = (await walk(query, 17)).flat()
      const { total } = await read(query)
      expect(new Set(all).size).toBe(total)
      const byOffset: number[] = []
      for (let offset = 0; offset < total; offset += 17) {
        byOffset.push(...(await read(query, { limit: 17, offset })).numbers)
      }
      expect(byOffset).toEqual(all)
    }
  })

  it('answers an offset beyond the end with an empty page and the total', async () => {
    for (const query of [{}, { status: 'open' }, { cwe: '79' }]) {
      const page = await read(query, { offset: 5_000 })
      expect(page).toMatchObject({ numbers: [], hasMore: false })
      expect(page.total).toBe((await read(query)).total)
    }
  })

  it('refuses a scan that there is not', async () => {
    await expect(read({ scan_id: [scanId, uuid7()] })).rejects.toMatchObject({
      code: 'scan_not_found',
    })
  })

  async function walk(query: object, limit: number): Promise<number[][]> {
    const pages: number[][] = []
    for (let before: number | null = null; ; ) {
      const page = await read(query, { limit, ...(before === null ? {} : { before }) })
      pages.push(page.numbers)
      if (!page.hasMore) return pages
      before = page.numbers.at(-1) ?? 0
    }
  }
})

const isAt = (number: number) => (finding: Known) => finding.number === number

/** Kinds whose periods share no divisor, so that every combination comes up and some are rare. */
function kind(at: number, repositoryIds: readonly string[]): Seed {
  return {
    repositoryId: repositoryIds[at % 3] ?? '',
    severity: severities[at % 4] ?? 'low',
    scan_type: scanTypes[at % 5] ?? 'sast',
    status: findingStatuses[at % 7 < 4 ? 0 : at % 7 < 6 ? 1 : 2] ?? 'open',
    cwe_id: [null, 'CWE-79', 'CWE-22', 'CWE-89', 'CWE-1'][at % 11] ?? null,
    title: at === 5 ? '100% _of_ it\\' : at % 2 === 0 ? 'SQL injection' : 'Cross-site scripting',
    rule_id: at % 2 === 0 ? 'rule-sql' : 'rule-xss',
    file_path: at % 13 === 0 ? null : `src/page-${at % 6}/index.ts`,
  }
}
