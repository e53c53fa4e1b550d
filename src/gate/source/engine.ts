// Builds the scanner from what can be sent to another process: the one place where the pure heart
// is given its rules and its clock.
import type { Scanner, ScannerOptions } from '../scanner/scanner.ts'
import { createScanner } from '../scanner/scanner.ts'
import { readCompiledSecretRules } from '../scanner/secrets/compiled-rules.ts'

export interface EngineSettings {
  /** From `loadRules`. */
  rules: CompiledRules
  options: Omit<ScannerOptions, 'now'>
}

/** Rules as texts that load at once and can be sent to workers. */
export interface CompiledRules {
  secrets: string
}

/** What a module has to export that is loaded in the place of this one. */
export interface Engine {
  buildScanner(settings: EngineSettings): Scanner
}

/** Loads this engine, or another one by its URL. */
export async function loadEngine(url: string | null): Promise<Engine> {
  return url === null ? { buildScanner } : ((await import(url)) as Engine)
}

/** @throws {Error} when the rules were compiled by another version. */
function buildScanner({ rules, options }: EngineSettings): Scanner {
  const secrets = readCompiledSecretRules(rules.secrets)
  return createScanner(secrets, { ...options, now: () => performance.now() })
}
