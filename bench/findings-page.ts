// How long page 1 of the findings takes with a million of them in one organization. Brings its
// own database, in a temporary folder: `node bench/findings-page.ts [findings] [repositories]`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveFilter } from '../src/gate/findings/filter.ts'
import { readPage } from '../src/gate/findings/page.ts'
import { FindingQuery } from '../src/gate/findings/schema.ts'
import { findNumbered, numberOf } from '../src/gate/findings/store.ts'
import { type Database, openDatabase, sql } from '../src/platform/db.ts'
import { migrate } from '../src/platform/migrate.ts'
import { startPostgres } from '../src/platform/postgres/index.ts'
import { percentile, print } from './measure.ts'

const findings = Number(process.argv[2] ?? 1_000_000)
const repositories = Number(process.argv[3] ?? 500)
const organizationId = '00000000-0000-4000-8000-000000000001'
const repositoryId = '10000000-0000-4000-8000-000000000007'
const scanId = '20000000-0000-4000-8000-000000000001'
const batchSize = 100_000

/** The last column: how often it is asked. Up to the empty line the counters cover the filters. */
const queries: [title: string, query: Record<string, string>, times: number][] = [
  ['no filter', {}, 300],
  ['status=open', { status: 'open' }, 300],
  ['severity=critical,high status=open', { severity: 'critical,high', status: 'open' }, 300],
  ['severity=low status=ignored', { severity: 'low', status: 'ignored' }, 300],
  ['a handful: critical cspm ignored', rare(), 300],
  ['the three oldest: low secrets', { scan_type: 'secrets', severity: 'low' }, 300],
  ['none: critical secrets', { scan_type: 'secrets', severity: 'critical' }, 300],
  ['repository', { repository: 'acme/repo-7' }, 300],
  ['repository severity=critical', { repository: 'acme/repo-7', severity: 'critical' }, 300],
  ['limit=100 status=open', { status: 'open', limit: '100' }, 300],

  ['status=open offset=900', { status: 'open', offset: '900' }, 50],
  ['status=open offset=500000', { status: 'open', offset: '500000' }, 5],
  ['offset=900000', { offset: '900000' }, 5],
  ['cwe=89', { cwe: '89' }, 20],
  ['scan of 25,000', { scan_id: scanId }, 20],
  ['q=users-77777', { q: 'users-77777' }, 50],
  ['q=module-77 status=open', { q: 'module-77', status: 'open' }, 10],
  ['q=sql injection (all of them)', { q: 'sql injection' }, 2],
]

function rare(): Record<string, string> {
  return { scan_type: 'cspm', severity: 'critical', status: 'ignored' }
}

