// Reports that GitLab takes as artefacts of a job: its security reports 15 and its code quality
// report, each a JSON document for one kind of finding.
import { createHash } from 'node:crypto'
import type { Finding, ScanType, Severity } from '../finding.ts'
import { gapLine } from './gaps.ts'
import type { Report } from './report.ts'
import { databaseOf } from './vulnerable.ts'

/** `artifacts:reports:sast`; infrastructure is part of it. */
export const writeGitlabSast = (report: Report) => security(report, 'sast', ['sast', 'iac'])

/** `artifacts:reports:secret_detection`. */
export const writeGitlabSecrets = (report: Report) =>
  security(report, 'secret_detection', ['secrets'])

/** `artifacts:reports:dependency_scanning`. */
export const writeGitlabDependencies = (report: Report) =>
  security(report, 'dependency_scanning', ['sca'])

/** `artifacts:reports:codequality`, which GitLab shows in merge requests on every plan. */
export async function* writeGitlabQuality(report: Report): AsyncGenerator<string> {
  yield '['
  let separator = '\n'
  for await (const finding of report.findings) {
    const { location, ruleId, title, severity } = finding
    if (location === null) continue
    const issue = {
      type: 'issue',
      check_name: ruleId,
      description: title,
      categories: ['Security'],
      severity: qualities[severity],
      fingerprint: fingerprintOf(finding),
      location: { path: location.path, lines: { begin: location.line, end: location.endLine } },
    }
    yield separator + JSON.stringify(issue)
    separator = ',\n'
  }
  yield '\n]\n'
}

const qualities: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
}

type Kind = 'sast' | 'secret_detection' | 'dependency_scanning'

async function* security(
  report: Report,
  kind: Kind,
  types: readonly ScanType[],
): AsyncGenerator<string> {
  const head = { version: '15.0.7', scan: describeScan(report, kind) }
  yield `${JSON.stringify(head).slice(0, -1)},\n`
  if (kind === 'dependency_scanning') {
    yield `"dependency_files": ${JSON.stringify(dependencyFiles(report))},\n`
  }
  yield '"vulnerabilities": ['
  let separator = '\n'
  for await (const finding of report.findings) {
    if (!types.includes(finding.scanType) || finding.location === null) continue
    yield separator + JSON.stringify(describe(finding, kind, report))
    separator = ',\n'
  }
  yield '\n]}\n'
}

function describeScan({ tool, createdAt, coverage, gaps = [] }: Report, type: Kind) {
  const { name, version } = tool
  const scanner = { id: 'panthera', name, version, vendor: { name } }
  const start = new Date(Date.parse(createdAt) - coverage.durationMs).toISOString()
  return {
    analyzer: scanner,
    scanner,
    type,
    start_time: start.slice(0, secondsEnd),
    end_time: createdAt.slice(0, secondsEnd),
    status: coverage.complete ? 'success' : 'failure',
    ...(gaps.length > 0 && {
      messages: gaps.slice(0, messagesMax).map((gap) => {
        return { level: gap.kind === 'left-out' ? 'info' : 'warn', value: gapLine(gap) }
      }),
    }),
  }
}

const messagesMax = 100

/** Of `2026-01-31T12:00:00.000Z`: GitLab takes no fractions and no zone. */
const secondsEnd = 19

function describe(finding: Finding, kind: Kind, { project }: Report) {
  const { title, description, remediation, severity, location, subject, references } = finding
  const start = location?.line ?? 1
  const file = location?.path ?? ''
  const lines = { file, start_line: start, end_line: location?.endLine ?? start }
  const places = {
    sast: lines,
    secret_detection: {
      ...lines,
      commit: { sha: finding.origin?.commit ?? project.revision ?? noCommit },
    },
    dependency_scanning: {
      file,
      ...(subject?.kind === 'package' && {
        dependency: { package: { name: subject.name }, version: subject.version },
      }),
    },
  }
  return {
    id: uuid(fingerprintOf(finding)),
    name: title.slice(0, nameCharsMax).toWellFormed(),
    description,
    solution: remediation,
    severity: severity.charAt(0).toUpperCase() + severity.slice(1),
    identifiers: identifiersOf(finding),
    links: references.map((url) => ({ url })),
    location: places[kind],
  }
}

const noCommit = '0'.repeat(40)
const nameCharsMax = 255

function identifiersOf({ ruleId, cweId, subject }: Finding) {
  const weakness = cweId?.replace('CWE-', '')
  const ids = subject?.kind === 'package' ? subject.aliases : []
  const known = ids.map((id) => {
    const type = id.startsWith('CVE-') ? 'cve' : id.startsWith('GHSA-') ? 'ghsa' : 'osv'
    return { type, name: id, value: id, url: databaseOf(id).url }
  })
  return [
    ...known,
    ...(known.length > 0
      ? []
      : [{ type: 'panthera_rule_id', name: `Panthera ${ruleId}`, value: ruleId }]),
    ...(weakness === undefined
      ? []
      : [
          {
            type: 'cwe',
            name: `CWE-${weakness}`,
            value: weakness,
            url: `https://cwe.mitre.org/data/definitions/${weakness}.html`,
          },
        ]),
  ]
}

function dependencyFiles({ packages }: Report) {
  const files = new Map<string, { manager: string; dependencies: object[] }>()
  for (const { place, name, version, ecosystem } of packages) {
    const manager = ecosystem.toLowerCase()
    const file = files.get(place.path) ?? { manager, dependencies: [] }
    file.dependencies.push({ package: { name }, version: version ?? '' })
    files.set(place.path, file)
  }
  return [...files].map(([path, { manager, dependencies }]) => ({
    path,
    package_manager: manager,
    dependencies,
  }))
}

/** Findings without one are told apart by what they say. */
function fingerprintOf({ fingerprints, ruleId, location, title }: Finding): string {
  const [first] = fingerprints
  if (first !== undefined) return first.value
  const said = JSON.stringify([ruleId, location, title])
  return createHash('sha256').update(said).digest('hex').slice(0, 32)
}

function uuid(hex: string): string {
  const digits = createHash('sha256').update(hex).digest('hex')
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`]
  return [...parts, `a${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-')
}
