// Finds the repository that a folder belongs to, without asking git, which would read and obey
// the configuration of whatever it finds.
import { lstatSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export interface LocatedRepository {
  /** The folder that holds `.git`. */
  top: string
  gitDir: string
}

/** Looks in `folder` and every folder above it. */
export function locateRepository(folder: string): LocatedRepository | null {
  for (let top = resolve(folder); ; top = dirname(top)) {
    const gitDir = gitDirOf(top)
    if (gitDir !== null) return { top, gitDir }
    if (dirname(top) === top) return null
  }
}

/** The store of the repository whose top is `folder` itself, or null. */
export function gitDirOf(folder: string): string | null {
  const path = join(folder, '.git')
  try {
    const found = lstatSync(path)
    if (found.isDirectory()) return path
    // Worktrees and submodules keep a file there, which says where the store is.
    if (!found.isFile() || found.size > pointerBytesMax) return null
    const pointer = /^gitdir: (.+?)\r?\n?$/.exec(readFileSync(path, 'utf8'))?.[1]
    return pointer === undefined ? null : resolve(folder, pointer)
  } catch {
    return null
  }
}

const pointerBytesMax = 8192
