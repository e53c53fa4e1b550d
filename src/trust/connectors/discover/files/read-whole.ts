// Reads a file that others may replace at any moment: only a regular one, and never past a bound.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { reasonOf } from './walk.ts'

export type Whole = { bytes: Buffer } | { reason: string }

/** Never throws. */
export async function readWhole(path: string, sizeMax: number): Promise<Whole> {
  try {
    // A pipe that took the file's place would otherwise wait for a writer for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const info = await file.stat()
      if (!info.isFile()) return { reason: 'it is no regular file' }
      if (info.size > sizeMax) return { reason: `it has over ${sizeMax} bytes` }
      const buffer = Buffer.allocUnsafe(info.size)
      let filled = 0
      while (filled < buffer.length) {
        const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return { bytes: buffer.subarray(0, filled) }
    } finally {
      await file.close()
    }
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}
