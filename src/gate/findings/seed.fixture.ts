// Findings for tests: rows as ingest leaves them, of whatever kind a test needs.
import { type Database, sql, type Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Detail } from './store.ts'

export interface Seed {
  repositoryId: string
  scanId?: string
  id?: string
  tool?: string
  scan_type?: string
  rule_id?: string
  severity?: string
  status?: string
  status_by?: string | null
  reason?: string | null
  resolution_note?: string | null
  expires_at?: string | null
  seen_again?: boolean
  title?: string
  cwe_id?: string | null
  file_path?: string | null
  detail?: Detail
}

export const emptyDetail: Detail = {
  location: null,
  excerpt: null,
  steps: [],
  references: [],
  fingerprints: [],
  origin: null,
}

export async function seedOrganization(db: Database): Promise<string> {
  const id = uuid7()
  await db.inSystem((tx) =>
    tx.run(sql`insert into organizations (id, name, plan) values (${id}, 'Test', 'free')`),
  )
  return id
}

export async function seedRepository(
  tx: Tx,
  organizationId: string,
  place: { owner?: string; name?: string; cloneUrl?: string } = {},
): Promise<string> {
  const id = uuid7()
  const { owner = 'acme', name = id, cloneUrl = null } = place
  await tx.run(sql`insert into repositories (organization_id, id, provider, owner, name, clone_url)
    values (${organizationId}, ${id}, ${cloneUrl === null ? 'github' : 'git'}, ${owner}, ${name},
      ${cloneUrl})`)
  return id
}

/** A completed scan that saw these numbers. */
export async function seedScan(
  tx: Tx,
  organizationId: string,
  scan: { repositoryId: string; numbers: readonly number[] },
): Promise<string> {
  const id = uuid7()
  await tx.run(sql`insert into scans
    (organization_id, id, repository_id, source, scan_type, status, config, tool, created_by)
    values (${organizationId}, ${id}, ${scan.repositoryId}, 'platform', 'code', 'completed', '{}',
      'panthera', 'test')`)
  await tx.run(sql`insert into scan_sightings (organization_id, scan_id, numbers)
    values (${organizationId}, ${id}, ${scan.numbers}::bigint[])`)
  return id
}

export interface Seeded {
  id: string
  number: number
}

/** In the order given: the last is the newest. */
export async function seedFindings(
  tx: Tx,
  organizationId: string,
  seeds: readonly Seed[],
): Promise<Seeded[]> {
  const made: Seeded[] = []
  for (const seed of seeds) {
    const finding = { id: uuid7(), scanId: uuid7(), ...defaults, ...seed }
    made.push(
      await tx.one<Seeded>(sql`
        insert into findings
          (organization_id, id, repository_id, tool, scan_type, rule_id, severity, status,
           status_by, reason, resolution_note, expires_at, seen_again, title, description,
           remediation, cwe_id, file_path, line_number, detail, first_scan_id)
        values (${organizationId}, ${finding.id}, ${finding.repositoryId}, ${finding.tool},
          ${finding.scan_type}, ${finding.rule_id}, ${finding.severity}, ${finding.status},
          ${finding.status_by}, ${finding.reason}, ${finding.resolution_note},
          ${finding.expires_at}, ${finding.seen_again}, ${finding.title}, 'What it is',
          'What to do', ${finding.cwe_id}, ${finding.file_path}, 45,
          ${JSON.stringify(finding.detail)}, ${finding.scanId})
        returning id, number`),
    )
  }
  return made
}

const defaults = {
  tool: 'panthera',
  scan_type: 'sast',
  rule_id: 'javascript.sql-injection',
  severity: 'high',
  status: 'open',
  status_by: null,
  reason: null,
  resolution_note: null,
  expires_at: null,
  seen_again: false,
  title: 'SQL injection',
  cwe_id: 'CWE-89',
  file_path: 'src/users.ts',
  detail: emptyDetail,
}
