// Whether a data directory holds an embedded database.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** PostgreSQL's own directory in it; null where there is none yet. */
export function embeddedCluster(dataDir: string): string | null {
  const cluster = join(dataDir, 'postgres', 'data')
  return existsSync(join(cluster, 'PG_VERSION')) ? cluster : null
}
