// What became of each job, on disk before the server hears of it: told until it is acknowledged,
// and told again where the server asks for the same job once more.
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { privateDirectory, writeAtomic } from '../platform/files.ts'
import { JobResult } from '../trust/connectors/agent-protocol.ts'

const Stored = z.object({ jobId: z.string(), result: JobResult, acknowledged: z.boolean() })
export type StoredResult = z.infer<typeof Stored>

export interface Results {
  keep(jobId: string, result: JobResult): Promise<void>
  find(jobId: string): Promise<StoredResult | null>
  acknowledge(jobId: string): Promise<void>
  /** In the order in which they came. */
  waiting(): Promise<StoredResult[]>
}

/** The server asks again for a job while its words hold, not longer. */
const acknowledgedMax = 100

export async function openResults(folder: string): Promise<Results> {
  await privateDirectory(folder)
  // A job's id is the server's word, and becomes no path.
  const pathOf = (jobId: string) =>
    join(folder, `${createHash('sha256').update(jobId).digest('hex').slice(0, 32)}.json`)
  const write = (stored: StoredResult) => writeAtomic(pathOf(stored.jobId), JSON.stringify(stored))

  async function read(path: string): Promise<StoredResult | null> {
    try {
      return Stored.parse(JSON.parse(await readFile(path, 'utf8')))
    } catch {
      return null
    }
  }

  async function all(): Promise<{ path: string; at: number; stored: StoredResult }[]> {
    const found = []
    for (const name of (await readdir(folder)).filter((each) =>
      /^[0-9a-f]{32}\.json$/.test(each),
    )) {
      const path = join(folder, name)
      const stored = await read(path)
      if (stored !== null) found.push({ path, at: (await stat(path)).mtimeMs, stored })
    }
    return found.sort((a, b) => a.at - b.at)
  }

  return {
    keep: (jobId, result) => write({ jobId, result, acknowledged: false }),
    find: (jobId) => read(pathOf(jobId)),
    async acknowledge(jobId) {
      const stored = await read(pathOf(jobId))
      if (stored !== null) await write({ ...stored, acknowledged: true })
      const old = (await all()).filter(({ stored: { acknowledged } }) => acknowledged)
      for (const { path } of old.slice(0, -acknowledgedMax)) await rm(path, { force: true })
    },
    waiting: async () =>
      (await all()).map(({ stored }) => stored).filter((each) => !each.acknowledged),
  }
}
