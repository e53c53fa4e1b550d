// Turns what a scan saw into what an organization knows: identities are matched by fingerprint,
// new ones opened, vanished ones resolved, returned ones reopened, in one transaction and by set
// difference, so that a scan that changed nothing writes next to nothing.
import { sql, type Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Finding, Severity } from '../scanner/finding.ts'
import type { Suppressed } from '../scanner/suppressed.ts'
import * as match from './match.ts'
import * as moves from './moves.ts'
import { fitEvent, type NewFinding, newFindingsMax } from './news.ts'
import { type AsideBy, asideOf, moveSetAside, noteOf } from './set-aside.ts'
import type { IngestTarget, Proof } from './target.ts'
import { holdOffChangesOfMany } from './triage.ts'

export type Counts = Record<Severity, number>

export interface IngestResult {
  total: number
  counts: Counts
  /** Identities that no scan of this repository had seen before. */
  newCounts: Counts
  /** The new critical and high ones, the most severe first, cut to what an event carries. */
  newSevere: NewFinding[]
}

export interface Ingest {
  /** Findings in the order of the report; up to a few thousand a call. */
  add(findings: readonly Finding[]): Promise<void>
  /** After all others: what the project accepts itself. */
  addSetAside(suppressed: readonly Suppressed[]): Promise<void>
  finish(proof: Proof): Promise<IngestResult>
}

/** Begins within the caller's tenant transaction; nothing is seen until that commits. */
export async function beginIngest(tx: Tx, target: IngestTarget): Promise<Ingest> {
  const lock = `gate.ingest ${target.organizationId} ${target.repositoryId} ${target.tool}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0)),
    set_config('statement_timeout', '600000', true)`)
  await createIncoming(tx)
  let ordinal = 0
  const insert = (all: readonly { finding: Finding; aside: AsideBy | null }[]) =>
    insertIncoming(
      tx,
      all.map(({ finding, aside }) => incomingRow(finding, aside, ++ordinal)),
    )
  return {
    add: (findings) => insert(findings.map((finding) => ({ finding, aside: null }))),
    addSetAside: (all) => insert(all.map((one) => ({ finding: one.finding, aside: asideOf(one) }))),
    async finish(proof) {
      await prepare(tx)
      await holdOffChangesOfMany(tx, target.organizationId)
      await match.matchKnown(tx, target)
      await match.insertNew(tx, target)
      await match.writeFingerprints(tx, target)
      await moves.updateChanged(tx, target, proof)
      if (proof !== null) {
        await moves.reopenSeen(tx, target)
        await moves.recordPresence(tx, target)
        await moves.resolveGone(tx, target, proof)
        await moveSetAside(tx, target)
      }
      await recordSightings(tx, target)
      return result(tx)
    },
  }
}

async function createIncoming(tx: Tx): Promise<void> {
  await tx.run(sql`
    create temporary table incoming (
      ordinal integer primary key, id uuid not null, scan_type text not null,
      rule_id text not null, severity text not null, title text not null,
      description text not null, remediation text not null, cwe_id text, file_path text,
      line_number integer, detail jsonb not null, aside jsonb, note text, number bigint,
      fresh boolean not null
    ) on commit drop`)
  await tx.run(sql`
    create temporary table incoming_fingerprints (
      ordinal integer not null, rank integer not null, algorithm text not null,
      value text not null, primary key (ordinal, rank)
    ) on commit drop`)
}

interface IncomingRow {
  ordinal: number
  fingerprints: Finding['fingerprints']
  [column: string]: unknown
}

function incomingRow(finding: Finding, aside: AsideBy | null, ordinal: number): IncomingRow {
  const { location, excerpt, steps, references, fingerprints, origin, subject, rated } = finding
  return {
    ordinal,
    id: uuid7(),
    scan_type: finding.scanType,
    rule_id: finding.ruleId,
    severity: finding.severity,
    title: finding.title,
    description: finding.description,
    remediation: finding.remediation,
    cwe_id: finding.cweId,
    file_path: location?.path ?? null,
    line_number: location?.line ?? null,
    detail: { location, excerpt, steps, references, fingerprints, origin, subject, rated },
    aside,
    note: aside === null ? null : noteOf(aside),
    fingerprints,
  }
}

async function insertIncoming(tx: Tx, rows: readonly IncomingRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.run(sql`
    insert into incoming
    select r.*, null, false from json_to_recordset(${toJson(rows)}::json) as r (
      ordinal integer, id uuid, scan_type text, rule_id text, severity text, title text,
      description text, remediation text, cwe_id text, file_path text, line_number integer,
      detail jsonb, aside jsonb, note text)`)
  const fingerprints = rows.flatMap(({ ordinal, fingerprints }) =>
    fingerprints.map((fingerprint, rank) => ({ ordinal, rank, ...fingerprint })),
  )
  await tx.run(sql`
    insert into incoming_fingerprints
    select * from json_to_recordset(${toJson(fingerprints)}::json) as r (
      ordinal integer, rank integer, algorithm text, value text)`)
}

/** PostgreSQL's text takes neither NUL nor half a surrogate pair; a hostile file has both. */
function toJson(value: unknown): string {
  const plain = JSON.stringify(value)
  // JSON escapes exactly these; a text without such an escape needs no second look.
  if (!/\\u(?:0000|d[89a-f])/.test(plain)) return plain
  return JSON.stringify(value, (_key, part: unknown) => {
    return typeof part === 'string' ? part.toWellFormed().replaceAll('\0', '\uFFFD') : part
  })
}

/**
 * The planner knows nothing of a new temporary table and would loop over it row by row: 60 s
 * instead of 0.1 s for 25,000 findings of a repository that was never scanned.
 */
async function prepare(tx: Tx): Promise<void> {
  await tx.run(sql`analyze incoming`)
  await tx.run(sql`analyze incoming_fingerprints`)
  await tx.rows(sql`select set_config('enable_nestloop', 'off', true)`)
}

async function recordSightings(tx: Tx, target: IngestTarget): Promise<void> {
  await tx.run(sql`
    insert into scan_sightings (organization_id, scan_id, numbers, set_aside, set_aside_by)
    select ${target.organizationId}, ${target.scanId},
      coalesce(array_agg(number order by number) filter (where aside is null), '{}'),
      coalesce(array_agg(number order by number) filter (where aside is not null), '{}'),
      coalesce(jsonb_agg(aside order by number) filter (where aside is not null), '[]')
      from incoming
    on conflict (organization_id, scan_id) do update set numbers = excluded.numbers,
      set_aside = excluded.set_aside, set_aside_by = excluded.set_aside_by`)
}

async function result(tx: Tx): Promise<IngestResult> {
  const counts = emptyCounts()
  const newCounts = emptyCounts()
  const rows = await tx.rows<{ severity: Severity; fresh: boolean; n: number }>(
    sql`select severity, fresh, count(*) as n from incoming where aside is null group by 1, 2`,
  )
  for (const { severity, fresh, n } of rows) {
    counts[severity] += n
    if (fresh) newCounts[severity] += n
  }
  const newSevere = await tx.rows<NewFinding>(sql`
    select id, title, severity, scan_type, rule_id, file_path, line_number from incoming
     where fresh and aside is null and severity in ('critical', 'high')
     order by severity, ordinal limit ${newFindingsMax}`)
  const total = counts.critical + counts.high + counts.medium + counts.low
  return { total, counts, newCounts, newSevere: fitEvent(newSevere) }
}

function emptyCounts(): Counts {
  return { critical: 0, high: 0, medium: 0, low: 0 }
}
