// The pure heart of a scan: bytes and rules in, findings out. Reading files, git and workers are
// the caller's (`gate/source`).
import { createHash } from 'node:crypto'
import { readText } from './content.ts'
import type { Finding, RuleSummary } from './finding.ts'
import { createDetector } from './secrets/detect.ts'
import { toFindings } from './secrets/findings.ts'
import type { SecretRule } from './secrets/rule-data.ts'
import type { Suppressed } from './suppress.ts'

export type { Suppressed } from './suppress.ts'

export interface ScanFile {
  /** Relative to the root, with `/`. */
  path: string
  bytes: Uint8Array
}

export const skipReasons = ['binary', 'generated', 'minified', 'too-large', 'unreadable'] as const
export type SkipReason = (typeof skipReasons)[number]

export interface FileResult {
  path: string
  findings: Finding[]
  suppressed: Suppressed[]
  skipped: SkipReason | null
  /** Set when a limit cut the analysis of this file short: what was hit. */
  incomplete: string | null
  /**
   * Set when the file was scanned by exact rules only: in what a program wrote, a token of a known
   * shape is a leak all the same, while names and values there tell nothing.
   */
  reduced?: 'generated' | 'minified'
}

export interface ScannerOptions {
  engines: { secrets: boolean; code: boolean; dependencies: boolean; infrastructure: boolean }
  /** Keys the fingerprints of secrets of one organization; null outside a server. */
  fingerprintKey: Uint8Array | null
  limits: { fileBytesMax: number; fileMs: number; findingsPerFileMax: number }
  /** Milliseconds of a monotonic clock; handed in, because the heart has no clock. */
  now: () => number
}

export interface Scanner {
  rules: readonly RuleSummary[]
  /** Changes when the rules, the engine or the options change: part of every cache key. */
  digest: string
  scanFile(file: ScanFile): FileResult
}

/**
 * A scanner for any number of files; it keeps nothing of one when it goes on to the next. Rules
 * come from `parseSecretRules` or `readCompiledSecretRules`.
 *
 * `scanFile` never throws for what a file holds. Binary files and those over `fileBytesMax` are
 * skipped; `incomplete` says which limit cut a file short, and what was found until then stands.
 */
export function createScanner(rules: readonly SecretRule[], options: ScannerOptions): Scanner {
  const active = options.engines.secrets ? rules : []
  const detector = active.length === 0 ? null : createDetector(active)
  const { limits, now, fingerprintKey } = options

  function scanFile({ path, bytes }: ScanFile): FileResult {
    const result = { path, findings: [], suppressed: [], skipped: null, incomplete: null }
    if (bytes.length > limits.fileBytesMax) return { ...result, skipped: 'too-large' }
    const text = readText(bytes)
    if (text === 'binary') return { ...result, skipped: 'binary' }
    if (detector === null) return result
    const until = now() + limits.fileMs
    const detection = detector(path, text.bytes, () => now() > until)
    const { matches, complete, reduced } = detection
    const within = matches.slice(0, limits.findingsPerFileMax)
    const cut = [
      complete ? null : `the time limit of ${limits.fileMs} ms ended the scan of this file`,
      within.length === matches.length
        ? null
        : `only the first ${within.length} of ${matches.length} findings are listed`,
    ].filter((reason) => reason !== null)
    return {
      ...result,
      ...(within.length === 0
        ? {}
        : toFindings(path, text.bytes, { detection, matches: within, key: fingerprintKey })),
      incomplete: cut.length === 0 ? null : cut.join('; '),
      ...(reduced === null ? {} : { reduced }),
    }
  }

  return { rules: active.map(summarize), digest: digestOf(active, options), scanFile }
}

function summarize(rule: SecretRule): RuleSummary {
  const { id, severity, title, description, remediation, cweId, references } = rule
  return { id, scanType: 'secrets', severity, title, description, remediation, cweId, references }
}

/** Counts up whenever the same rules and bytes may give another result. */
const engineVersion = 1

function digestOf(rules: readonly SecretRule[], options: ScannerOptions): string {
  const { engines, limits, fingerprintKey } = options
  const hash = createHash('sha256')
  hash.update(JSON.stringify([engineVersion, engines, limits, rules]))
  hash.update(fingerprintKey ?? '')
  return hash.digest('hex')
}
