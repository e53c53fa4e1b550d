// Works on several items at once and hands the results on in the order of the items.

/** At most `atOnce` items are taken from the source and not yet handed on. */
export async function* inOrder<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = []
  for await (const item of items) {
    const result = work(item)
    // Whoever fails first is met in its turn; the others must not count as unhandled until then.
    result.catch(() => {})
    running.push(result)
    if (running.length >= atOnce) yield running.shift() as Promise<Result>
  }
  for (const result of running) yield result
}
