// Guesses which known name a mistyped one was meant to be.

/** ` (did you mean …?)`, or nothing where no known name is near. */
export function didYouMean(typed: string, known: Iterable<string>): string {
  const farthest = Math.max(1, Math.floor(typed.length / 3))
  let best: string | null = null
  let least = farthest + 1
  for (const name of known) {
    const changes = name.startsWith(typed) && typed.length > 1 ? 1 : distance(typed, name)
    if (changes < least) {
      best = name
      least = changes
    }
  }
  return best === null ? '' : ` (did you mean ${best}?)`
}

/** Changes from one text to the other: letters put in, left out, replaced or swapped. */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > from.length) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = at(last, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1)
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const ways = [at(last, j) + 1, at(row, j - 1) + 1, replaced]
      row.push(Math.min(...ways, ...(swapped ? [at(before, j - 2) + 1] : [])))
    }
    before = last
    last = row
  }
  return at(last, to.length)
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY
