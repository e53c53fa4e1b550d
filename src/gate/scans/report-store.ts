// What a report says around the findings of a scan: the rules, and what was looked at.
import { sql, type Tx } from '../../platform/db.ts'
import { isObject, member, numberOf, textOf } from '../imports/json/values.ts'
import { readSelected } from '../imports/own/coverage.ts'
import type { RuleSummary } from '../scanner/finding.ts'
import type { Looked } from '../scanner/report/gaps.ts'
import type { Coverage } from '../scanner/report/report.ts'
import type { Scan } from './schema.ts'

/** As many as code hosts take; findings of further ones only name theirs. */
const rulesMax = 25_000
const textCharsMax = 1_000

/** The rules that found something, set aside or not, by their most severe finding. */
export async function rulesOfScan(
  tx: Tx,
  organizationId: string,
  scanId: string,
): Promise<RuleSummary[]> {
  const rules = await tx.rows<RuleSummary>(sql`
    select distinct on (f.rule_id) f.rule_id as id, f.scan_type as "scanType", f.severity,
      f.title, left(f.description, ${textCharsMax}) as description,
      left(f.remediation, ${textCharsMax}) as remediation, f.cwe_id as "cweId",
      f.detail -> 'references' as references
      from findings f
     where f.organization_id = ${organizationId}
       and f.number in (select unnest(s.numbers || s.set_aside) from scan_sightings s
         where s.organization_id = ${organizationId} and s.scan_id = ${scanId})
     order by f.rule_id,
       array_position(array['critical', 'high', 'medium', 'low'], f.severity), f.number
     limit ${rulesMax}`)
  // Here, because a database sorts as its own language does.
  return rules.sort((a, b) => (a.id < b.id ? -1 : 1))
}

export async function wasComplete(
  tx: Tx,
  organizationId: string,
  scanId: string,
): Promise<boolean> {
  const row = await tx.maybe<{ complete: boolean | null }>(sql`
    select complete from scans where organization_id = ${organizationId} and id = ${scanId}`)
  return row?.complete ?? false
}

/** Of an import only what its document tells: how many results were no findings, and why. */
export function coverageOf(scan: Scan, complete: boolean): Coverage {
  const stored = scan.coverage ?? {}
  const skipped = isObject(stored.skipped) ? stored.skipped : {}
  const counts = Object.entries(skipped).flatMap(([reason, count]) =>
    typeof count === 'number' ? [[reason, count] as const] : [],
  )
  const took = Date.parse(scan.completed_at ?? '') - Date.parse(scan.started_at ?? '')
  return {
    files: numberOf(stored.files) ?? 0,
    bytes: numberOf(stored.bytes) ?? 0,
    skipped: Object.fromEntries(counts),
    suppressed: numberOf(stored.suppressed ?? skipped.suppressed) ?? 0,
    durationMs: numberOf(stored.durationMs) ?? (Number.isFinite(took) ? took : 0),
    complete,
  }
}

/** Why a scan did not look at all of it, as it is stored with the scan. */
export function shortfallsOf({ coverage }: Scan): Omit<Looked, 'coverage'> {
  const { shortfalls, advisories } = coverage ?? {}
  const { uncovered, unresolved, selected } = isObject(advisories) ? advisories : {}
  const cuts = (Array.isArray(shortfalls) ? shortfalls : []).flatMap((one: unknown) => {
    const [path, reason] = [textOf(member(one, 'path')), textOf(member(one, 'reason'))]
    return reason === null ? [] : [{ path, reason }]
  })
  return {
    shortfalls: cuts,
    uncovered: (Array.isArray(uncovered) ? uncovered : []).flatMap((name) => textOf(name) ?? []),
    unresolved: numberOf(unresolved) ?? 0,
    selected: readSelected(selected),
  }
}
