// Scans batches of files in worker threads. A file that hangs or kills its worker costs itself
// only: it is taken out, the rest of its batch is scanned again.
import { getCompileCacheDir } from 'node:module'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Piscina } from 'piscina'
import type { FileResult } from '../scanner/scanner.ts'
import type {
  ScannerDescription,
  WorkerData,
  WorkerFile,
  WorkerOutcome,
  WorkerTask,
} from './worker.ts'

export interface PoolOptions extends Omit<WorkerData, 'compileCache'> {
  workers: number
  /** How long one file may keep its worker busy before the worker is ended. */
  hangMs: number
  /** Memory of one worker in MiB. */
  heapMbMax?: number
}

export interface Batch {
  /** Place in `scanners`. */
  scanner: number
  /** Where workers read the files, or null when `load` brings their bytes. */
  root: string | null
  fileBytesMax: number
  /** Whether to answer the git name of each content. */
  name: boolean
  files: readonly BatchFile[]
  /** The contents of `files`, in their order; asked again for files that must be scanned again. */
  load?: (files: readonly BatchFile[]) => Promise<(Uint8Array<ArrayBuffer> | null)[]>
}

export interface BatchFile extends Omit<WorkerFile, 'bytes'> {
  /** Git name of the content for `load`, or null where workers read the file. */
  blob: string | null
}

export class ScanPool {
  readonly workers: number
  readonly #threads: Piscina
  readonly #hangMs: number

  constructor({ workers, hangMs, engine, scanners, heapMbMax = 2048 }: PoolOptions) {
    this.workers = workers
    this.#hangMs = hangMs
    const compileCache = getCompileCacheDir() ?? null
    this.#threads = new Piscina({
      filename: workerFile,
      minThreads: 1,
      maxThreads: workers,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
      recordTiming: false,
      // Nothing that scans what strangers wrote needs to know where it runs.
      env: {},
      workerData: { engine, scanners, compileCache } satisfies WorkerData,
      resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
    })
    // An idle worker that dies is replaced when it is needed.
    this.#threads.on('error', () => {})
  }

  /**
   * Asks a worker about the scanner at a place, so that this thread need not build it too.
   * @throws {Error} when the engine or a rule cannot be loaded.
   */
  describe(place: number, signal?: AbortSignal): Promise<ScannerDescription> {
    return this.#threads.run(place, { name: 'describeScanner', signal: signal ?? null })
  }

  /**
   * The outcomes of a batch in the order of its files.
   * @throws {Error} when the workers cannot start; the signal's reason after an abort.
   */
  async scan(batch: Batch, signal?: AbortSignal): Promise<WorkerOutcome[]> {
    const outcomes = new Array<WorkerOutcome>(batch.files.length)
    let left = [...batch.files.keys()]
    while (left.length > 0) {
      signal?.throwIfAborted()
      const { done, lost } = await this.#attempt(batch, left, signal)
      for (const [i, outcome] of done.entries()) outcomes[left[i] as number] = outcome
      if (lost === null) break
      const index = left[lost.at] as number
      outcomes[index] = lostOutcome(batch.files[index] as BatchFile, lost.reason)
      left = left.filter((each) => each !== index)
    }
    return outcomes
  }

  /** Ends all workers, whatever they are doing. */
  async close(): Promise<void> {
    await this.#threads.destroy()
  }

  async #attempt(batch: Batch, indexes: number[], signal?: AbortSignal): Promise<Attempt> {
    const asked = indexes.map((index) => batch.files[index] as BatchFile)
    const contents = await batch.load?.(asked)
    const files = asked.map(({ path, known }, i) => ({ path, known, bytes: contents?.[i] ?? null }))
    const { scanner, root, fileBytesMax, name } = batch
    const beat = new SharedArrayBuffer(4)
    const task: WorkerTask = { scanner, root, fileBytesMax, name, files, beat }
    const watch = watchBeat(new Int32Array(beat), this.#hangMs)
    const transferList = files.flatMap(({ bytes }) => (bytes === null ? [] : [bytes.buffer]))
    const stop = AbortSignal.any([watch.hung, ...(signal ? [signal] : [])])
    try {
      const how = { name: 'scanBatch', signal: stop, transferList }
      const done: WorkerOutcome[] = await this.#threads.run(task, how)
      return { done, lost: null }
    } catch (error) {
      signal?.throwIfAborted()
      const at = watch.at() - 1
      // Before the first file it is not a file's fault: the engine itself does not load.
      if (at < 0) throw error
      return { done: [], lost: { at, reason: this.#reasonOf(error, watch.hung.aborted) } }
    } finally {
      watch.stop()
    }
  }

  #reasonOf(error: unknown, hung: boolean): string {
    if (hung) return `took longer than ${this.#hangMs} ms`
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'needed too much memory' : 'ended its worker'
  }
}

/** As many workers as processors, but no more than memory is likely to hold. */
export const defaultWorkers = (): number => Math.min(availableParallelism(), 16)

interface Attempt {
  done: WorkerOutcome[]
  lost: { at: number; reason: string } | null
}

// In the published package the sources are emitted as JavaScript, and `.ts` would not be there.
const workerFile = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url).href

/** Watches which file a worker is at; the same one for too long aborts `hung`. */
function watchBeat(beat: Int32Array<SharedArrayBuffer>, hangMs: number) {
  const controller = new AbortController()
  let last = 0
  let since = performance.now()
  const timer = setInterval(
    () => {
      const at = Atomics.load(beat, 0)
      const now = performance.now()
      if (at !== last) {
        last = at
        since = now
      } else if (at > 0 && now - since > hangMs) {
        controller.abort()
      }
    },
    Math.max(hangMs / 10, 10),
  )
  return {
    hung: controller.signal,
    at: () => Atomics.load(beat, 0),
    stop: () => clearInterval(timer),
  }
}

function lostOutcome({ path }: BatchFile, reason: string): WorkerOutcome {
  const result: FileResult = {
    path,
    findings: [],
    suppressed: [],
    skipped: null,
    incomplete: `the file ${reason}`,
  }
  return { result, bytes: 0, blob: null, stamp: null }
}
