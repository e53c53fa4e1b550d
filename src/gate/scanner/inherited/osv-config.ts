// `osv-scanner.toml`: `[[IgnoredVulns]]` with id, reason and the day until which it counts.
import { parse } from 'smol-toml'
import { type Accepted, accepted, entriesMax } from './accepted.ts'

interface Entry {
  id?: unknown
  reason?: unknown
  ignoreUntil?: unknown
}

export function readOsvConfig(text: string, source: string): Accepted[] {
  const ignored: unknown = parse(text).IgnoredVulns
  if (!Array.isArray(ignored)) return []
  const lines = firstLines(text)
  return ignored.slice(0, entriesMax).flatMap((entry: Entry) => {
    const { id, reason, ignoreUntil } = entry
    if (typeof id !== 'string' || !/^[\w.-]{3,100}$/.test(id)) return []
    const line = lines.get(id) ?? 1
    const expires = ignoreUntil instanceof Date ? ignoreUntil.toISOString().slice(0, 10) : null
    const about = { source, line, tool: 'osv', id, speaksFor: ['sca' as const] }
    return accepted({ ...about, reason: typeof reason === 'string' ? reason : null, expires })
  })
}

/** Where each quoted word is first, because the parser keeps no places. */
function firstLines(text: string): Map<string, number> {
  const lines = new Map<string, number>()
  for (const [index, line] of text.split('\n').entries()) {
    for (const [, word = ''] of line.matchAll(/["']([\w.-]{3,100})["']/g)) {
      if (!lines.has(word)) lines.set(word, index + 1)
    }
  }
  return lines
}
