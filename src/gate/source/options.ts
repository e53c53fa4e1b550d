// What a scan may be told, whatever it looks at, and the bounds it keeps when it is told nothing.
import { type ScanType, scanTypes } from '../scanner/finding.ts'
import type { FingerprintKey } from '../scanner/fingerprint.ts'
import type { ProjectWord } from '../scanner/project/word.ts'
import type { ScannerOptions } from '../scanner/scanner.ts'
import type { CompiledRules } from './engine.ts'

export interface ScanOptions {
  /** All are on unless switched off. */
  engines?: Partial<ScannerOptions['engines']> | undefined
  /** Keys the fingerprints of secrets; without one they are the same for everybody. */
  fingerprintKey?: FingerprintKey | undefined
  limits?: Partial<ScanLimits> | undefined
  /** Processes that scan; as many as processors unless given. */
  workers?: number | undefined
  /** Where results are kept for the next scan; none are kept without it. */
  cacheDir?: string | null | undefined
  /** False to look at everything, whatever ignore files and the defaults say. */
  ignore?: boolean | undefined
  /** Also look at everything that the repository held once, on any branch or tag. */
  history?: boolean | undefined
  /** What the project says; read from the scanned tree unless given, and null for nothing. */
  project?: ProjectWord | null | undefined
  /** Folders with indexes of advisories; the user's own and the package's unless given. */
  advisories?: readonly string[] | undefined
  onProgress?: ((progress: ScanProgress) => void) | undefined
  signal?: AbortSignal | undefined
  /** In the place of the package's own. */
  rules?: CompiledRules | undefined
  /** URL of the module from which workers get the scanner, in the place of our own. */
  engine?: string | undefined
}

export interface ScanProgress {
  stage: 'scanning' | 'history'
  files_done: number
  /** Null while it is not known. */
  files_total: number | null
}

export interface ScanLimits {
  /** Longer files are left out, lock files excepted. */
  fileBytesMax: number
  /** Longer lock files are left out. */
  manifestBytesMax: number
  /** How long the scanner may take for a file; at three times as long its worker is ended. */
  fileMs: number
  findingsPerFileMax: number
  findingsMax: number
  /** Files and what is left out, together. */
  filesMax: number
  /** Folders above a file. */
  depthMax: number
}

export const defaultLimits: ScanLimits = {
  fileBytesMax: 5 << 20,
  manifestBytesMax: 64 << 20,
  fileMs: 10_000,
  findingsPerFileMax: 1_000,
  findingsMax: 250_000,
  filesMax: 1_000_000,
  depthMax: 100,
}

/** The types of findings that these engines report. */
export function enginesOf({ engines = {} }: ScanOptions): ScanType[] {
  const { secrets = true, code = true, dependencies = true, infrastructure = true } = engines
  const types = { sast: code, sca: dependencies, secrets, iac: infrastructure, cspm: false }
  return scanTypes.filter((type) => types[type])
}

/** The options of the scanner for files, and those for what only the history holds. */
export function scannerOptions(options: ScanOptions): {
  tree: Omit<ScannerOptions, 'now'>
  history: Omit<ScannerOptions, 'now'>
} {
  const {
    secrets = true,
    code = true,
    dependencies = true,
    infrastructure = true,
  } = options.engines ?? {}
  const { fileBytesMax, manifestBytesMax, fileMs, findingsPerFileMax } = {
    ...defaultLimits,
    ...options.limits,
  }
  const shared = {
    fingerprintKey: options.fingerprintKey ?? null,
    limits: { fileBytesMax, manifestBytesMax, fileMs, findingsPerFileMax },
  }
  // A weakness of old code is gone with the code; a secret stays one as long as it can be read.
  const old = { secrets, code: false, dependencies: false, infrastructure: false }
  return {
    tree: { ...shared, engines: { secrets, code, dependencies, infrastructure } },
    history: { ...shared, engines: old },
  }
}
