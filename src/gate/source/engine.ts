// Builds the scanner from what can be sent to another process: the one place where the pure heart
// is given its rules, its grammars and its clock.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileEngine, UnitEngine } from '../scanner/engine.ts'
import type { GrammarName } from '../scanner/grammar.ts'
import type { Scanner, ScannerOptions } from '../scanner/scanner.ts'
import { createScanner } from '../scanner/scanner.ts'
import { readCompiledSecretRules } from '../scanner/secrets/compiled-rules.ts'
import { packageRoot } from './package.ts'

export interface EngineSettings {
  /** From `loadRules`. */
  rules: CompiledRules
  options: Omit<ScannerOptions, 'now'>
}

/** Rules as texts that load at once and can be sent to workers. */
export interface CompiledRules {
  secrets: string
  code: string
  infrastructure: string
}

/** What a module has to export that is loaded in the place of this one. */
export interface Engine {
  buildScanner(settings: EngineSettings): Scanner | Promise<Scanner>
}

/** Loads this engine, or another one by its URL. */
export async function loadEngine(url: string | null): Promise<Engine> {
  return url === null ? { buildScanner } : ((await import(url)) as Engine)
}

/** @throws {Error} when the rules were compiled by another version. */
async function buildScanner({ rules, options }: EngineSettings): Promise<Scanner> {
  const secrets = readCompiledSecretRules(rules.secrets)
  const { engines } = options
  const files: FileEngine[] = []
  const units: UnitEngine[] = []
  // Each is loaded only where it is wanted: a scan for secrets needs no parser of code.
  if (engines.code) files.push(await codeEngine(rules.code))
  if (engines.infrastructure) {
    const infrastructure = await infrastructureEngines(rules.infrastructure)
    files.push(...infrastructure.files)
    units.push(...infrastructure.units)
  }
  if (engines.dependencies) units.push(await dependencyEngine())
  return createScanner({ secrets, files, units }, { ...options, now: () => performance.now() })
}

async function codeEngine(compiled: string): Promise<FileEngine> {
  const [{ createCodeEngine }, { readCompiledCodeRules }, java, javascript, python] =
    await Promise.all([
      import('../scanner/code/engine.ts'),
      import('../scanner/code/compiled-rules.ts'),
      import('../scanner/code/java/frontend.ts'),
      import('../scanner/code/javascript/frontend.ts'),
      import('../scanner/code/python/frontend.ts'),
    ])
  const frontends = [java.java, javascript.javascript, python.pythonFrontend]
  return createCodeEngine({ rules: readCompiledCodeRules(compiled), frontends, load: loadGrammar })
}

async function infrastructureEngines(compiled: string) {
  const [{ createInfrastructureEngine }, { createTerraformEngine }, { readCompiledCheckRules }] =
    await Promise.all([
      import('../scanner/infrastructure/engine.ts'),
      import('../scanner/infrastructure/terraform/engine.ts'),
      import('../scanner/infrastructure/check/compiled-rules.ts'),
    ])
  const rules = readCompiledCheckRules(compiled)
  return {
    files: [createInfrastructureEngine({ rules })],
    units: [createTerraformEngine({ rules })],
  }
}

async function dependencyEngine(): Promise<UnitEngine> {
  return (await import('../scanner/dependencies/engine.ts')).createDependencyEngine()
}

async function loadGrammar(name: GrammarName): Promise<Uint8Array> {
  return readFile(join(await packageRoot(), 'vendor', 'grammars', `${name}.wasm`))
}
