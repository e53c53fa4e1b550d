// SQL of scans as workers see them: taking one under a lease, keeping it, ending it. A queued row
// is the job; a running row whose lease ran out, or whose holder is gone, is a job again.
import {
  findingsDetected,
  type ScanEvidence,
  scanCompleted,
  scanFailed,
  scanStarted,
} from '../../events/scan.ts'
import { sql, type Tx } from '../../platform/db.ts'
import type { Plan } from '../../platform/http/caller.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { IngestResult } from '../findings/ingest.ts'
import type { Progress } from './schema.ts'
import type { ScanRef, TakenScan } from './taken.ts'

export const leaseMs = 15_000
export const attemptsMax = 5

/** Queued rows in order, at most a few per organization, and running rows that nobody holds. */
export async function due(
  tx: Tx,
  source: TakenScan['source'],
  isGone: (holder: string) => boolean,
): Promise<ScanRef[]> {
  const rows = await tx.rows<ScanRef & { status: string; lapsed: boolean; holder: string | null }>(
    sql`
    select organization_id as "organizationId", id as "scanId", status, holder, lapsed from (
      select organization_id, id, status, lease_owner as holder,
        coalesce(lease_until < now(), true) as lapsed,
        row_number() over (
          partition by organization_id, status order by created_at, id) as nth
        from scans where status in ('queued', 'running') and source = ${source}
    ) waiting where status = 'running' or nth <= 20 limit 1000`,
  )
  return rows
    .filter((row) => row.status === 'queued' || row.lapsed || isGone(row.holder ?? ''))
    .map(({ organizationId, scanId }) => ({ organizationId, scanId }))
}

export interface Taking extends ScanRef {
  node: string
  isGone: (holder: string) => boolean
  scansAtOnceMax: number
}

/** Null where it is taken, ended, or the plan's slots are full. Runs in the scan's tenant. */
export async function take(tx: Tx, taking: Taking): Promise<TakenScan | null> {
  const { organizationId, scanId } = taking
  await tx.rows(sql`select pg_advisory_xact_lock(
    hashtextextended(${`gate.slots ${organizationId}`}, 0))`)
  const row = await tx.maybe<{
    status: string
    source: string
    holder: string | null
    lapsed: boolean
    running: number
  }>(sql`
    select status, source, lease_owner as holder, coalesce(lease_until < now(), true) as lapsed,
      (select count(*) from scans o where o.organization_id = ${organizationId}
          and o.status = 'running' and o.source = 'platform' and o.id <> ${scanId}) as running
      from scans where organization_id = ${organizationId} and id = ${scanId} for update`)
  if (row === null) return null
  const free =
    row.status === 'queued' ||
    (row.status === 'running' && (row.lapsed || taking.isGone(row.holder ?? '')))
  if (!free) return null
  if (row.source === 'platform' && row.running >= taking.scansAtOnceMax) return null
  await tx.run(sql`
    update scans set status = 'running', lease_owner = ${taking.node},
      lease_until = now() + ${leaseMs} * interval '1 millisecond', attempts = attempts + 1,
      started_at = coalesce(started_at, now())
     where organization_id = ${organizationId} and id = ${scanId}`)
  const taken = await readTaken(tx, taking)
  if (taken.attempts === 1) {
    const payload = { scan_id: scanId }
    await appendEvent(tx, scanStarted, { organizationId, payload })
  }
  return taken
}

async function readTaken(tx: Tx, { organizationId, scanId }: ScanRef): Promise<TakenScan> {
  return tx.one<TakenScan>(sql`
    select s.organization_id as "organizationId", s.id as "scanId",
      s.repository_id as "repositoryId", s.source, r.provider, r.owner, r.name,
      r.clone_url as "cloneUrl", s.branch, s.commit_sha as commit, s.base, s.config, s.artefact,
      s.installation_id as "installationId", s.pull_request as "pullRequest",
      s.is_fork as "isFork", s.tool, s.attempts, s.started_at as "startedAt"
      from scans s
      join repositories r on r.organization_id = s.organization_id and r.id = s.repository_id
     where s.organization_id = ${organizationId} and s.id = ${scanId}`)
}

