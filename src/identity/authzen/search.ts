// Walks candidates in their order and keeps those that the policies allow. A page ends when it is
// full, when the candidates do, or when its time is over: then it may hold fewer, or none, and its
// token goes on from where it stopped.
import { setImmediate } from 'node:timers/promises'
import { type Place, tokenOf } from './page.ts'

export interface Candidate<Result> {
  /** Its place in the order. */
  at: string
  result: Result
  /** At once where all is known that it takes. */
  isAllowed(): boolean | Promise<boolean>
}

export interface Search<Result> {
  place: Place
  /** The next `count` in the order of `at`; fewer only at the end. */
  candidates(after: string | null, count: number): Promise<readonly Candidate<Result>[]>
  /** Milliseconds on any clock. */
  now: () => number
  signal: AbortSignal
}

const batchLength = 500
const sliceMs = 10
const pageMs = 1_500

export async function searchPage<Result>({ place, candidates, now, signal }: Search<Result>) {
  const results: Result[] = []
  const startedAt = now()
  let slicedAt = startedAt
  let after = place.after
  const page = (isEnd: boolean) => ({
    page: { next_token: isEnd ? '' : tokenOf({ ...place, after }), count: results.length },
    results,
  })
  for (;;) {
    if (results.length >= place.limit) return page(false)
    const batch = await candidates(after, batchLength)
    for (const [index, candidate] of batch.entries()) {
      after = candidate.at
      const isAllowed = candidate.isAllowed()
      if (isAllowed === true || (await isAllowed)) results.push(candidate.result)
      const isLast = index === batch.length - 1 && batch.length < batchLength
      if (results.length >= place.limit) return page(isLast)
      if (isLast || now() - slicedAt < sliceMs) continue
      signal.throwIfAborted()
      if (now() - startedAt > pageMs) return page(false)
      await setImmediate()
      slicedAt = now()
    }
    if (batch.length < batchLength) return page(true)
  }
}
