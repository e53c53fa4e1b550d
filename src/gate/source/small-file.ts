// Reads a small file of a scanned folder, which may be anything by the time it is opened.
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs'

/** Whether a regular file is there that is not read for its size. */
export function isTooLarge(path: string, bytesMax: number): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true && stats.size > bytesMax
}

/** Null where there is no regular file of at most `bytesMax`; links are not followed. */
export function readSmallFile(path: string, bytesMax: number): string | null {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return null
  }
  try {
    const stats = fstatSync(file)
    if (!stats.isFile() || stats.size > bytesMax) return null
    const bytes = Buffer.alloc(stats.size)
    return bytes.toString('utf8', 0, readSync(file, bytes))
  } catch {
    return null
  } finally {
    closeSync(file)
  }
}
