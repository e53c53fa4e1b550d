// Work that may only be done a few at a time: the others wait their turn, and not without end.
import { common } from '../../platform/errors.ts'

export type Slots = <Result>(work: () => Promise<Result>) => Promise<Result>

/** What it answers throws 503 where as many wait as may. */
export function slots({ atOnce, waitingMax }: { atOnce: number; waitingMax: number }): Slots {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax) {
        throw common.problem('unavailable', { headers: { 'retry-after': '5' } })
      }
      // Whoever ends hands its place on, so that nobody who comes later slips in between.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
