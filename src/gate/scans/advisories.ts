// Where a server finds advisories: its own data directory, its cache, and what came with it.
import { join } from 'node:path'
import type { Config } from '../../platform/config.ts'
import { ecosystems } from '../scanner/dependencies/package.ts'
import { bundledAdvisories, userAdvisories } from '../source/advisories/directory.ts'
import { loadAdvisories } from '../source/advisories/load.ts'

type Folders = Pick<Config, 'dataDir' | 'cacheDir'>

export async function advisoryFolders({ dataDir, cacheDir }: Folders): Promise<string[]> {
  return [join(dataDir, 'advisories'), userAdvisories(cacheDir), await bundledAdvisories()]
}

/** The day of the newest advisory here; null where there is none. */
export async function newestAdvisory(config: Folders): Promise<string | null> {
  const index = await loadAdvisories({ directories: await advisoryFolders(config) })
  const dates = ecosystems.flatMap((one) => index.describe(one).flatMap(({ date }) => date ?? []))
  return dates.sort().at(-1) ?? null
}
