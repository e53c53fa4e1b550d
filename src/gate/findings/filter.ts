// Which findings a list or a bulk change means: from query parameters to SQL.
import { join, type Sql, sql, type Tx } from '../../platform/db.ts'
import { errors } from '../errors.ts'
import type { ScanType, Severity } from '../scanner/finding.ts'
import type { FindingFilter, FindingStatus } from './schema.ts'

/** Null: not filtered by. */
export interface Filter {
  organizationId: string
  severities: readonly Severity[] | null
  scanTypes: readonly ScanType[] | null
  statuses: readonly FindingStatus[] | null
  repositoryIds: readonly string[] | null
  scanIds: readonly string[] | null
  cweIds: readonly string[] | null
  words: readonly string[] | null
}

/** A repository that was never scanned has no findings; a scan that is not there is an error. */
export async function resolveFilter(
  tx: Tx,
  organizationId: string,
  query: FindingFilter,
): Promise<Filter> {
  if (query.scan_id !== undefined) await requireScans(tx, organizationId, query.scan_id)
  return {
    organizationId,
    severities: query.severity ?? null,
    scanTypes: query.scan_type ?? null,
    statuses: query.status ?? null,
    repositoryIds:
      query.repository === undefined
        ? null
        : await repositoriesNamed(tx, organizationId, query.repository),
    scanIds: query.scan_id ?? null,
    cweIds: query.cwe ?? null,
    words: query.q === undefined ? null : wordsOf(query.q),
  }
}

/** Whether the counters know how many there are. */
export function isCounted(filter: Filter): boolean {
  return filter.scanIds === null && filter.cweIds === null && filter.words === null
}

export function isUnfiltered(filter: Filter): boolean {
  const { organizationId: _, ...filters } = filter
  return Object.values(filters).every((values) => values === null)
}

/** What stands after `from`, with the findings as `f`. */
export function selection(filter: Filter): Sql {
  const { organizationId, scanIds, cweIds, words } = filter
  const parts = groupConditions(filter, sql`f`)
  if (words === null) parts.unshift(sql`f.organization_id = ${organizationId}`)
  if (cweIds !== null) parts.push(sql`f.cwe_id = any(${cweIds})`)
  if (scanIds !== null) {
    parts.push(sql`f.number in (select unnest(s.numbers || s.set_aside) from scan_sightings s
      where s.organization_id = ${organizationId} and s.scan_id = any(${scanIds}::uuid[]))`)
  }
  const source = words === null ? sql`findings f` : sql`findings_matching(${words}) f`
  return parts.length === 0 ? source : sql`${source} where ${join(parts, ' and ')}`
}

/** The filters that the counters have too, on the table `alias`. */
export function groupConditions(filter: Filter, alias: Sql): Sql[] {
  const { severities, scanTypes, statuses, repositoryIds } = filter
  const parts: Sql[] = []
  if (scanTypes !== null) parts.push(sql`${alias}.scan_type = any(${scanTypes})`)
  if (severities !== null) parts.push(sql`${alias}.severity = any(${severities})`)
  if (statuses !== null) parts.push(sql`${alias}.status = any(${statuses})`)
  if (repositoryIds !== null) {
    parts.push(sql`${alias}.repository_id = any(${repositoryIds}::uuid[])`)
  }
  return parts
}

function wordsOf(text: string): string[] {
  return [...new Set(text.split(/\s+/).filter((word) => word !== ''))]
}

async function requireScans(tx: Tx, organizationId: string, ids: readonly string[]): Promise<void> {
  const found = await tx.rows<{ id: string }>(sql`select id from scans
    where organization_id = ${organizationId} and id = any(${ids}::uuid[])`)
  const known = new Set(found.map(({ id }) => id))
  const missing = ids.find((id) => !known.has(id.toLowerCase()))
  if (missing !== undefined) throw errors.problem('scan_not_found')
}

/** Code hosts take a repository's name in any case. */
async function repositoriesNamed(
  tx: Tx,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> {
  const lower = names.map((name) => name.toLowerCase())
  const rows = await tx.rows<{ id: string }>(sql`
    select id from repositories
     where organization_id = ${organizationId}
       and (id::text = any(${lower}) or clone_url = any(${names})
         or lower(owner || '/' || name) = any(${lower}))`)
  return rows.map(({ id }) => id)
}
