// Reads a small file of a scanned folder, which may be anything by the time it is opened.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

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
