import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Finding, ScanType } from '../scanner/finding.ts'
import type { Suppressed } from '../scanner/suppressed.ts'
import { beginIngest, type IngestResult } from './ingest.ts'
import type { ChangeFinding } from './schema.ts'
import type { Proof } from './target.ts'
import { changeOne } from './triage.ts'

const organizationId = uuid7()
const everything = { ruleIds: 'all', scanTypes: [], history: true, branches: null } as const

describe.skipIf(!hasDatabase)('ingest', () => {
  let database: TestDatabase
  let repositoryId: string

  beforeAll(async () => {
    database = await testDatabase()
    await database.db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan)
        values (${organizationId}, 'Test', 'free')`),
    )
  })
  afterAll(() => database.close())

  beforeEach(async () => {
    repositoryId = uuid7()
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`insert into repositories (organization_id, id, provider, owner, name)
        values (${organizationId}, ${repositoryId}, 'github', 'o', ${repositoryId})`),
    )
  })

  interface Seen {
    branch?: string
    tool?: string
    proof?: Proof
    aside?: Suppressed[]
  }

  /** One scan that saw these findings. */
  async function scan(findings: Finding[], seen: Seen = {}): Promise<IngestResult> {
    const { branch = 'main', tool = 'panthera', proof = everything, aside = [] } = seen
    const scanId = uuid7()
    return database.db.inTenant(organizationId, async (tx) => {
      await tx.run(sql`insert into scans
        (organization_id, id, repository_id, source, scan_type, status, branch, config, tool,
         created_by)
        values (${organizationId}, ${scanId}, ${repositoryId}, 'platform', 'code', 'running',
          ${branch}, '{}', ${tool}, 'test')`)
      const target = { organizationId, repositoryId, scanId, branch, tool }
      const ingest = await beginIngest(tx, target)
      await ingest.add(findings)
      await ingest.addSetAside(aside)
      return ingest.finish(proof)
    })
  }

  interface Row {
    number: number
    title: string
    status: string
    status_by: string | null
    seen_again: boolean
    line_number: number
    resolution_note: string | null
  }

  const stored = () =>
    database.db.inTenant(organizationId, (tx) =>
      tx.rows<Row>(sql`select number, title, status, status_by, seen_again, line_number,
          resolution_note
        from findings where repository_id = ${repositoryId} order by number`),
    )

  const states = async () =>
    (await stored()).map(({ title, status, status_by: by }) => `${title} ${status} by ${by}`)

  const change = (number: number, to: ChangeFinding) =>
    database.db.inTenant(organizationId, (tx) =>
      changeOne(tx, { organizationId, number }, to, {
        kind: 'user',
        id: 'ada',
        name: 'Ada',
      }),
    )

  const historyOf = (number: number) =>
    database.db.inTenant(organizationId, async (tx) => {
      const rows = await tx.rows<{ event: string }>(
        sql`select event from finding_history where number = ${number} order by id`,
      )
      return rows.map(({ event }) => event)
    })

  const counted = () =>
    database.db.inTenant(organizationId, (tx) =>
      tx.rows<{ severity: string; status: string; n: number }>(sql`
        select severity, status, n from finding_counts
         where repository_id = ${repositoryId} and n <> 0 order by 1, 2`),
    )

  const resolveByPerson = (number: number) =>
    database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update findings set status = 'resolved', status_by = 'person'
        where number = ${number}`),
    )

  it('opens what is new, once', async () => {
    const first = await scan([finding('a'), finding('b', { severity: 'low' })])
    expect(first).toMatchObject({ total: 2, newCounts: { critical: 1, low: 1 } })
    expect(first.newSevere.map(({ title }) => title)).toEqual(['a'])
    const second = await scan([finding('a'), finding('b', { severity: 'low' })])
    expect(second).toMatchObject({ total: 2, newCounts: { critical: 0, low: 0 }, newSevere: [] })
    expect(await stored()).toHaveLength(2)
  })

  it('follows a finding that moved, by whichever fingerprint still fits', async () => {
    await scan([finding('a', { line: 3, fingerprints: ['x1', 'y1'] })])
    await scan([finding('a', { line: 90, fingerprints: ['x2', 'y1'] })])
    await scan([finding('a', { line: 91, fingerprints: ['x2', 'y2'] })])
    expect(await stored()).toMatchObject([{ status: 'open', line_number: 91 }])
  })

  it('keeps two findings apart that want the same known one', async () => {
    await scan([finding('a', { fingerprints: ['x1', 'y1'] })])
    await scan([
      finding('b', { fingerprints: ['x2', 'y1'] }),
      finding('a', { fingerprints: ['x1', 'y1'] }),
    ])
    expect((await stored()).map(({ title }) => title)).toEqual(['a', 'b'])
  })

  it('tells copies apart that one identity was known as, and keeps both from then on', async () => {
    const inA = finding('a', { fingerprints: ['a', 'secret'] })
    const inB = finding('b', { fingerprints: ['b', 'secret'] })
    await scan([inA])
    await scan([inB])
    expect(await scan([inA, inB])).toMatchObject({ total: 2, newCounts: { critical: 1 } })
    const both = await stored()
    expect(both.map(({ title, status }) => `${title} ${status}`)).toEqual(['a open', 'b open'])
    for (const seen of [
      [inA, inB],
      [inB, inA],
    ]) {
      expect(await scan(seen)).toMatchObject({ total: 2, newCounts: { critical: 0 } })
      expect(await stored()).toEqual(both)
    }
  })

  it('lets a finding that lost its best match take its next one', async () => {
    await scan([
      finding('a', { fingerprints: ['x1', 'y1'] }),
      finding('b', { fingerprints: ['x2', 'y2'] }),
    ])
    const again = await scan([
      finding('a', { fingerprints: ['x1', 'y1'] }),
      finding('b', { fingerprints: ['x1', 'y2'] }),
    ])
    expect(again).toMatchObject({ total: 2, newCounts: { critical: 0 } })
    expect((await stored()).map(({ title, status }) => `${title} ${status}`)).toEqual([
      'a open',
      'b open',
    ])
  })

  it('stores what no fingerprint tells apart once, and the same in every scan', async () => {
    const report = [
      finding('a', { fingerprints: ['x1', 'y1'] }),
      finding('b', { fingerprints: ['x2', 'y2'] }),
      finding('c', { fingerprints: ['x1', 'y2'] }),
    ]
    for (const fresh of [2, 0, 0]) {
      expect(await scan(report)).toMatchObject({ total: 2, newCounts: { critical: fresh } })
    }
  })

  it('stores one finding that a report names twice once', async () => {
    expect(await scan([finding('a'), finding('a')])).toMatchObject({ total: 1 })
    expect(await scan([finding('a'), finding('a')])).toMatchObject({ total: 1 })
    expect(await stored()).toHaveLength(1)
  })

  it('resolves what is gone, and reopens it without calling it new', async () => {
    await scan([finding('a')])
    await scan([])
    expect(await stored()).toMatchObject([{ status: 'resolved', status_by: 'scanner' }])
    const back = await scan([finding('a')])
    expect(back.newCounts.critical).toBe(0)
    const [row] = await stored()
    expect(row).toMatchObject({ status: 'open', status_by: null })
    expect(await historyOf(row?.number ?? 0)).toEqual(['opened', 'resolved', 'reopened'])
  })

  it('resolves only what is gone from every branch', async () => {
    await scan([finding('a')], { branch: 'main' })
    await scan([finding('a')], { branch: 'next' })
    await scan([], { branch: 'main' })
    expect(await stored()).toMatchObject([{ status: 'open' }])
    await scan([], { branch: 'next' })
    expect(await stored()).toMatchObject([{ status: 'resolved' }])
  })

  it('leaves what a person resolved, and marks it when it is seen again', async () => {
    await scan([finding('a')])
    const [{ number } = { number: 0 }] = await stored()
    await resolveByPerson(number)
    await scan([finding('a')])
    await scan([finding('a')])
    expect(await stored()).toMatchObject([
      { status: 'resolved', status_by: 'person', seen_again: true },
    ])
    expect(await historyOf(number)).toEqual(['opened', 'seen_again'])
    await scan([])
    expect(await stored()).toMatchObject([{ status: 'resolved', seen_again: false }])
  })

  it('never reopens what is ignored', async () => {
    await scan([finding('a')])
    const ignore = sql`update findings set status = 'ignored', status_by = 'person'
      where repository_id = ${repositoryId}`
    await database.db.inTenant(organizationId, (tx) => tx.run(ignore))
    await scan([])
    await scan([finding('a')])
    expect(await stored()).toMatchObject([{ status: 'ignored' }])
  })

  it('moves nothing without proof', async () => {
    await scan([finding('a'), finding('b')])
    await scan([finding('a')], { proof: null })
    expect((await stored()).map(({ status }) => status)).toEqual(['open', 'open'])
  })

  it('opens what a scan without proof finds, and claims no presence for it', async () => {
    await scan([finding('a')], { branch: 'main' })
    await scan([finding('a'), finding('b')], { branch: 'next', proof: null })
    await scan([], { branch: 'main' })
    const statuses = async () => (await stored()).map(({ title, status }) => `${title} ${status}`)
    expect(await statuses()).toEqual(['a resolved', 'b open'])
    await scan([], { branch: 'next' })
    expect(await statuses()).toEqual(['a resolved', 'b resolved'])
  })

  it('resolves what was on a deleted branch only', async () => {
    const named = ['a', 'b', 'c', 'd'].map((title) => finding(title))
    await scan(named.slice(0, 3), { branch: 'old' })
    await scan(named.slice(1, 2), { branch: 'next' })
    await scan(named.slice(3), { branch: 'old', proof: null })
    await scan(named.slice(0, 1), { branch: 'old', tool: 'other' })
    const statuses = async () => (await stored()).map(({ title, status }) => `${title} ${status}`)
    await scan(named.slice(2, 3), { branch: 'main' })
    expect(await statuses()).toEqual(['a open', 'b open', 'c open', 'd open', 'a open'])
    const proof = { ...everything, branches: ['main', 'next'] }
    await scan(named.slice(2, 3), { branch: 'main', proof })
    expect(await statuses()).toEqual(['a resolved', 'b open', 'c open', 'd resolved', 'a open'])
  })

  it('resolves neither another tool’s findings nor those of a rule that did not run', async () => {
    await scan([finding('a', { ruleId: 'rule-a' }), finding('b', { ruleId: 'rule-b' })])
    await scan([], { tool: 'other' })
    await scan([], { proof: { ...everything, ruleIds: ['rule-b'] } })
    expect((await stored()).map(({ title, status }) => `${title} ${status}`)).toEqual([
      'a open',
      'b resolved',
    ])
  })

  it('resolves all of an engine that ran, and nothing in files that were cut short', async () => {
    const sca = { scanType: 'sca' as const }
    await scan([
      finding('a', { ruleId: 'CVE-1', ...sca, path: 'a/package-lock.json' }),
      finding('b', { ruleId: 'CVE-2', ...sca, path: 'b/package-lock.json' }),
      finding('c', { ruleId: 'rule-c', path: 'c.ts' }),
    ])
    const proof = { ...everything, ruleIds: [], scanTypes: ['sca' as const] }
    await scan([], { proof: { ...proof, unseen: ['b/package-lock.json'] } })
    expect((await stored()).map(({ title, status }) => `${title} ${status}`)).toEqual([
      'a resolved',
      'b open',
      'c open',
    ])
  })

  it('resolves but what lies in the folder that was looked at', async () => {
    await scan([finding('a', { path: 'shop/a.ts' }), finding('b', { path: 'shopping/b.ts' })])
    await scan([], { proof: { ...everything, within: 'shop/' } })
    expect(await states()).toEqual(['a resolved by scanner', 'b open by null'])
  })

  it('proves nothing of code that a file leads to which was cut short', async () => {
    await scan([finding('a', { scanType: 'sast' }), finding('b')])
    await scan([], { proof: { ...everything, unseen: ['web.ts'], unproved: ['src/a.ts'] } })
    expect(await states()).toEqual(['a open by null', 'b resolved by scanner'])
  })

  it.each<[string, Proof, string]>([
    ['of a folder', { ...everything, within: 'src/' }, 'critical'],
    ['of a commit', null, 'critical'],
    ['where a caller was cut short', { ...everything, unproved: ['src/a.ts'] }, 'critical'],
    ['where another one was', { ...everything, unproved: ['src/b.ts'] }, 'low'],
    ['of all', everything, 'low'],
  ])('is less severe after a scan only if that saw all: %s', async (_, proof, severity) => {
    await scan([finding('a')])
    await scan([finding('a', { severity: 'low' })], { proof })
    expect(await counted()).toMatchObject([{ severity, status: 'open' }])
  })

  describe('what the project accepts itself', () => {
    const accepted = (...titles: string[]): Suppressed[] =>
      titles.map((title) => {
        const by = { by: 'inherited' as const, source: 'nosemgrep', reason: 'checked' }
        return { finding: finding(title), ...by }
      })
    const aside = (...titles: string[]): Seen => ({ aside: accepted(...titles) })

    it('is known as ignored by the code, and counts nowhere', async () => {
      const first = await scan([finding('a')], aside('b'))
      expect(first).toMatchObject({ total: 1, newCounts: { critical: 1 } })
      expect(first.newSevere.map(({ title }) => title)).toEqual(['a'])
      expect(await states()).toEqual(['a open by null', 'b ignored by code'])
      const [, b] = await stored()
      expect(b).toMatchObject({ resolution_note: 'Set aside by nosemgrep: checked' })
      expect(await historyOf(b?.number ?? 0)).toEqual(['ignored'])
    })

    it('was open before, and is open again when it is no more', async () => {
      await scan([finding('a')])
      await scan([], aside('a'))
      expect(await states()).toEqual(['a ignored by code'])
      await scan([], aside('a'))
      await scan([finding('a')])
      expect(await states()).toEqual(['a open by null'])
      const [a] = await stored()
      expect(await historyOf(a?.number ?? 0)).toEqual(['opened', 'ignored', 'reopened'])
      expect(a).toMatchObject({ resolution_note: null })
    })

    it('is resolved when it is gone, and ignored when it is back', async () => {
      await scan([], aside('a'))
      await scan([])
      expect(await states()).toEqual(['a resolved by scanner'])
      await scan([], aside('a'))
      expect(await states()).toEqual(['a ignored by code'])
    })

    it('stays open while one branch does not accept it', async () => {
      await scan([finding('a')])
      await scan([], { branch: 'fix', ...aside('a') })
      expect(await states()).toEqual(['a open by null'])
      await scan([], aside('a'))
      expect(await states()).toEqual(['a ignored by code'])
      await scan([finding('a')], { branch: 'old' })
      expect(await states()).toEqual(['a open by null'])
      await scan([], { ...aside('a'), proof: { ...everything, branches: ['main', 'fix'] } })
      expect(await states()).toEqual(['a ignored by code'])
    })

    it('gives way to what a person decided', async () => {
      await scan([], aside('a', 'b'))
      const [a, b] = await stored()
      const open = { status: 'open' as const }
      await change(a?.number ?? 0, open)
      await change(b?.number ?? 0, { status: 'ignored', reason: 'accepted_risk' })
      await scan([], aside('a', 'b'))
      expect(await states()).toEqual(['a open by person', 'b ignored by person'])
      await scan([finding('a'), finding('b')])
      expect(await states()).toEqual(['a open by person', 'b ignored by person'])
      await scan([finding('b')])
      expect(await states()).toEqual(['a resolved by scanner', 'b ignored by person'])
    })

    it('proves nothing by a scan that was cut short', async () => {
      await scan([finding('a')])
      await scan([], { ...aside('a', 'b'), proof: null })
      expect(await states()).toEqual(['a open by null', 'b ignored by code'])
    })
  })

  it('keeps what only the history holds until the history is read again', async () => {
    await scan([finding('a', { inHistory: true })])
    await scan([], { proof: { ...everything, history: false } })
    expect(await stored()).toMatchObject([{ status: 'open' }])
    await scan([], { proof: everything })
    expect(await stored()).toMatchObject([{ status: 'resolved' }])
  })

  it('keeps exact counts through every move', async () => {
    await scan([finding('a'), finding('b', { severity: 'low' }), finding('c', { severity: 'low' })])
    await scan([finding('a'), finding('b', { severity: 'high' })])
    expect(await counted()).toEqual([
      { severity: 'critical', status: 'open', n: 1 },
      { severity: 'high', status: 'open', n: 1 },
      { severity: 'low', status: 'resolved', n: 1 },
    ])
  })

  it('takes text that PostgreSQL does not: NUL and half a surrogate pair', async () => {
    await scan([finding('a\0b\ud800')])
    expect((await stored())[0]?.title).toBe('a\uFFFDb\uFFFD')
  })

  it('takes 25,000 findings of a repository that was never scanned', async () => {
    const many = Array.from({ length: 25_000 }, (_, nth) => finding(`f${nth}`, { line: nth + 1 }))
    expect(await scan(many)).toMatchObject({ total: 25_000, newCounts: { critical: 25_000 } })
    expect(await scan(many)).toMatchObject({ total: 25_000, newCounts: { critical: 0 } })
  })
})

interface Shape {
  path?: string
  scanType?: ScanType
  line?: number
  severity?: Finding['severity']
  ruleId?: string
  fingerprints?: string[]
  inHistory?: boolean
}

function finding(title: string, shape: Shape = {}): Finding {
  const { line = 1, severity = 'critical', ruleId = 'rule', inHistory = false } = shape
  const { path = 'src/a.ts', scanType = 'secrets' } = shape
  const values = shape.fingerprints ?? [title]
  return {
    ruleId,
    scanType,
    severity,
    title,
    description: 'What it is.',
    remediation: 'What to do.',
    cweId: 'CWE-798',
    location: { path, line, column: 1, endLine: line, endColumn: 2 },
    excerpt: null,
    steps: [],
    references: [],
    fingerprints: values.map((value, rank) => ({ algorithm: `fp${rank}`, value })),
    origin: inHistory ? { commit: 'c0ffee', author: null, date: null } : null,
  }
}
