// Where indexes of advisories lie, and under which names.
import { join } from 'node:path'
import type { Ecosystem } from '../../scanner/dependencies/package.ts'
import { defaultCacheDirectory } from '../cache/directory.ts'
import { packageRoot } from '../package.ts'

/** What `panthera advisories update` writes and every scan of this user reads. */
export function userAdvisories(cacheDirectory = defaultCacheDirectory()): string {
  return join(cacheDirectory, 'advisories')
}

/** What came with the package. */
export async function bundledAdvisories(): Promise<string> {
  return join(await packageRoot(), 'data', 'advisories')
}

export function indexFileName(ecosystem: Ecosystem): string {
  return `${ecosystem}.advisories`
}
