// What a scan is told beside its command line: flag before environment before project before user
// before default, each value with where it comes from.
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { didYouMean } from '../gate/scanner/project/did-you-mean.ts'
import {
  type EngineName,
  engineNames,
  type ProjectSettings,
  SettingsError,
  type Threshold,
  thresholds,
} from '../gate/scanner/project/settings.ts'
import { readSettingsText } from '../gate/source/project.ts'
import { UsageError } from './usage-error.ts'

export interface Setting<Value> {
  value: Value
  /** `--fail-on`, `PANTHERA_SCAN_FAIL_ON`, the path of a file, or `default`. */
  origin: string
}

export interface ScanSettings {
  engines: Setting<readonly EngineName[]>
  failOn: Setting<Threshold>
  exclude: Setting<readonly string[]>
  /** A path that can be opened from here; null for none. */
  baseline: Setting<string | null>
}

/** A file of settings and where it lies. */
export interface SettingsSource {
  /** As the origin of its values. */
  path: string
  /** Its folder, from which its paths lead. */
  folder: string
  settings: ProjectSettings
}

export interface SettingsInput {
  /** Values of flags; undefined where one was not given. */
  flags: {
    only?: readonly EngineName[] | undefined
    skip?: readonly EngineName[] | undefined
    failOn?: Threshold | undefined
    exclude?: readonly string[] | undefined
    baseline?: string | undefined
  }
  env: Readonly<Record<string, string | undefined>>
  /** The nearest first. */
  files: readonly SettingsSource[]
}

/** @throws {UsageError} for a variable whose value cannot be taken */
export function resolveSettings({ flags, env, files }: SettingsInput): ScanSettings {
  const first = <Value>(
    found: readonly (Setting<Value | null | undefined> | null)[],
    fallback: Value,
  ): Setting<Value> => {
    for (const one of found) {
      if (one?.value !== null && one?.value !== undefined) {
        return { value: one.value, origin: one.origin }
      }
    }
    return { value: fallback, origin: 'default' }
  }
  const inFiles = <Value>(take: (source: SettingsSource) => Value) =>
    files.map((source) => ({ value: take(source), origin: source.path }))
  const engines = first<readonly EngineName[]>(
    [
      { value: flags.only, origin: '--only' },
      variable(env, 'PANTHERA_SCAN_ENGINES', (value) => engineList(value, 'PANTHERA_SCAN_ENGINES')),
      ...inFiles(({ settings }) => settings.scan.engines),
    ],
    engineNames,
  )
  return {
    engines: flags.skip === undefined ? engines : without(engines, flags.skip),
    failOn: first<Threshold>(
      [
        { value: flags.failOn, origin: '--fail-on' },
        variable(env, 'PANTHERA_SCAN_FAIL_ON', (value) => thresholdOf(value)),
        ...inFiles(({ settings }) => settings.scan.failOn),
      ],
      'high',
    ),
    exclude: first<readonly string[]>(
      [
        { value: flags.exclude, origin: '--exclude' },
        variable(env, 'PANTHERA_SCAN_EXCLUDE', listOf),
        ...inFiles(({ settings: { scan } }) => (scan.exclude.length === 0 ? null : scan.exclude)),
      ],
      [],
    ),
    baseline: first<string | null>(
      [
        { value: flags.baseline, origin: '--baseline' },
        variable(env, 'PANTHERA_SCAN_BASELINE', (value) => value),
        ...inFiles(({ settings: { scan }, folder }) =>
          scan.baseline === null ? null : join(folder, scan.baseline),
        ),
      ],
      null,
    ),
  }
}

/** Reads `secrets,code`. */
export function engineList(text: string, from: string): EngineName[] {
  return listOf(text).map((name) => {
    const engine = engineNames.find((each) => each === name)
    if (engine !== undefined) return engine
    throw new UsageError(
      `${from} does not take "${name}"${didYouMean(name, engineNames)}`,
      `It takes ${engineNames.join(', ')}, separated by commas. Single rules are switched off ` +
        'with rules.disable in panthera.yaml.',
    )
  })
}

/** The user's own settings; null without. A project's `ignores` have no place in them. */
export async function readUserSettings(
  env: SettingsInput['env'],
  home = homedir(),
): Promise<SettingsSource | null> {
  const folder = join(env.XDG_CONFIG_HOME || join(env.HOME ?? home, '.config'), 'panthera')
  const path = join(folder, 'config.yaml')
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return null
  const settings = await readSettingsFile(path, path)
  if (settings.ignores.length > 0) {
    const line = settings.ignores[0]?.line ?? 1
    throw new UsageError(
      `${path}:${line}: ignores belong to a project: move them to its panthera.yaml`,
    )
  }
  return { path, folder, settings }
}

/** @throws {UsageError} that names line and key; `shown` is what it calls the file */
export async function readSettingsFile(
  path: string,
  shown: string,
  readText: (path: string, shown: string) => string = (path) => readFileSync(path, 'utf8'),
): Promise<ProjectSettings> {
  // The parser is loaded only where there is something to parse.
  const { readSettings } = await import('../gate/scanner/project/read-settings.ts')
  try {
    return readSettings(readText(path, shown), shown)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    const { message, unknown } = error
    const guess = unknown === null ? '' : didYouMean(unknown.typed, unknown.known)
    throw new UsageError(`${message}${guess}`, 'What it may say: panthera config --schema')
  }
}

/** The folder of `panthera.yaml` and what it says; null without. */
export async function readProjectSettings(path: string | null): Promise<SettingsSource | null> {
  if (path === null) return null
  const shown = path.startsWith(`${process.cwd()}/`) ? path.slice(process.cwd().length + 1) : path
  const settings = await readSettingsFile(path, shown, readSettingsText)
  return { path: shown, folder: dirname(path), settings }
}

/** What the nearest says of rules, and below it what the others say. */
export function mergedRules(files: readonly SettingsSource[]): ProjectSettings['rules'] {
  const far = [...files].reverse()
  return {
    disable: [...new Set(far.flatMap(({ settings }) => settings.rules.disable))],
    severity: new Map(far.flatMap(({ settings }) => [...settings.rules.severity])),
  }
}

function variable<Value>(
  env: SettingsInput['env'],
  name: string,
  read: (value: string) => Value,
): Setting<Value> | null {
  const value = env[name]?.trim()
  return value ? { value: read(value), origin: name } : null
}

function without(engines: ScanSettings['engines'], skip: readonly EngineName[]) {
  const value = engines.value.filter((name) => !skip.includes(name))
  if (value.length === 0) {
    throw new UsageError('no engine is left to run', 'Leave one that --skip does not name.')
  }
  return { value, origin: engines.origin === 'default' ? '--skip' : `${engines.origin}, --skip` }
}

function thresholdOf(value: string): Threshold {
  const threshold = thresholds.find((each) => each === value)
  if (threshold !== undefined) return threshold
  throw new UsageError(
    `PANTHERA_SCAN_FAIL_ON does not take "${value}"${didYouMean(value, thresholds)}`,
    `It takes ${thresholds.join(', ')}.`,
  )
}

const listOf = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
