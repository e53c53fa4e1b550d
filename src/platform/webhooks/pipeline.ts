// Delivers without a pause between batches: while some deliveries are under way others are claimed,
// and results are written many at a time.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import type { Attempt } from './attempt.ts'
import type { Claimed } from './claim.ts'
import { createPlaces, type Offer, paceOf } from './places.ts'
import type { Result } from './settle.ts'

export interface PipelineWork {
  claim(offer: Offer): Promise<readonly Claimed[]>
  /** Rejects only when `signal` aborts. */
  attempt(delivery: Claimed, signal: AbortSignal): Promise<Attempt>
  settle(results: readonly Result[]): Promise<void>
  /** Gives back what was not attempted to the end. */
  release(deliveries: readonly Claimed[]): Promise<void>
}

export interface Pipeline {
  /**
   * Delivers until nothing is due. Called while it runs, it makes that run look again, and returns
   * at once. When `signal` aborts, nothing more is claimed; what is under way gets some seconds to
   * end, and the rest is given back.
   */
  run(signal: AbortSignal): Promise<void>
}

export function createPipeline(work: PipelineWork, log: Logger): Pipeline {
  let current: Run | null = null
  return {
    async run(signal) {
      if (current !== null) {
        current.lookAgain()
        return
      }
      const run = new Run(work, log)
      current = run
      try {
        // Asked to look again in the moment in which it ended, it begins once more.
        do await run.untilDone(signal)
        while (run.isWanted && !signal.aborted)
      } finally {
        current = null
      }
    },
  }
}

const claimPauseMs = 5
/** How long a result waits for others to be written with. */
const lingerMs = 5
const batchMax = 200
const settleTriesMax = 6
const graceMs = 4_000

class Run {
  /** Whether another claim may find something. */
  isWanted = true

  readonly #work: PipelineWork
  readonly #log: Logger
  readonly #places = createPlaces(() => performance.now())
  readonly #bell = createBell()
  readonly #hurry = new AbortController()
  readonly #results: Result[] = []
  readonly #unsent: Claimed[] = []
  #isClaiming = false

  constructor(work: PipelineWork, log: Logger) {
    this.#work = work
    this.#log = log
  }

  lookAgain(): void {
    this.isWanted = true
    this.#bell.ring()
  }

  /** Throws what stopped the claiming, after everything that was under way has ended. */
  async untilDone(signal: AbortSignal): Promise<void> {
    let grace: NodeJS.Timeout | undefined
    const stop = () => {
      this.#bell.ring()
      grace = setTimeout(() => this.#hurry.abort(signal.reason), graceMs)
    }
    if (signal.aborted) return
    signal.addEventListener('abort', stop, { once: true })
    this.#isClaiming = true
    try {
      const [claimed] = await Promise.allSettled([this.#claimWhileDue(signal), this.#settleAll()])
      if (claimed.status === 'rejected') throw claimed.reason
    } finally {
      signal.removeEventListener('abort', stop)
      clearTimeout(grace)
    }
  }

  async #claimWhileDue(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        if (this.isWanted && this.#places.isFree()) await this.#claimOnce()
        else if (!this.isWanted && this.#places.isEmpty()) return
        else await this.#bell.heard()
      }
    } finally {
      this.#isClaiming = false
      this.#bell.ring()
    }
  }

  async #claimOnce(): Promise<void> {
    const started = performance.now()
    this.isWanted = false
    const claimed = await this.#work.claim(this.#places.offer())
    for (const delivery of claimed) {
      if (this.#places.take(delivery)) void this.#send(delivery)
    }
    if (claimed.length > 0) this.isWanted = true
    else if (this.#places.isEmpty()) return
    // At most half of the time goes into looking for work, however much there is to look through.
    await sleep(Math.max(claimPauseMs, performance.now() - started))
  }

  async #send(delivery: Claimed): Promise<void> {
    try {
      const attempt = await this.#work.attempt(delivery, this.#hurry.signal)
      if (this.#places.answered(delivery, paceOf(attempt))) this.isWanted = true
      this.#results.push({ delivery, attempt })
    } catch {
      this.#places.answered(delivery, 'steady')
      this.#unsent.push(delivery)
    }
    this.#bell.ring()
  }

  async #settleAll(): Promise<void> {
    while (this.#isClaiming || !this.#places.isEmpty()) {
      if (this.#results.length + this.#unsent.length === 0) {
        await this.#bell.heard()
        continue
      }
      if (this.#results.length < batchMax) await sleep(lingerMs)
      await this.#settleBatch(this.#results.splice(0, batchMax))
      await this.#releaseBatch(this.#unsent.splice(0))
    }
  }

  /** What cannot be written stays leased, and is delivered once more when its lease has run out. */
  async #settleBatch(batch: readonly Result[]): Promise<void> {
    for (let tried = 1; batch.length > 0; tried += 1) {
      try {
        await this.#work.settle(batch)
        break
      } catch (error) {
        this.#log.warn({ err: error, results: batch.length, tried }, 'results were not written')
        if (tried >= settleTriesMax) break
        await sleep(100 * 2 ** tried)
      }
    }
    // What waited for an endpoint while it was paused is due now.
    if (batch.some(endsPause)) this.isWanted = true
    for (const { delivery } of batch) this.#leave(delivery)
  }

  async #releaseBatch(batch: readonly Claimed[]): Promise<void> {
    if (batch.length === 0) return
    await this.#work.release(batch).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'leases were not given back and will run out')
    })
    for (const delivery of batch) this.#leave(delivery)
  }

  #leave(delivery: Claimed): void {
    if (this.#places.leave(delivery)) this.isWanted = true
    this.#bell.ring()
  }
}

function endsPause({ delivery, attempt }: Result): boolean {
  return delivery.breaker.state !== 'closed' && attempt.error === null
}

/** Lets loops wait until something has changed. */
function createBell(): { heard(): Promise<void>; ring(): void } {
  let next = Promise.withResolvers<void>()
  return {
    heard: () => next.promise,
    ring() {
      next.resolve()
      next = Promise.withResolvers<void>()
    },
  }
}
