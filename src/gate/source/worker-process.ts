// One process that scans, as the pool sees it. Processes and not threads, because whatever a file
// does to the engine (endless loops, all memory, a crash of WebAssembly code, which in V8 takes the
// whole process along) must stay with the one that scans it; and because what strangers wrote is
// then read where no key and no password is in memory.
import { type ChildProcess, fork } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { dirname, extname } from 'node:path'
import type { Readable } from 'node:stream'
import type { WorkerAnswer, WorkerRequest, WorkerSetup } from './worker.ts'

/** The process ended, or was ended, before it had answered. */
export class WorkerLost extends Error {
  /** The file it was at, counted from 1; 0 when it was at none. */
  readonly at: number
  readonly reason: string

  constructor(at: number, reason: string) {
    super(`a worker ${reason}`)
    this.name = 'WorkerLost'
    this.at = at
    this.reason = reason
  }
}

export interface WorkerOptions {
  setup: WorkerSetup
  heapMbMax: number
  /** How long it may be at one file. */
  hangMs: number
}

export class WorkerProcess {
  readonly #child: ChildProcess
  readonly #hangMs: number
  readonly #ended: Promise<void>
  #settle: ((answer: WorkerAnswer | WorkerLost) => void) | null = null
  #at = 0
  #atSince = 0
  #suspected = false
  #hung = false
  #complaint = ''
  #over = false

  constructor({ setup, heapMbMax, hangMs }: WorkerOptions) {
    this.#hangMs = hangMs
    this.#child = start(heapMbMax)
    living.add(this.#child)
    this.#child.on('message', (answer: WorkerAnswer) => this.#settle?.(answer))
    this.#child.on('error', () => {})
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-complaintCharsMax)
    })
    const beats = this.#child.stdio[beatFd] as Readable
    beats.on('data', (chunk: Buffer) => this.#beat(chunk.at(-1) ?? 0))
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        this.#over = true
        living.delete(this.#child)
        this.#settle?.(this.#lost(code, signal))
        resolve()
      })
    })
    this.#child.send(setup, () => {})
  }

  /**
   * Asks one thing; a second only after the first is answered.
   * @throws {WorkerLost}; an `Error` with the words of one that the worker met; the signal's
   * reason after an abort. After any of these the process is over or ending.
   */
  async ask(request: WorkerRequest, signal?: AbortSignal): Promise<WorkerAnswer> {
    signal?.throwIfAborted()
    const onAbort = () => this.kill()
    signal?.addEventListener('abort', onAbort, { once: true })
    const watch = setInterval(() => this.#watch(), Math.max(this.#hangMs / 10, 10))
    try {
      const answer = await this.#answerTo(request)
      signal?.throwIfAborted()
      if (answer instanceof WorkerLost) throw answer
      if (answer.kind === 'failed') throw new Error(answer.message)
      return answer
    } finally {
      clearInterval(watch)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Whether it can be asked again. */
  get isAlive(): boolean {
    return !this.#over && !this.#child.killed
  }

  /** Settles when nothing is left of the process. */
  async end(): Promise<void> {
    this.kill()
    await this.#ended
  }

  #answerTo(request: WorkerRequest): Promise<WorkerAnswer | WorkerLost> {
    if (this.#over) return Promise.resolve(this.#lost(null, null))
    this.#beat(0)
    return new Promise<WorkerAnswer | WorkerLost>((resolve) => {
      this.#settle = resolve
      // When this fails the process is ending, and its end settles the matter.
      this.#child.send(request, () => {})
    }).finally(() => {
      this.#settle = null
    })
  }

  #beat(at: number): void {
    this.#at = at
    this.#atSince = performance.now()
    this.#suspected = false
  }

  #watch(): void {
    if (this.#at === 0 || performance.now() - this.#atSince < this.#hangMs) return
    // It may be this process that was held up: what has arrived meanwhile is looked at first.
    if (this.#suspected) {
      this.#hung = true
      this.kill()
    }
    this.#suspected = true
  }

  #lost(code: number | null, signal: NodeJS.Signals | null): WorkerLost {
    if (this.#hung) return new WorkerLost(this.#at, `took longer than ${this.#hangMs} ms`)
    if (this.#complaint.includes('heap out of memory')) {
      return new WorkerLost(this.#at, 'needed too much memory')
    }
    const why = this.#at > 0 ? '' : ` (${signal ?? code}): ${this.#complaint.trim()}`
    return new WorkerLost(this.#at, `ended its worker${why}`)
  }
}

// In the published package the sources are emitted as JavaScript, and `.ts` would not be there.
const workerFile = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url)
const beatFd = 4
const complaintCharsMax = 2_000

function start(heapMbMax: number): ChildProcess {
  const compileCache = getCompileCacheDir()
  return fork(workerFile, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
    execArgv: [`--max-old-space-size=${heapMbMax}`],
    // Nothing of ours: what scans the files of strangers needs no password to a database.
    env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compileCache) },
  })
}

const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})
