// Copies of what was replaced, the newest few of each place, for whoever needs an old key again.
import { createHash } from 'node:crypto'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno, privateDirectory, syncDirectory } from '../../platform/files.ts'
import type { Work } from './place.ts'

interface Keeping {
  kept: { folder: string; max: number }
  /** Says the same for the same place. */
  place: object
  work: Work
}

/** Moves the copies there; does nothing where that was done before a crash. */
export async function keepCopies(folder: string, { kept, place, work }: Keeping): Promise<void> {
  const name = createHash('sha256').update(JSON.stringify(place)).digest('hex').slice(0, 16)
  const home = join(kept.folder, name)
  if (kept.max > 0) {
    await privateDirectory(home)
    await rename(folder, join(home, String(work.deploymentId))).catch((error) => {
      if (!isErrno(error, 'ENOENT') && !isErrno(error, 'ENOTEMPTY')) throw error
    })
    await syncDirectory(home)
  }
  const ids = await readdir(home).catch(() => [])
  const old = ids.filter((id) => /^\d+$/.test(id)).sort((a, b) => Number(b) - Number(a))
  for (const id of old.slice(kept.max)) await rm(join(home, id), { recursive: true, force: true })
}
