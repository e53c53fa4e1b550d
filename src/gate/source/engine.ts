// Builds the scanner from what can be sent to another thread: the one place where the pure heart
// is given its rules and its clock.

import type { Scanner, ScannerOptions } from '../scanner/scanner.ts'
import { createScanner } from '../scanner/scanner.ts'
import { readCompiledSecretRules } from '../scanner/secrets/rule.ts'

export interface EngineSettings {
  /** From `loadRules`. */
  rules: CompiledRules
  options: Omit<ScannerOptions, 'now'>
}

/** Rules as texts that load at once and can be sent to workers. */
export interface CompiledRules {
  secrets: string
}

/** What a module that workers load has to export; this one is what scans use. */
export interface Engine {
  buildScanner(settings: EngineSettings): Scanner
}

/** @throws {Error} when the rules were compiled by another version. */
export function buildScanner({ rules, options }: EngineSettings): Scanner {
  const secrets = readCompiledSecretRules(rules.secrets)
  return createScanner(secrets, { ...options, now: () => performance.now() })
}
