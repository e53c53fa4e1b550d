// A pack out of a scan: findings without any source, what they come to for each control, and what
// was not looked at. Everything in it follows from what goes in, but for its id and its time.
import type { Catalogue } from '../controls/framework.ts'
import { type Severity, severities } from '../grade/score.ts'
import { computedOf } from '../grade/submission.ts'
import type { Json, JsonObject } from '../json/read.ts'
import type { ScanFacts, ScannedFinding } from './facts.ts'
import { controlResultsOf } from './results.ts'

export interface PackPlace {
  evidence_pack_id: string
  /** owner/name */
  repo_slug: string
  commit_hash: string
  branch: string
  pull_request?: number | undefined
  /** RFC 3339 */
  scanned_at: string
  /** By name, the program itself included. */
  scanner_versions: Record<string, string>
  /** CycloneDX or SPDX; null for none. */
  sbom: Json
  test_coverage?: Json | undefined
}

/** As many as a server takes; the worst are kept, and the number that was left out is told. */
const findingsMax = 25_000
const setAsideMax = 5_000

/** What is submitted, without its seal. */
export function packOf(catalogue: Catalogue, facts: ScanFacts, place: PackPlace): JsonObject {
  const ordered = [...facts.findings].sort(byWeight)
  const findings = ordered.slice(0, findingsMax).map(findingOf)
  const control_results = controlResultsOf(catalogue, facts)
  const { grade, score } = computedOf({ findings, control_results })
  const { sbom, test_coverage, pull_request, ...rest } = place
  const left = ordered.length - findings.length + facts.left_out
  return plain({
    ...rest,
    ...(pull_request === undefined ? {} : { pull_request }),
    grade,
    score,
    findings,
    control_results,
    engines: facts.engines.map(({ engine, state, told, looked, rules }) => {
      return { engine, state, told, looked, rules }
    }),
    findings_set_aside: facts.set_aside.slice(0, setAsideMax).map((one) => {
      return { ...one, title: one.title.slice(0, 1_000), reason: one.reason.slice(0, 2_000) }
    }),
    ...(left === 0 ? {} : { findings_left_out: left }),
    ...(facts.advisories === null ? {} : { advisories: facts.advisories }),
    ...(test_coverage === undefined ? {} : { test_coverage }),
    ...(sbom === null ? {} : { sbom }),
  }) as JsonObject
}

function byWeight(a: ScannedFinding, b: ScannedFinding): number {
  return severities.indexOf(a.severity) - severities.indexOf(b.severity)
}

function findingOf(finding: ScannedFinding): { severity: Severity } & Record<string, unknown> {
  const { title, rule_id, file_path, description, remediation } = finding
  return {
    ...finding,
    fingerprint: finding.fingerprint.slice(0, 500),
    title: title.slice(0, 1_000),
    rule_id: rule_id.slice(0, 500),
    file_path: file_path?.slice(0, 4_096) ?? null,
    cwe_id: /^CWE-\d{1,6}$/.test(finding.cwe_id ?? '') ? finding.cwe_id : null,
    description: description.slice(0, 20_000),
    remediation: remediation.slice(0, 20_000),
  }
}

/** Names of files may hold what neither canonical JSON nor a database takes. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === 'string' ? part.toWellFormed().replaceAll('\0', '\uFFFD') : part,
  )
}
