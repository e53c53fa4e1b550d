// SQL of scans as clients see them. What a worker does to them stands in `work.ts`.

import { scanQueued } from '../../events/scan.ts'
import { empty, sql, type Tx } from '../../platform/db.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { Scan, ScanQuery } from './schema.ts'

export interface NewScan {
  organizationId: string
  id: string
  repositoryId: string
  source: Scan['source']
  branch: string | null
  commit: string | null
  base: string | null
  config: object
  artefact: string | null
  tool: string
  createdBy: string
  pullRequest?: number | null
  installationId?: string | null
  isFork?: boolean
}

/** The row and the event that wakes a worker, in the caller's transaction. */
export async function insert(tx: Tx, scan: NewScan): Promise<Scan> {
  await tx.run(sql`
    insert into scans
      (organization_id, id, repository_id, source, scan_type, status, branch, commit_sha, base,
       config, artefact, document_sha256, tool, created_by, pull_request, installation_id, is_fork)
    values (${scan.organizationId}, ${scan.id}, ${scan.repositoryId}, ${scan.source}, 'code',
      'queued', ${scan.branch}, ${scan.commit}, ${scan.base}, ${JSON.stringify(scan.config)},
      ${scan.artefact}, ${scan.artefact}, ${scan.tool}, ${scan.createdBy},
      ${scan.pullRequest ?? null}, ${scan.installationId ?? null}, ${scan.isFork ?? false})`)
  await appendEvent(tx, scanQueued, {
    organizationId: scan.organizationId,
    payload: { scan_id: scan.id, source: scan.source },
  })
  const made = await find(tx, scan.organizationId, scan.id)
  if (made === null) throw new Error('a scan vanished in its own transaction')
  return made
}

export async function find(tx: Tx, organizationId: string, id: string): Promise<Scan | null> {
  return tx.maybe<Scan>(
    sql`${selection} where s.organization_id = ${organizationId} and s.id = ${id}`,
  )
}

export async function list(tx: Tx, query: ScanQuery): Promise<{ scans: Scan[]; total: number }> {
  const where = sql`where s.organization_id = ${query.organization_id}
    ${query.status === undefined ? empty : sql`and s.status = ${query.status}`}`
  const scans = await tx.rows<Scan>(sql`${selection} ${where}
    order by s.created_at desc, s.id desc limit ${query.limit} offset ${query.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from scans s ${where}`,
  )
  return { scans, total }
}

const selection = sql`
  select s.id as scan_id, s.organization_id, s.status, s.source, s.scan_type, r.provider, r.owner,
    r.name as repo_name, r.clone_url, s.branch, s.commit_sha as commit, s.base,
    case when s.source = 'platform' then '{"project_settings": true}'::jsonb || s.config
      end as scan_config, s.tool,
    case when s.total_findings is not null then jsonb_build_object(
      'total_findings', s.total_findings, 'critical_count', s.critical_count,
      'high_count', s.high_count, 'medium_count', s.medium_count, 'low_count', s.low_count)
    end as summary,
    case when s.status = 'running' then s.progress end as progress, s.coverage,
    case when s.error_code is not null then jsonb_build_object(
      'code', s.error_code, 'message', s.error_message) end as error,
    s.created_at, s.started_at, s.completed_at
  from scans s
  join repositories r on r.organization_id = s.organization_id and r.id = s.repository_id`
