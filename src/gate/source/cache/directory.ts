// Where the scanner keeps what it need not find out again.
import { homedir } from 'node:os'
import { join } from 'node:path'

/** `PANTHERA_CACHE_DIR`, or `panthera` below the user's cache folder. */
export function defaultCacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const { PANTHERA_CACHE_DIR: own, XDG_CACHE_HOME: shared } = env
  return own || join(shared || join(homedir(), '.cache'), 'panthera')
}
