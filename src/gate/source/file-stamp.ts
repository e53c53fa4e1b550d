// What tells one state of a file from another without reading it.
import type { BigIntStats } from 'node:fs'

/** Size, times of change in nanoseconds and inode, as one comparable text. */
export type FileStamp = string

export const stampOf = ({ size, mtimeNs, ctimeNs, ino }: BigIntStats): FileStamp =>
  `${size} ${mtimeNs} ${ctimeNs} ${ino}`

/**
 * Whether the file may yet change without its stamp changing: it changed so shortly before
 * `takenAtMs` (Unix time in milliseconds) that another change could carry the same time. Such a
 * stamp proves nothing, as in git's "racy" index entries.
 */
export function isRacy(stamp: FileStamp, takenAtMs: number): boolean {
  const [, mtimeNs = '0', ctimeNs = '0'] = stamp.split(' ')
  const changedMs = Math.max(Number(mtimeNs), Number(ctimeNs)) / 1e6
  return changedMs > takenAtMs - tickMs
}

// The coarsest clock in use, that of FAT file systems.
const tickMs = 2_000
