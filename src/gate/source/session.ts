// What one scan works with from opening to closing: the scanner, the workers and the caches.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Scanner } from '../scanner/scanner.ts'
import { pruneCache } from './cache/file.ts'
import { openResultCache, type ResultCache } from './cache/results.ts'
import { type Engine, type EngineSettings, loadEngine } from './engine.ts'
import { defaultLimits, type ScanLimits, type ScanOptions, scannerOptions } from './options.ts'
import { defaultWorkers, ScanPool } from './pool.ts'
import { loadRules } from './rules.ts'

export interface Session {
  options: ScanOptions
  limits: ScanLimits
  pool: ScanPool
  tree: SessionScanner
  history: SessionScanner
  /** Null where nothing is kept. */
  cacheDir: string | null
}

export interface SessionScanner {
  /** By which workers know it. */
  place: number
  rules: Scanner['rules']
  cache: ResultCache | null
}

/** Opens a session, does the work and closes it, with the caches saved if the work was done. */
export async function withSession<T>(
  options: ScanOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted()
  const limits = { ...defaultLimits, ...options.limits }
  const cacheDir = options.cacheDir ? join(options.cacheDir, 'scan') : null
  const rules = options.rules ?? (await loadRules({ cacheDirectory: cacheDir }))
  const { tree, history } = scannerOptions(options)
  const scanners = [
    { rules, options: tree },
    { rules, options: history },
  ]
  const engine = options.engine ?? null
  const workers = options.workers ?? defaultWorkers()
  const pool = new ScanPool({ engine, scanners, workers, hangMs: limits.fileMs * 3 })
  try {
    const loaded = await loadEngine(engine)
    const [forTree, forHistory] = await Promise.all(
      scanners.map((settings, place) => openScanner(loaded, { settings, place, cacheDir })),
    )
    if (!forTree || !forHistory) throw new Error('no scanner was built')
    const session = { options, limits, pool, tree: forTree, history: forHistory, cacheDir }
    const result = await work(session)
    await saveCaches(session)
    return result
  } finally {
    await pool.close()
  }
}

async function openScanner(
  engine: Engine,
  {
    settings,
    place,
    cacheDir,
  }: { settings: EngineSettings; place: number; cacheDir: string | null },
): Promise<SessionScanner> {
  const scanner = engine.buildScanner(settings)
  const digest = cacheDigest(scanner.digest, settings)
  const cache = cacheDir === null ? null : await openResultCache({ directory: cacheDir, digest })
  return { place, rules: scanner.rules, cache }
}

// Fingerprints under one organization's key must never be handed to another one.
function cacheDigest(digest: string, { options }: EngineSettings): string {
  const hash = createHash('sha256').update(`${digest}\0`)
  return hash
    .update(options.fingerprintKey ?? '')
    .digest('hex')
    .slice(0, 40)
}

async function saveCaches({ tree, history, cacheDir }: Session): Promise<void> {
  if (cacheDir === null) return
  await tree.cache?.save()
  await history.cache?.save()
  await pruneCache(cacheDir)
}
