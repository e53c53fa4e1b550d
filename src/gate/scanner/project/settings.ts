// What `panthera.yaml` may say: which engines run and what they leave out, which rules count and
// how much, and what is accepted for which reason.
import type { Severity } from '../finding.ts'

export const settingsFile = 'panthera.yaml'

export const engineNames = ['secrets', 'code', 'dependencies', 'infrastructure'] as const
export type EngineName = (typeof engineNames)[number]

export const thresholds = ['critical', 'high', 'medium', 'low', 'never'] as const
export type Threshold = (typeof thresholds)[number]

/** Null and empty where nothing is said. */
export interface ProjectSettings {
  scan: {
    engines: EngineName[] | null
    failOn: Threshold | null
    /** In the syntax of `.gitignore`, from the folder of the file. */
    exclude: string[]
    /** From the folder of the file. */
    baseline: string | null
  }
  rules: {
    disable: string[]
    severity: ReadonlyMap<string, Severity>
  }
  ignores: Ignore[]
}

/** An accepted finding: all that is said has to fit. */
export interface Ignore {
  /** A rule's id, what another tool calls it (`checkov:CKV_AWS_20`), or a vulnerability's. */
  rule: string | null
  /** In the syntax of `.gitignore`, from the folder of the file. */
  path: string | null
  /** Name of a package, or `name@version`. */
  package: string | null
  /** One of the finding's fingerprints. */
  fingerprint: string | null
  reason: string
  /** The last day on which it counts: `2026-01-31`. */
  expires: string | null
  /** Where it stands in the file. */
  line: number
}

export const noSettings: ProjectSettings = {
  scan: { engines: null, failOn: null, exclude: [], baseline: null },
  rules: { disable: [], severity: new Map() },
  ignores: [],
}

/** Something in `panthera.yaml` is wrong. */
export class SettingsError extends Error {
  readonly path: string
  readonly line: number
  /** What was written and is not known, and what is: for a guess at what was meant. */
  readonly unknown: { typed: string; known: readonly string[] } | null

  constructor(
    message: string,
    { path, line }: { path: string; line: number },
    unknown: SettingsError['unknown'] = null,
  ) {
    super(`${path}:${line}: ${message}`)
    this.name = 'SettingsError'
    this.path = path
    this.line = line
    this.unknown = unknown
  }
}