const folder = await mkdtemp(join(tmpdir(), 'panthera-bench-'))
const postgres = await startPostgres({ dataDir: folder })
const db = openDatabase({ connection: postgres.connection, onError: console.error })
try {
  await migrate(db.pool)
  await seed(db)
  process.stdout.write('page, median / 99th percentile\n')
  await measureNothing()
  for (const [title, query, times] of queries) await measure(title, query, times)
} finally {
  await db.close()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function measure(title: string, query: object, times: number): Promise<void> {
  const parsed = FindingQuery.parse(query)
  const took: number[] = []
  let rows = ''
  for (let run = -2; run < times; run++) {
    const began = performance.now()
    const { total, found } = await page(parsed)
    if (run >= 0) took.push(performance.now() - began)
    rows = `${found} of ${total.toLocaleString('en')}`
  }
  const ours = shown(took)
  print([{ what: `${title}: ${rows}`, ours, ...(times === 300 ? { aim: 'p99 20 ms' } : {}) }])
}

/** What the machine is doing besides. */
async function measureNothing(): Promise<void> {
  const took: number[] = []
  for (let run = 0; run < 300; run++) {
    const began = performance.now()
    await db.inTenant(organizationId, (tx) => tx.rows(sql`select 1`))
    took.push(performance.now() - began)
  }
  print([{ what: 'a transaction that reads nothing', ours: shown(took) }])
}

function shown(took: readonly number[]): string {
  return `${percentile(took, 50).toFixed(1)} / ${percentile(took, 99).toFixed(1)} ms`
}

/** What the route does, without HTTP. */
async function page(query: FindingQuery): Promise<{ total: number; found: number }> {
  return db.inTenant(organizationId, async (tx) => {
    const filter = await resolveFilter(tx, organizationId, query)
    const { cursor } = query
    const before = cursor === undefined ? null : await numberOf(tx, organizationId, cursor)
    const { total, numbers } = await readPage(tx, filter, { ...query, before })
    return { total, found: (await findNumbered(tx, organizationId, numbers)).length }
  })
}

/**
 * Four fifths of a repository's findings came with its first scan, the others since. Few kinds are
 * rare, and the rarest are the oldest, which is the worst place for a list of the newest.
 */
async function seed(into: Database): Promise<void> {
  await into.inSystem((tx) =>
    tx.run(sql`insert into organizations (id, name, plan)
      values (${organizationId}, 'Bench', 'enterprise')`),
  )
  await into.inTenant(organizationId, (tx) =>
    tx.run(sql`insert into repositories (organization_id, id, provider, owner, name)
      select ${organizationId},
        ('10000000-0000-4000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, 'github', 'acme',
        'repo-' || g
        from generate_series(0, ${repositories - 1}) g`),
  )
  const began = performance.now()
  for (let first = 0; first < findings; first += batchSize) await seedBatch(into, first)
  const seconds = (performance.now() - began) / 1000
  const perSecond = Math.round(findings / seconds).toLocaleString('en')
  const what = `${findings.toLocaleString('en')} findings in ${repositories} repositories`
  print([{ what, ours: `${perSecond} inserted/s` }])
  await into.inTenant(organizationId, seedScan)
  await into.pool.query('vacuum analyze')
}

async function seedBatch(into: Database, first: number): Promise<void> {
  const last = Math.min(first + batchSize, findings) - 1
  await into.inTenant(organizationId, async (tx) => {
    await tx.run(sql`set local statement_timeout = 0`)
    await tx.run(sql`
      insert into findings
        (organization_id, id, repository_id, tool, scan_type, rule_id, severity, status, title,
         description, remediation, cwe_id, file_path, line_number, detail, first_scan_id)
      select ${organizationId}, gen_random_uuid(),
        ('10000000-0000-4000-8000-' || lpad(to_hex(case
          when h % 10 < 8 then g * ${repositories} / ${findings}
          else h % ${repositories} end), 12, '0'))::uuid,
        'panthera',
        case when g < 3 then 'secrets' when h / 7 % 8 < 4 then 'sast' when h / 7 % 8 < 6 then 'sca'
          when h / 7 % 8 < 7 then 'iac' else 'cspm' end,
        'rule-' || h % 400,
        case when g < 3 then 'low' when h % 100 < 3 then 'critical' when h % 100 < 20 then 'high'
          when h % 100 < 60 then 'medium' else 'low' end,
        case when h / 100 % 10 < 6 then 'open' when h / 100 % 10 < 9 or g % 100 > 0 then 'resolved'
          else 'ignored' end,
        'SQL injection in query ' || h % 5000, repeat('User input is concatenated. ', 8),
        repeat('Use prepared statements. ', 5), 'CWE-' || h % 90,
        'src/module-' || h % 300 || '/service/users-' || g || '.ts', h % 900,
        '{"location": null, "excerpt": {"startLine": 1, "lines": ["const a = 1", "query(a)"]},
          "steps": [], "references": [], "origin": null}', ${scanId}
        from (
          select g, abs(hashint8(g)::bigint) as h
            from generate_series(${first}::bigint, ${last}::bigint) g
        ) numbered`)
  })
}

async function seedScan(tx: Parameters<Parameters<Database['inTenant']>[1]>[0]): Promise<void> {
  await tx.run(sql`insert into scans (organization_id, id, repository_id, source, scan_type, status,
      config, tool, created_by)
    values (${organizationId}, ${scanId}, ${repositoryId}, 'platform', 'code', 'completed', '{}',
      'panthera', 'bench')`)
  await tx.run(sql`insert into scan_sightings (organization_id, scan_id, numbers)
    select ${organizationId}, ${scanId}, array(
      select number from findings where organization_id = ${organizationId}
       order by number limit 25000)`)
}
