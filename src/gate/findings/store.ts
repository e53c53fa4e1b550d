// SQL that reads findings. What changes them stands in `triage.ts`, `expiry.ts` and `ingest.ts`.
import { type Database, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Finding as ScannerFinding } from '../scanner/finding.ts'
import type { Suppressed } from '../scanner/suppressed.ts'
import type { Finding, HistoryEntry } from './schema.ts'
import type { AsideBy } from './set-aside.ts'

/**
 * The column `detail`, as ingest writes it. Its fingerprints are those of the last sighting, the
 * most trusted first; `finding_fingerprints` also keeps the earlier ones.
 */
export type Detail = Pick<
  ScannerFinding,
  'location' | 'excerpt' | 'steps' | 'references' | 'fingerprints' | 'origin' | 'subject' | 'rated'
>

export type FindingRow = Finding & { number: number; detail: Detail }

/** In the order of the numbers that `readPage` gave. */
export async function findNumbered(
  tx: Tx,
  organizationId: string,
  numbers: readonly string[],
): Promise<Finding[]> {
  if (numbers.length === 0) return []
  return tx.rows<Finding>(sql`select ${columns} from ${joined}
    where f.organization_id = ${organizationId} and f.number = any(${numbers}::bigint[])
    order by f.number desc`)
}

export async function find(tx: Tx, organizationId: string, id: string): Promise<FindingRow | null> {
  return tx.maybe<FindingRow>(sql`select ${columns}, f.number, f.detail from ${joined}
    where f.organization_id = ${organizationId} and f.id = ${id}`)
}

export async function numberOf(tx: Tx, organizationId: string, id: string): Promise<number | null> {
  const row = await tx.maybe<{ number: number }>(sql`select number from findings
    where organization_id = ${organizationId} and id = ${id}`)
  return row?.number ?? null
}

const branchesShownMax = 1_000
const historyShownMax = 500

/** What tells more of one finding than its own row does. */
export async function readSurroundings(tx: Tx, organizationId: string, number: number) {
  const ofFinding = sql`organization_id = ${organizationId} and number = ${number}`
  const branches = await tx.rows<{ branch: string }>(sql`select branch from finding_presence
    where ${ofFinding} order by branch limit ${branchesShownMax}`)
  const fingerprints = await tx.rows<ScannerFinding['fingerprints'][number]>(sql`
    select algorithm, value from finding_fingerprints where ${ofFinding} order by 1, 2`)
  const history = await tx.rows<HistoryEntry>(sql`
    select event, at, actor, scan_id, note, reason from finding_history where ${ofFinding}
     order by id desc limit ${historyShownMax}`)
  return {
    branches: branches.map(({ branch }) => branch),
    fingerprints,
    history: history.reverse(),
  }
}

/** What a scan saw, the critical ones first, cut to `limit`. */
export async function findingsOfScan(
  tx: Tx,
  organizationId: string,
  scanId: string,
  { limit }: { limit: number },
): Promise<Finding[]> {
  return tx.rows<Finding>(sql`
    select ${columns} from ${joined}
     where f.organization_id = ${organizationId}
       and f.number in (select unnest(s.numbers) from scan_sightings s
         where s.organization_id = ${organizationId} and s.scan_id = ${scanId})
     order by array_position(array['critical', 'high', 'medium', 'low'], f.severity), f.number
     limit ${limit}`)
}

const pageSize = 1_000

/**
 * Everything a scan saw, as the scanner reports it, a page at a time in the order of detection.
 * Each page is a short transaction of its own, so a slow reader holds nothing open.
 */
export async function* pagesOfScan(
  db: Database,
  scan: { organizationId: string; scanId: string },
): AsyncGenerator<ScannerFinding[]> {
  const { organizationId, scanId } = scan
  const ofScan = sql`s.organization_id = ${organizationId} and s.scan_id = ${scanId}`
  const seen = await db.inTenant(organizationId, (tx) =>
    tx.maybe<{ n: number }>(
      sql`select cardinality(s.numbers) as n from scan_sightings s where ${ofScan}`,
    ),
  )
  for (let first = 1; first <= (seen?.n ?? 0); first += pageSize) {
    const slice = sql`(select unnest(s.numbers[${first}:${first + pageSize - 1}])
      from scan_sightings s where ${ofScan})`
    const rows = await db.inTenant(organizationId, (tx) =>
      tx.rows<ReportRow>(reportRows(organizationId, slice)),
    )
    if (rows.length > 0) {
      yield rows.map(({ detail, number: _, ...row }) => ({ ...row, ...detail }))
    }
  }
}

/** What a scan saw set aside, and by what, in the same way. */
export async function* setAsideOfScan(
  db: Database,
  scan: { organizationId: string; scanId: string },
): AsyncGenerator<Suppressed> {
  const { organizationId, scanId } = scan
  const seen = await db.inTenant(organizationId, (tx) =>
    tx.maybe<{ numbers: string[]; by: AsideBy[] }>(sql`
      select set_aside::text[] as numbers, set_aside_by as by from scan_sightings
       where organization_id = ${organizationId} and scan_id = ${scanId}`),
  )
  const { numbers = [], by = [] } = seen ?? {}
  for (let first = 0; first < numbers.length; first += pageSize) {
    const slice = numbers.slice(first, first + pageSize)
    const rows = await db.inTenant(organizationId, (tx) =>
      tx.rows<ReportRow>(reportRows(organizationId, sql`(select unnest(${slice}::bigint[]))`)),
    )
    const byNumber = new Map(slice.map((number, at) => [number, by[first + at]]))
    for (const { detail, number, ...row } of rows) {
      const aside = byNumber.get(String(number))
      if (aside !== undefined) yield { finding: { ...row, ...detail }, ...aside }
    }
  }
}

type ReportRow = Omit<ScannerFinding, keyof Detail> & { detail: Detail; number: number }

function reportRows(organizationId: string, numbers: Sql): Sql {
  return sql`
    select f.rule_id as "ruleId", f.scan_type as "scanType", f.severity, f.title, f.description,
      f.remediation, f.cwe_id as "cweId", f.detail, f.number
      from findings f
     where f.organization_id = ${organizationId} and f.number in ${numbers}
     order by f.number`
}

const columns = sql`f.id, f.title, f.severity, f.scan_type, f.file_path, f.line_number,
  f.description, f.remediation, f.cwe_id, f.status, f.created_at, f.organization_id,
  f.first_scan_id as scan_id, coalesce(r.clone_url, r.owner || '/' || r.name) as repository,
  f.rule_id, f.tool, f.status_by, f.detail #>> '{rated,from}' as original_severity, f.reason,
  f.resolution_note, f.expires_at, f.seen_again,
  f.updated_at`

const joined = sql`findings f
  join repositories r on r.organization_id = f.organization_id and r.id = f.repository_id`
