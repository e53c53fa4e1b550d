// Files of a cache that many processes share and that any of them may be killed while writing: a
// file is whole or it does not count, and one that is lost or broken is only made anew.
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The lines of a cache file, or null where there is none or its check sum does not fit. */
export async function readCacheFile(path: string): Promise<string[] | null> {
  try {
    const { size } = await stat(path)
    if (size > fileBytesMax) return null
    const text = await readFile(path, 'utf8')
    const end = text.indexOf('\n')
    const body = text.slice(end + 1)
    if (text.slice(0, end) !== headerOf(body)) return null
    return body === '' ? [] : body.split('\n')
  } catch {
    return null
  }
}

/**
 * Replaces a cache file, unless the disk is full or read-only: then a later scan is slower, which
 * is no reason for this one to fail. Lines hold no newline.
 */
export async function writeCacheFile(path: string, lines: readonly string[]): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const body = lines.join('\n')
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(temporary, `${headerOf(body)}\n${body}`, { flag: 'wx', mode: 0o600 })
    await rename(temporary, path)
  } catch {
    await rm(temporary, { force: true }).catch(() => {})
  }
}

/** Marks a cache file as used, so that `pruneCache` keeps it. */
export async function touchCacheFile(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now).catch(() => {})
}

/** Removes what was not used for longest until the folder fits, and what a crash left. */
export async function pruneCache(directory: string, bytesMax = directoryBytesMax): Promise<void> {
  const names = await readdir(directory).catch((): string[] => [])
  const files = await Promise.all(
    names
      .map((name) => join(directory, name))
      .map(async (path) => ({ path, stats: await stat(path).catch(() => null) })),
  )
  let bytes = 0
  const byUse = files.flatMap(({ path, stats }) => (stats?.isFile() ? [{ path, stats }] : []))
  byUse.sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs)
  for (const { path, stats } of byUse) {
    bytes += stats.size
    const abandoned = path.endsWith('.tmp') && Date.now() - stats.mtimeMs > abandonedMs
    if (bytes > bytesMax || abandoned) await rm(path, { force: true }).catch(() => {})
  }
}

/** What a line holds, or null: who can write here could also have written nonsense. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const formatVersion = 1
const fileBytesMax = 128 << 20
const directoryBytesMax = 512 << 20
const abandonedMs = 3_600_000

const headerOf = (body: string) =>
  `panthera-cache ${formatVersion} ${createHash('sha256').update(body).digest('hex')}`
