// What one scan works with from opening to closing: the scanner, the workers and the caches.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Scanner } from '../scanner/scanner.ts'
import { pruneCache } from './cache/file.ts'
import { openResultCache, type ResultCache } from './cache/results.ts'
import { type DescriptionOptions, describeScanner } from './description.ts'
import type { EngineSettings } from './engine.ts'
import { defaultLimits, type ScanLimits, type ScanOptions, scannerOptions } from './options.ts'
import { defaultWorkers, ScanPool } from './pool.ts'
import { loadRules } from './rules.ts'
import type { ScannerDescription } from './worker.ts'

export interface Session {
  options: ScanOptions
  limits: ScanLimits
  pool: ScanPool
  tree: SessionScanner
  /** Null where the history is not scanned. */
  history: SessionScanner | null
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
  const { tree, history } = scannerOptions(options)
  const rules =
    options.rules ?? (await loadRules({ cacheDirectory: cacheDir, kinds: kindsFor(tree) }))
  const scanners = [
    { rules, options: tree },
    { rules, options: history },
  ]
  const engine = options.engine ?? null
  const workers = options.workers ?? defaultWorkers()
  const pool = new ScanPool({ engine, scanners, workers, hangMs: limits.fileMs * 3 })
  try {
    const open = (place: number, own: ScannerOf) =>
      openScanner(pool, { options, place, settings: { rules, options: own }, cacheDir })
    const session = {
      options,
      limits,
      pool,
      tree: await open(places.tree, tree),
      history: options.history ? await open(places.history, history) : null,
      cacheDir,
    }
    const result = await work(session)
    await saveCaches(session)
    return result
  } finally {
    await pool.close()
  }
}

/** Secrets are looked for in any case: no report may show one. */
function kindsFor({ engines }: ScannerOf): (keyof EngineSettings['rules'])[] {
  const kinds = (['code', 'infrastructure'] as const).filter((kind) => engines[kind])
  return ['secrets', ...kinds]
}

type ScannerOf = EngineSettings['options']

const places = { tree: 0, history: 1 }

async function openScanner(
  pool: ScanPool,
  at: { options: ScanOptions; place: number; settings: EngineSettings; cacheDir: string | null },
): Promise<SessionScanner> {
  const { options, place, cacheDir: directory } = at
  const { rules, digest } = await describe(pool, { ...at, signal: options.signal })
  if (directory === null) return { place, rules, cache: null }
  const cache = await openResultCache({ directory, digest: cacheDigest(digest, options) })
  return { place, rules, cache }
}

async function describe(
  pool: ScanPool,
  asked: { options: ScanOptions } & DescriptionOptions,
): Promise<ScannerDescription> {
  const { options, ...wanted } = asked
  try {
    // Another engine's sources are not known, so nothing about it is kept.
    if (options.engine) return await pool.describe(wanted.place, wanted.signal)
    return await describeScanner(pool, wanted)
  } catch (error) {
    wanted.signal?.throwIfAborted()
    throw error
  }
}

// Fingerprints under one organization's key must never be handed to another one.
function cacheDigest(digest: string, { fingerprintKey }: ScanOptions): string {
  const hash = createHash('sha256').update(`${digest}\0`)
  return hash
    .update(fingerprintKey ?? '')
    .digest('hex')
    .slice(0, 40)
}

async function saveCaches({ tree, history, cacheDir }: Session): Promise<void> {
  if (cacheDir === null) return
  await tree.cache?.save()
  await history?.cache?.save()
  await pruneCache(cacheDir)
}
