// What a scan tells whoever makes evidence of it: no source, only what was found and what was
// looked at. Of this program's own scanner or of any other.
import type { Severity } from '../grade/score.ts'

export const engines = ['secrets', 'code', 'dependencies', 'infrastructure'] as const
export type Engine = (typeof engines)[number]

export interface ScannedFinding {
  fingerprint: string
  title: string
  severity: Severity
  scan_type: string
  rule_id: string
  file_path: string | null
  line_number: number | null
  cwe_id: string | null
  description: string
  remediation: string
}

export type SetAside = Omit<ScannedFinding, 'description' | 'remediation'> & { reason: string }

export interface EngineLook {
  engine: Engine
  /** `ran`: over everything; `cut`: over a part; `failed`: to no end; `off`: not wanted. */
  state: 'ran' | 'cut' | 'failed' | 'off'
  /** Why not over everything. */
  told: string | null
  /** Files, or packages, that it had anything to say of. */
  looked: number
  /** How many rules could have found something there. */
  rules: number
  /** The weaknesses that these look for. */
  cwe: readonly string[]
}

export interface ScanFacts {
  findings: readonly ScannedFinding[]
  engines: readonly EngineLook[]
  /** Findings beyond what a pack takes. */
  left_out: number
  /** What the project set aside by itself: it is told, and nothing passes over it. */
  set_aside: readonly SetAside[]
  /** The day of the advisories that packages were compared with. */
  advisories: string | null
}
