// Java's files of properties: `key = value`, one for each line.

/** The first hundred, in the order of the text; without what is escaped beyond the simple forms. */
export function propertiesIn(text: string): [key: string, value: string][] {
  const pairs: [string, string][] = []
  const lines = text
    .slice(0, textMax)
    .replace(/\\\r?\n[ \t]*/g, '')
    .split(/\r?\n/)
  for (const line of lines) {
    const [, key, value] = /^[ \t]*([^#!=:\s][^=:\s]*)[ \t]*[=: \t][ \t]*(.*)$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) pairs.push([key, value])
    if (pairs.length >= pairsMax) break
  }
  return pairs
}

const textMax = 100_000
const pairsMax = 100
