// What was asked for: a folder, or a single file in one.
import { realpathSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface Place {
  /** The folder, or the one that the single file lies in. */
  folder: string
  /** Name of the single file, or null. */
  only: string | null
}

/** @throws {Error} with the code of the file system when there is nothing */
export function placeOf(root: string): Place {
  const path = realpathSync(root)
  if (statSync(path).isDirectory()) return { folder: path, only: null }
  return { folder: dirname(path), only: basename(path) }
}