/** Answers whether the lease is still held. */
export async function keep(
  tx: Tx,
  held: ScanRef & { node: string; progress: Progress | null },
): Promise<boolean> {
  const changed = await tx.run(sql`
    update scans set lease_until = now() + ${leaseMs} * interval '1 millisecond',
      progress = ${held.progress === null ? null : JSON.stringify(held.progress)}
     where ${isHeld(held)}`)
  return changed === 1
}

/** Gives a scan back, as if it had never been taken: the node stops. */
export async function release(tx: Tx, held: ScanRef & { node: string }): Promise<void> {
  await tx.run(sql`
    update scans set status = 'queued', lease_owner = null, lease_until = null, progress = null,
      attempts = greatest(attempts - 1, 1)
     where ${isHeld(held)}`)
}

export interface Completed {
  branch: string
  commit: string | null
  complete: boolean
  coverage: object
  result: IngestResult
  /** Of what evidence can be made. */
  evidence?: ScanEvidence | null
}

/** In the transaction of the ingest. Throws where the lease was lost, so that nothing doubles. */
export async function complete(
  tx: Tx,
  held: ScanRef & { node: string },
  done: Completed,
): Promise<void> {
  const { counts, total, newCounts, newSevere } = done.result
  const row = await tx.maybe<{ seconds: number }>(sql`
    update scans set status = 'completed', branch = ${done.branch}, commit_sha = ${done.commit},
      complete = ${done.complete}, coverage = ${JSON.stringify(done.coverage)},
      total_findings = ${total}, critical_count = ${counts.critical}, high_count = ${counts.high},
      medium_count = ${counts.medium}, low_count = ${counts.low}, completed_at = now(),
      lease_owner = null, lease_until = null, progress = null, artefact = null
     where ${isHeld(held)}
    returning extract(epoch from clock_timestamp() - started_at)::float8 as seconds`)
  if (row === null) throw new LeaseLost()
  const { organizationId, scanId } = held
  await appendEvent(tx, scanCompleted, {
    organizationId,
    payload: {
      scan_id: scanId,
      findings: counts,
      duration_seconds: rounded(row.seconds),
      evidence: done.evidence ?? null,
    },
  })
  const severe = newCounts.critical + newCounts.high
  if (severe > 0) {
    await appendEvent(tx, findingsDetected, {
      organizationId,
      payload: {
        scan_id: scanId,
        findings: newCounts,
        new_findings: newSevere,
        truncated: newSevere.length < severe,
      },
    })
  }
}

export async function fail(
  tx: Tx,
  held: ScanRef & { node: string },
  error: { code: string; message: string },
): Promise<boolean> {
  const row = await tx.maybe<{ seconds: number }>(sql`
    update scans set status = 'failed', error_code = ${error.code},
      error_message = ${error.message},
      complete = false, completed_at = now(), lease_owner = null, lease_until = null,
      progress = null, artefact = null
     where ${isHeld(held)}
    returning extract(epoch from clock_timestamp() - started_at)::float8 as seconds`)
  if (row === null) return false
  await appendEvent(tx, scanFailed, {
    organizationId: held.organizationId,
    payload: { scan_id: held.scanId, error, duration_seconds: rounded(row.seconds) },
  })
  return true
}

export class LeaseLost extends Error {
  constructor() {
    super('another node holds this scan now')
    this.name = 'LeaseLost'
  }
}

function isHeld(held: ScanRef & { node: string }) {
  return sql`organization_id = ${held.organizationId} and id = ${held.scanId}
    and status = 'running' and lease_owner = ${held.node}`
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}

/** The plan of the tenant itself. */
export async function planOf(tx: Tx, organizationId: string): Promise<Plan> {
  const { plan } = await tx.one<{ plan: Plan }>(
    sql`select plan from organizations where id = ${organizationId}`,
  )
  return plan
}
