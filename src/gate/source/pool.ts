// Scans batches of files in processes of their own. A file that hangs or kills its worker costs
// itself only: it is taken out, and the rest of its batch is scanned again.
import { availableParallelism } from 'node:os'
import type { UnitKind } from '../scanner/engine.ts'
import type { FileResult } from '../scanner/scanner.ts'
import type { SizeLimits } from '../scanner/size.ts'
import type {
  ScannerDescription,
  WorkerFile,
  WorkerOther,
  WorkerOutcome,
  WorkerSetup,
  WorkerTask,
} from './worker.ts'
import { WorkerLost, WorkerProcess } from './worker-process.ts'

export interface PoolOptions extends WorkerSetup {
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
  limits: SizeLimits
  /** Whether to answer the git name of each content. */
  name: boolean
  /** At most 255. */
  files: readonly BatchFile[]
  /** What some of them are seen among. */
  others?: WorkerOther[]
  /** The contents of `files`, in their order; asked again for files that must be scanned again. */
  load?: (files: readonly LoadedFile[]) => Promise<(Uint8Array<ArrayBuffer> | null)[]>
}

export type LoadedFile = Pick<BatchFile, 'path' | 'blob'>

export interface BatchFile extends Omit<WorkerFile, 'bytes' | 'unit'> {
  /** Git name of the content for `load`, or null where workers read the file. */
  blob: string | null
  /** Set where it is a unit of these files. */
  unit?: { kind: UnitKind; files: readonly { path: string; blob: string | null }[] }
}

export class ScanPool {
  readonly workers: number
  readonly #options: PoolOptions
  readonly #all = new Set<WorkerProcess>()
  readonly #idle: WorkerProcess[] = []
  readonly #waiting: (() => void)[] = []
  #busy = 0

  constructor(options: PoolOptions) {
    this.workers = options.workers
    this.#options = options
  }

  /**
   * Asks a worker about the scanner at a place, so that this process need not build it too.
   * @throws {Error} when the engine or a rule cannot be loaded; the signal's reason.
   */
  describe(place: number, signal?: AbortSignal): Promise<ScannerDescription> {
    return this.#withWorker(async (worker) => {
      const answer = await worker.ask({ kind: 'describe', place }, signal)
      if (answer.kind !== 'described') throw new TypeError(`answered with ${answer.kind}`)
      return answer.scanner
    }, signal)
  }

  /**
   * The outcomes of a batch in the order of its files.
   * @throws {Error} when the workers cannot start; the signal's reason after an abort.
   */
  async scan(batch: Batch, signal?: AbortSignal): Promise<WorkerOutcome[]> {
    const outcomes = new Array<WorkerOutcome>(batch.files.length)
    let left = [...batch.files.keys()]
    while (left.length > 0) {
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
    await Promise.all([...this.#all].map((worker) => worker.end()))
  }

  async #attempt(batch: Batch, indexes: number[], signal?: AbortSignal): Promise<Attempt> {
    const asked = indexes.map((index) => batch.files[index] as BatchFile)
    const { scanner, root, limits, name } = batch
    const files = await withContents(asked, batch.load)
    const task: WorkerTask = { scanner, root, limits, name, files, others: batch.others ?? [] }
    try {
      return await this.#withWorker(async (worker) => {
        const answer = await worker.ask({ kind: 'scan', task }, signal)
        if (answer.kind !== 'scanned') throw new TypeError(`answered with ${answer.kind}`)
        return { done: answer.outcomes, lost: null }
      }, signal)
    } catch (error) {
      // Before the first file it is not a file's fault: the engine itself does not load.
      if (!(error instanceof WorkerLost) || error.at === 0) throw error
      return { done: [], lost: { at: error.at - 1, reason: error.reason } }
    }
  }

  /** Waits for a worker that is free, or starts one where there may be another. */
  async #withWorker<T>(
    work: (worker: WorkerProcess) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    while (this.#busy >= this.workers) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#busy++
    let worker: WorkerProcess | null = null
    try {
      signal?.throwIfAborted()
      worker = this.#take()
      return await work(worker)
    } finally {
      this.#busy--
      if (worker?.isAlive) this.#idle.push(worker)
      this.#waiting.shift()?.()
    }
  }

  #take(): WorkerProcess {
    for (;;) {
      const idle = this.#idle.pop()
      if (idle === undefined) break
      if (idle.isAlive) return idle
    }
    const { engine, scanners, hangMs, heapMbMax = 2048 } = this.#options
    const worker = new WorkerProcess({ setup: { engine, scanners }, hangMs, heapMbMax })
    this.#all.add(worker)
    return worker
  }
}

async function withContents(
  asked: readonly BatchFile[],
  load: Batch['load'],
): Promise<WorkerFile[]> {
  const parts = asked.flatMap(({ path, blob, unit }) => unit?.files ?? [{ path, blob }])
  const contents = (await load?.(parts))?.values()
  const next = () => contents?.next().value ?? null
  return asked.map(({ path, known, unit, among }) => {
    if (unit === undefined) return { path, known, bytes: next(), ...(among && { among }) }
    const files = unit.files.map(({ path, blob }) => ({ path, blob, bytes: next() }))
    return { path, known, bytes: null, unit: { kind: unit.kind, files } }
  })
}

/** As many workers as processors, but no more than memory is likely to hold. */
export const defaultWorkers = (): number => Math.min(availableParallelism(), 16)

interface Attempt {
  done: WorkerOutcome[]
  lost: { at: number; reason: string } | null
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
