// Whole directory trees: made durable, handed to another user, cleared of leftovers.
import { lchownSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes every file and directory below and including `directory` to disk, so that a rename that
 * follows never publishes empty files after a loss of power.
 */
export async function syncTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
  paths.push(directory)
  // Several at once share a disk's flush: five times as fast as one after the other.
  const queue = paths.values()
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const path of queue) await syncPath(path)
    }),
  )
}

/** Gives the tree to a user; symbolic links themselves, never what they name. */
export function chownTree(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid)
  if (!lstatSync(path).isDirectory()) return
  const entries = readdirSync(path, { recursive: true, withFileTypes: true })
  for (const entry of entries) lchownSync(join(entry.parentPath, entry.name), uid, gid)
}

/**
 * Removes the entries of a directory that `condemned` picks by name, as far as that goes: a program
 * that a killed node left may still write there for a moment.
 */
export function removeEntries(directory: string, condemned: (name: string) => boolean): void {
  for (const name of readdirSync(directory).filter(condemned)) {
    try {
      rmSync(join(directory, name), { recursive: true, force: true })
    } catch {
      // The next start tries again.
    }
  }
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
