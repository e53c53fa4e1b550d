// Remembers what a scan of one content at one path came to, for as long as the rules, the engine
// and the options stay the same. Secrets are redacted before they get here.
import { join } from 'node:path'
import { setImmediate as pause } from 'node:timers/promises'
import type { Finding } from '../../scanner/finding.ts'
import type { FileResult } from '../../scanner/scanner.ts'
import { parseJson, readCacheFile, touchCacheFile, writeCacheFile } from './file.ts'

export interface ResultCacheOptions {
  directory: string
  /** Of the scanner: results of another one do not count. */
  digest: string
  bytesMax?: number
}

/** Opens what is known under this digest; a cache that is broken is an empty one. */
export async function openResultCache(options: ResultCacheOptions): Promise<ResultCache> {
  const cache = new ResultCache(options)
  await cache.load()
  return cache
}

interface Entry {
  /** JSON of a `Kept`, or nothing for a file without findings. */
  payload: string
  used: boolean
}

type Kept = Omit<FileResult, 'path'>

export class ResultCache {
  readonly #options: ResultCacheOptions
  readonly #path: string
  // By path, then by content: places and fingerprints of findings depend on both.
  readonly #entries = new Map<string, Map<string, Entry>>()
  #changed = false

  constructor(options: ResultCacheOptions) {
    this.#options = options
    this.#path = join(options.directory, `results-${fileNameOf(options.digest)}.cache`)
  }

  async load(): Promise<void> {
    await this.#addAll(await readCacheFile(this.#path))
  }

  /** What is known of this content at this path, or null. */
  get(path: string, blob: string): FileResult | null {
    const entry = this.#entries.get(path)?.get(blob)
    if (entry === undefined) return null
    const kept = parseKept(entry.payload)
    if (kept === null) return null
    entry.used = true
    return { path, ...kept }
  }

  /** The contents of which something is known at this path. */
  known(path: string): string[] {
    return [...(this.#entries.get(path)?.keys() ?? [])]
  }

  /** Remembers a result, unless another attempt could come to a different one. */
  set(blob: string, result: FileResult): void {
    const { path, ...kept } = result
    const {
      findings,
      suppressed,
      skipped,
      reduced,
      memberships,
      outline,
      shared,
      packages,
      incomplete,
    } = kept
    if ((incomplete !== null && !kept.repeatable) || skipped === 'unreadable') return
    // By which passwords could be guessed: that stays in memory.
    if ([...findings, ...suppressed.map((one) => one.finding)].some(isBlind)) return
    const empty = findings.length === 0 && suppressed.length === 0
    const further =
      reduced ?? memberships ?? outline ?? shared ?? packages ?? incomplete ?? undefined
    const clean = empty && skipped === null && further === undefined
    const payload = clean ? '' : JSON.stringify(kept satisfies Kept)
    this.#entriesOf(path).set(blob, { payload, used: true })
    this.#changed = true
  }

  /** Writes what is new beside what others wrote meanwhile; the oldest goes when it is too much. */
  async save(): Promise<void> {
    if (!this.#changed) return touchCacheFile(this.#path)
    await this.#addAll(await readCacheFile(this.#path))
    const used = [...this.#lines(true)]
    await writeCacheFile(this.#path, this.#fitting(used.concat([...this.#lines(false)])))
    this.#changed = false
  }

  #fitting(lines: string[]): string[] {
    let left = this.#options.bytesMax ?? bytesMaxDefault
    const end = lines.findIndex((line) => {
      left -= Buffer.byteLength(line) + 1
      return left < 0
    })
    return end === -1 ? lines : lines.slice(0, end)
  }

  *#lines(used: boolean): Generator<string> {
    for (const [path, contents] of this.#entries) {
      for (const [blob, entry] of contents) {
        if (entry.used === used) yield `${blob}\t${JSON.stringify(path)}\t${entry.payload}`
      }
    }
  }

  /** What this scan found out itself stays. */
  async #addAll(lines: string[] | null): Promise<void> {
    for (const [i, line] of (lines ?? []).entries()) {
      if (i % linesPerTurn === linesPerTurn - 1) await pause()
      const [, blob, quoted, payload] = /^([0-9a-f]+)\t([^\t]+)\t(.*)$/s.exec(line) ?? []
      if (blob === undefined || quoted === undefined || payload === undefined) continue
      const contents = this.#entriesOf(String(parseJson(quoted)))
      if (!contents.has(blob)) contents.set(blob, { payload, used: false })
    }
  }

  #entriesOf(path: string): Map<string, Entry> {
    const contents = this.#entries.get(path) ?? new Map<string, Entry>()
    this.#entries.set(path, contents)
    return contents
  }
}

const bytesMaxDefault = 32 << 20
const linesPerTurn = 10_000
const clean: Kept = { findings: [], suppressed: [], skipped: null, incomplete: null }

function parseKept(payload: string): Kept | null {
  return payload === '' ? clean : (parseJson(payload) as Kept | null)
}

const isBlind = ({ fingerprints }: Finding) =>
  fingerprints.some(({ algorithm }) => algorithm === 'blind1')

// Whatever a digest looks like, it names a file of this folder.
const fileNameOf = (digest: string) => digest.replace(/[^\w-]/g, '_').slice(0, 128)
