// What is known of a scanner without building it: its rules and its digest. Kept in the cache, so
// that a scan of which nothing changed needs no worker at all.
import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { parseJson, readCacheFile, touchCacheFile, writeCacheFile } from './cache/file.ts'
import type { EngineSettings } from './engine.ts'
import { packageVersion } from './package.ts'
import type { ScanPool } from './pool.ts'
import type { ScannerDescription } from './worker.ts'

export interface DescriptionOptions {
  place: number
  settings: EngineSettings
  /** Null where nothing is kept. */
  cacheDir: string | null
  signal?: AbortSignal | undefined
}

/** @throws {Error} when the engine or a rule cannot be loaded; the signal's reason. */
export async function describeScanner(
  pool: ScanPool,
  { place, settings, cacheDir, signal }: DescriptionOptions,
): Promise<ScannerDescription> {
  if (cacheDir === null) return pool.describe(place, signal)
  const path = join(cacheDir, `scanner-${await digestOf(settings)}.cache`)
  const [kept] = (await readCacheFile(path)) ?? []
  const known = parseJson(kept ?? '') as ScannerDescription | null
  if (known !== null) {
    await touchCacheFile(path)
    return known
  }
  const description = await pool.describe(place, signal)
  await writeCacheFile(path, [JSON.stringify(description)])
  return description
}

async function digestOf({ rules, options }: EngineSettings): Promise<string> {
  const { fingerprintKey, ...others } = options
  const hash = createHash('sha256').update(await programStamp())
  hash.update(JSON.stringify([rules, others]))
  hash.update(fingerprintKey === 'blind' ? 'blind' : (fingerprintKey ?? ''))
  return hash.digest('hex').slice(0, 32)
}

/** The version; in a checkout, where the same version changes all the time, the sources too. */
async function programStamp(): Promise<string> {
  const version = await packageVersion()
  if (extname(import.meta.filename) !== '.ts') return version
  const scanner = join(import.meta.dirname, '..', 'scanner')
  const entries = await readdir(scanner, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const stamps = paths.map(async (path) => {
    const { size, mtimeMs } = await stat(path)
    return `${path} ${size} ${mtimeMs}`
  })
  return [version, ...(await Promise.all(stamps))].join('\n')
}
