// What was seen, as OSCAL observations: one for each kind of weakness in a pack, and one for each
// result that its sender gave for a control.
import type { Catalogue } from '../controls/framework.ts'
import type { JsonObject } from '../json/read.ts'
import { lineOf } from './names.ts'
import type { AssessedFinding, AssessedPack, AssessedResult } from './pack.ts'

/** Findings that are one kind: they speak of the same controls in the same way. */
export interface Kind {
  cwe: string | null
  scanType: string | null
  severity: AssessedFinding['severity']
  findings: AssessedFinding[]
}

const examplesMax = 20

/** Kinds of scans that no proof names are one, however many names their senders made up. */
export function kindsOf(
  { proofs }: Pick<Catalogue, 'proofs'>,
  findings: readonly AssessedFinding[],
): Kind[] {
  const named = new Set([...proofs.values()].flatMap(({ scan_types }) => scan_types))
  const typeOf = ({ scan_type }: AssessedFinding) => {
    return scan_type != null && named.has(scan_type) ? scan_type : null
  }
  const kinds = Map.groupBy(findings, (finding) =>
    JSON.stringify([finding.cwe_id ?? null, typeOf(finding), finding.severity]),
  )
  return [...kinds]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, same]) => {
      const [first] = same
      if (first === undefined) return []
      const { cwe_id, severity } = first
      return [{ cwe: cwe_id ?? null, scanType: typeOf(first), severity, findings: same }]
    })
}

export function keyOfKind({ cwe, scanType, severity }: Kind): string {
  return `kind ${JSON.stringify([cwe, scanType, severity])}`
}

export function keyOfResult({ framework, control_id }: AssessedResult): string {
  return `result ${JSON.stringify([framework, control_id])}`
}

export function kindObservation(kind: Kind, uuid: string, at: Collected): JsonObject {
  const { cwe, scanType, severity, findings } = kind
  const what = lineOf(`${cwe ?? 'no CWE'}${scanType === null ? '' : `, ${scanType}`}`)
  const shown = findings.slice(0, examplesMax)
  const left = findings.length - shown.length
  return {
    uuid,
    title: `${findings.length} ${severity} (${what})`,
    description: `The scan reported ${findings.length} of severity ${severity} as ${what}.`,
    methods: ['TEST'],
    types: ['finding'],
    'relevant-evidence': shown.map((finding) => ({
      href: at.evidence,
      description: lineOf(`${finding.title} ${placeOf(finding)}`),
    })),
    collected: at.collected,
    ...(left > 0 ? { remarks: `${left} more are in the pack.` } : {}),
  }
}

export function resultObservation(
  { framework, control_id, status, evidence = [] }: AssessedResult,
  uuid: string,
  at: Collected,
): JsonObject {
  const shown = evidence.slice(0, examplesMax).map(lineOf)
  return {
    uuid,
    title: lineOf(`${framework} ${control_id}: ${status}`),
    description: lineOf(`The sender of the pack tested ${framework} ${control_id}: ${status}.`),
    methods: ['TEST'],
    types: ['control-objective'],
    ...(shown.length > 0
      ? {
          'relevant-evidence': shown.map((description) => ({ href: at.evidence, description })),
        }
      : {}),
    collected: at.collected,
  }
}

export interface Collected {
  /** When. */
  collected: string
  /** `#uuid` of the pack among the resources. */
  evidence: string
}

export function collectedOf(pack: AssessedPack, resource: string): Collected {
  return { collected: pack.scannedAt ?? pack.storedAt, evidence: `#${resource}` }
}

function placeOf({ file_path, line_number, rule_id, fingerprint, id }: AssessedFinding): string {
  const line = line_number == null ? '' : `:${line_number}`
  const place = file_path == null ? '' : `at ${file_path}${line}`
  return `${place} [${rule_id ?? '-'}; ${fingerprint ?? id ?? '-'}]`
}
