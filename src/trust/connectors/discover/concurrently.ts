// Does work on many things at once, a bounded number at a time, and yields what comes as it comes.

/** What `work` throws ends it all; leaving the loop takes no new things. */
export async function* concurrently<Item, Result>(
  items: Iterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const iterator = items[Symbol.iterator]()
  const running = new Set<Promise<void>>()
  const results: Result[] = []
  let failure: { error: unknown } | null = null
  let more = true
  const fill = () => {
    while (more && failure === null && running.size < concurrency) {
      const next = iterator.next()
      if (next.done) {
        more = false
        return
      }
      const run: Promise<void> = work(next.value)
        .then(
          (result) => void results.push(result),
          (error: unknown) => {
            failure ??= { error }
          },
        )
        .finally(() => running.delete(run))
      running.add(run)
    }
  }
  try {
    for (fill(); running.size > 0 || results.length > 0; fill()) {
      if (results.length === 0) await Promise.race(running)
      yield* results.splice(0)
      if (failure !== null) throw (failure as { error: unknown }).error
    }
    if (failure !== null) throw (failure as { error: unknown }).error
  } finally {
    more = false
    await Promise.allSettled(running)
  }
}
