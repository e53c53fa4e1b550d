// SQL of completed scans on their way to a pack.
import type { ScanEvidence } from '../../events/scan.ts'
import { sql, type Tx } from '../../platform/db.ts'

export interface ScanRef {
  organizationId: string
  scanId: string
}

/** Longer pauses than an hour are made between no two attempts. */
const pauseSecondsMax = 3_600
const endedDaysMax = 90

/** Does nothing where the scan is known. */
export async function queue(tx: Tx, { organizationId, scanId }: ScanRef, evidence: ScanEvidence) {
  await tx.run(sql`insert into evidence_scans (organization_id, scan_id, evidence)
    values (${organizationId}, ${scanId}, ${JSON.stringify(evidence)}) on conflict do nothing`)
}

/** Crosses tenants. */
export async function due(tx: Tx): Promise<ScanRef[]> {
  return tx.rows<ScanRef>(sql`
    select organization_id as "organizationId", scan_id as "scanId" from evidence_scans
     where state = 'queued' and next_attempt_at <= now() order by next_attempt_at limit 100`)
}

/** Null where it is not queued any more. */
export async function read(tx: Tx, { organizationId, scanId }: ScanRef) {
  return tx.maybe<{ evidence: ScanEvidence; attempts: number }>(sql`
    select evidence, attempts from evidence_scans
     where organization_id = ${organizationId} and scan_id = ${scanId} and state = 'queued'`)
}

/** False where another node has it, or it has ended. */
export async function hold(tx: Tx, { organizationId, scanId }: ScanRef): Promise<boolean> {
  const row = await tx.maybe(sql`select 1 as held from evidence_scans
    where organization_id = ${organizationId} and scan_id = ${scanId} and state = 'queued'
      for update skip locked`)
  return row !== null
}

export async function end(
  tx: Tx,
  { organizationId, scanId }: ScanRef,
  { state, reason }: { state: 'stored' | 'failed' | 'skipped'; reason: string | null },
): Promise<void> {
  await tx.run(sql`update evidence_scans set state = ${state}, reason = ${reason}, ended_at = now()
    where organization_id = ${organizationId} and scan_id = ${scanId}`)
  await tx.run(sql`delete from evidence_scans where organization_id = ${organizationId}
    and ended_at < now() - ${endedDaysMax} * interval '1 day'`)
}

export async function postpone(tx: Tx, { organizationId, scanId }: ScanRef, reason: string) {
  await tx.run(sql`update evidence_scans set attempts = attempts + 1, reason = ${reason},
      next_attempt_at = now()
        + least(power(2, attempts)::integer, ${pauseSecondsMax}) * interval '1 second'
    where organization_id = ${organizationId} and scan_id = ${scanId} and state = 'queued'`)
}
