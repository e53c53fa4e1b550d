// The folders that runs work in, under `<data>/work`: one for each taking of a scan, removed when
// it ends, and swept where a killed process left it behind.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno, privateDirectory } from '../../platform/files.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Platform } from '../../platform/platform.ts'

const sweepMs = 10 * 60_000
/** Longer than any run may take. */
const keptMs = 3 * 3_600_000
const uploadKeptMs = 24 * 3_600_000

/** A new private folder. Nothing else works in it, not even an earlier run of the same scan. */
export async function makeScratch(dataDir: string, scanId: string): Promise<string> {
  const parent = workFolder(dataDir)
  await privateDirectory(parent)
  return mkdtemp(join(parent, `${scanId}-`))
}

/** Removes what no run can still be using, and uploads that never came to an end. */
export function leftoversQueue(platform: Platform): Queue {
  return {
    name: 'gate.leftovers',
    concurrency: 1,
    sweepMs,
    due: async () => [{ key: 'leftovers', data: {} }],
    async run() {
      const olderThan = platform.now() - keptMs
      const removed = await removeOlder(workFolder(platform.config.dataDir), olderThan)
      const uploads = await platform.artefacts.sweep({
        olderThanMs: uploadKeptMs,
        now: platform.now(),
      })
      if (removed + uploads > 0) platform.log.info({ removed, uploads }, 'leftovers removed')
    },
  }
}

export function workFolder(dataDir: string): string {
  return join(dataDir, 'work')
}

/** Answers how many folders were removed. */
export async function removeOlder(folder: string, olderThan: number): Promise<number> {
  let removed = 0
  for (const name of await namesIn(folder)) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found === null || found.mtimeMs > olderThan) continue
    await rm(path, { recursive: true, force: true })
    removed += 1
  }
  return removed
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
