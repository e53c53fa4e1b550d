// The server's log stays bounded: PostgreSQL starts a new file by size, we drop the oldest.
import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Layout } from './layout.ts'

const bytesMax = 50 * 2 ** 20
const filesMax = 100
const pruneMs = 60_000

/** Keeps the newest files now and every minute; answers how to end that. */
export function pruneLogFiles(directory: string): () => void {
  const prune = () => {
    let bytes = 0
    for (const [age, name] of logFiles(directory).reverse().entries()) {
      const path = join(directory, name)
      bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0
      // The newest is open.
      if (age > 0 && (bytes > bytesMax || age >= filesMax)) rmSync(path, { force: true })
    }
  }
  prune()
  const timer = setInterval(prune, pruneMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** The last lines of what a start wrote, for an error message. */
export function logTail({ startLog, log }: Pick<Layout, 'startLog' | 'log'>): string {
  const early = readEnd(startLog)
  const [newest] = logFiles(log).slice(-1)
  // Where the server never opened its log, the newest one is of an earlier start.
  const text = collects(early) && newest !== undefined ? readEnd(join(log, newest)) : early
  return text.trim().split('\n').slice(-8).join('\n')
}

function collects(early: string): boolean {
  return early.includes('redirecting log output to logging collector process')
}

function logFiles(directory: string): string[] {
  try {
    // The time in their names makes the order of names the order of time.
    return readdirSync(directory)
      .filter((name) => /^postgres-\d{8}-\d{6}\.log$/.test(name))
      .sort()
  } catch {
    return []
  }
}

/** Never through a link: the server's user may be another than ours. */
function readEnd(path: string): string {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      return readFileSync(descriptor, 'utf8').slice(-4_000)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return ''
  }
}
