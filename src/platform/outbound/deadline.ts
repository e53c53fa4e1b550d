// The time limit of one request, joined with the caller's own wish to stop.
import { OutboundFailed } from './errors.ts'

export interface Deadline {
  /** Aborts when the time is over or the caller stops. */
  signal: AbortSignal
  /**
   * Settles with the work, or rejects at the deadline even where the work does not heed the signal:
   * a request that waits for its connection does not.
   */
  race<Result>(work: Promise<Result>): Promise<Result>
  clear(): void
}

/** Rejects with OutboundFailed `timeout` after that time, or with the outer signal's reason. */
export function startDeadline(timeoutMs: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  const { promise: over, reject } = Promise.withResolvers<never>()
  over.catch(() => {})
  const stop = (reason: unknown) => {
    reject(reason)
    controller.abort(reason)
  }
  const timer = setTimeout(() => {
    stop(new OutboundFailed('timeout', `There was no complete answer within ${timeoutMs} ms`))
  }, timeoutMs)
  const onAbort = () => stop(outer?.reason)
  if (outer?.aborted) onAbort()
  else outer?.addEventListener('abort', onAbort)
  return {
    signal: controller.signal,
    race(work) {
      work.catch(() => {})
      return Promise.race([over, work])
    },
    clear() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', onAbort)
    },
  }
}
