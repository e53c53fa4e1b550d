// What every engine reports and every report prints. Values of secrets are redacted before
// they reach this shape: nothing downstream ever holds one.

export const severities = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof severities)[number]

export const scanTypes = ['sast', 'sca', 'secrets', 'iac', 'cspm'] as const
export type ScanType = (typeof scanTypes)[number]

/** Lines and columns count from 1; columns count UTF-16 units; the end is exclusive. */
export interface Location {
  path: string
  line: number
  column: number
  endLine: number
  endColumn: number
}

/** Source lines around the finding, already redacted and cut to a bounded width. */
export interface Excerpt {
  startLine: number
  lines: string[]
  /** Where the finding stands in `lines`, whose columns cutting and redacting have moved. */
  mark?: { line: number; column: number; endColumn: number }
}

/** One hop of a data flow, from source to sink. */
export interface Step {
  path: string
  line: number
  column: number
  label: string
  /** The line, redacted and cut to a bounded width; findings from elsewhere may lack it. */
  code?: string | undefined
}

/**
 * One name under which a finding is recognised again. Several are kept, the most trusted first;
 * `algorithm` carries its version (`ctx1`), so that a new version can stand beside an old one.
 */
export interface Fingerprint {
  algorithm: string
  value: string
}

/** Where in the history a secret was found, when it is no longer in the tree. */
export interface CommitOrigin {
  commit: string
  author: string | null
  date: string | null
}

/** What a finding is about, where that is more than a place in a text. */
export type Subject = PackageSubject | ResourceSubject

export interface PackageSubject {
  kind: 'package'
  /** Package URL with the version. */
  purl: string
  name: string
  version: string
  /** Identifiers of the one vulnerability, the best known first: CVE, GHSA, others. */
  aliases: string[]
  /** Versions that mend it, ascending; empty where there is none. */
  fixedVersions: string[]
  /** Names and versions from a direct dependency to this package; alone where it is direct. */
  path: string[]
  /** Set where nothing that is shipped needs it. */
  development?: true
}

export interface ResourceSubject {
  kind: 'resource'
  /** As the platform names it: `module.net.aws_s3_bucket.logs`, `Deployment/shop/web`. */
  address: string
}

export interface Finding {
  ruleId: string
  scanType: ScanType
  severity: Severity
  title: string
  description: string
  remediation: string
  /** `CWE-798`, or null where no weakness class fits. */
  cweId: string | null
  location: Location | null
  excerpt: Excerpt | null
  steps: Step[]
  references: string[]
  fingerprints: Fingerprint[]
  origin: CommitOrigin | null
  subject?: Subject
  /** Set where the project gives the rule another severity: its own, and what says so. */
  rated?: { from: Severity; by: string }
}

/** What a report says about a rule that ran, whether or not it found something. */
export interface RuleSummary {
  id: string
  scanType: ScanType
  severity: Severity
  title: string
  description: string
  remediation: string
  cweId: string | null
  references: string[]
  /** What other tools call it, `checkov:CKV_AWS_20`: their suppressions are honoured by these. */
  aliases?: readonly string[]
}

/** The order of every report, whatever the number of workers: by place, then by rule. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.location?.path ?? '', b.location?.path ?? '') ||
    (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
    (a.location?.column ?? 0) - (b.location?.column ?? 0) ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.fingerprints[0]?.value ?? '', b.fingerprints[0]?.value ?? '') ||
    compareText(a.origin?.commit ?? '', b.origin?.commit ?? '')
  )
}

/** By UTF-16 units: the same on every machine, unlike an order by language. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
