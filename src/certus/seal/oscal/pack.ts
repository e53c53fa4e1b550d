// What an export needs to know of a pack.
import type { Severity } from '../grade/score.ts'
import type { ComputedGrade } from '../grade/submission.ts'

export interface AssessedFinding {
  id?: string | undefined
  fingerprint?: string | undefined
  title: string
  severity: Severity
  scan_type?: string | null | undefined
  rule_id?: string | null | undefined
  cwe_id?: string | null | undefined
  file_path?: string | null | undefined
  line_number?: number | null | undefined
}

export interface AssessedResult {
  framework: string
  control_id: string
  status: 'pass' | 'fail' | 'partial' | 'not_tested'
  evidence?: readonly string[] | undefined
}

export interface AssessedPack {
  id: string
  repository: string
  commit: string
  branch: string
  /** RFC 3339 in UTC; null where the sender said nothing. */
  scannedAt: string | null
  storedAt: string
  /** SHA-256 of the sealed content, hex. */
  digest: string
  log: { origin: string; index: number }
  computed: ComputedGrade
  findings: readonly AssessedFinding[]
  controlResults: readonly AssessedResult[]
  scannerVersions: Readonly<Record<string, string>>
}
