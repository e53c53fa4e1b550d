// The data directory and the cache: who may enter them, and how much room is left.
import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Config } from '../config.ts'
import { firstRunPath } from '../first-run-file.ts'
import { masterKeyPath } from '../installation/master-key.ts'
import { type Check, fail, pass, reasonOf, skip, warn } from './check.ts'

const mebibyte = 2 ** 20
const room = { failBytes: 256 * mebibyte, warnBytes: 2_048 * mebibyte }

export async function checkFolders(config: Pick<Config, 'dataDir' | 'cacheDir'>): Promise<Check[]> {
  return [
    await checkAccess('data-directory', config.dataDir, 'PANTHERA_DATA_DIR'),
    ...(await checkPrivacy(config.dataDir)),
    await checkRoom('data-disk', config.dataDir, 'PANTHERA_DATA_DIR'),
    await checkAccess('cache-directory', config.cacheDir, 'PANTHERA_CACHE_DIR'),
    await checkRoom('cache-disk', config.cacheDir, 'PANTHERA_CACHE_DIR'),
  ]
}

export async function checkFirstRun({ dataDir }: Pick<Config, 'dataDir'>): Promise<Check> {
  const path = firstRunPath(dataDir)
  if ((await modeOf(path)) === null) return pass('first-run', 'no first-run.json is left')
  const detail = `${path} still holds the first keys and the password of the owner`
  return warn('first-run', detail, 'keep them elsewhere, then run: panthera first-run --clear')
}

/** One that does not exist will be made, which its nearest parent has to allow. */
async function checkAccess(name: string, path: string, setting: string): Promise<Check> {
  const existing = await nearestExisting(path)
  const fix = `set ${setting} to a folder that this user may write to`
  try {
    const found = await stat(existing)
    if (!found.isDirectory()) return fail(name, `${existing} is not a directory`, fix)
    await access(existing, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    return fail(name, `${existing} cannot be used: ${reasonOf(error)}`, fix)
  }
  return pass(name, existing === path ? path : `${path} does not exist yet and can be made`)
}

/** What holds secrets is its owner's; others may pass through at most. */
async function checkPrivacy(dataDir: string): Promise<Check[]> {
  const found = await stat(dataDir).catch(() => null)
  if (found === null) return [skip('data-privacy', 'there is no data directory yet')]
  const open: Check[] = []
  if ((found.mode & 0o026) !== 0) {
    const detail = `${dataDir} has the mode ${octal(found.mode)}: others may look into it`
    open.push(warn('data-privacy', detail, `run: chmod 700 ${dataDir}`))
  }
  const masterKey = masterKeyPath(dataDir)
  for (const path of [masterKey, firstRunPath(dataDir)]) {
    const mode = await modeOf(path)
    if (mode === null || (mode & 0o007) === 0) continue
    const detail = `${path} has the mode ${octal(mode)}: anyone may read it`
    // A start refuses such a key.
    const judge = path === masterKey ? fail : warn
    open.push(judge('data-privacy', detail, `run: chmod 600 ${path}`))
  }
  return open.length > 0 ? open : [pass('data-privacy', 'nobody else may read what is secret')]
}

async function checkRoom(name: string, path: string, setting: string): Promise<Check> {
  const existing = await nearestExisting(path)
  try {
    const { bavail, bsize } = await statfs(existing)
    const free = bavail * bsize
    const detail = `${(free / 1_024 / mebibyte).toFixed(1)} GiB are free for ${path}`
    const fix = `free some room, or set ${setting} to a folder on another disk`
    if (free < room.failBytes) return fail(name, detail, fix)
    return free < room.warnBytes ? warn(name, detail, fix) : pass(name, detail)
  } catch (error) {
    return skip(name, `${existing} does not tell its free room: ${reasonOf(error)}`)
  }
}

async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if ((await modeOf(at)) !== null || at === dirname(at)) return at
  }
}

async function modeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null)
  return found === null ? null : found.mode & 0o777
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
}
