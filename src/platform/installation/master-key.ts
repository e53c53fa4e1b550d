// The master key that a start would use, looked at without making one.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno } from '../files.ts'
import { InvalidMasterKey, parseMasterKey } from '../master-key.ts'
import { createSecrets, type Secrets } from '../secrets.ts'
import type { Place } from './place.ts'

export interface FoundMasterKey {
  /** The setting or file that holds it. */
  where: string
  key: Buffer
  secrets: Secrets
}

export function masterKeyPath(dataDir: string): string {
  return join(dataDir, 'master.key')
}

/** Null where there is none. Throws InvalidMasterKey. */
export async function findMasterKey(place: Place): Promise<FoundMasterKey | null> {
  const { masterKey, masterKeyPrevious } = place
  const path = masterKeyPath(place.dataDir)
  const where = masterKey === null ? path : 'PANTHERA_MASTER_KEY'
  const text = masterKey ?? (await readText(path))
  if (text === null) return null
  const key = parseMasterKey(text, where)
  const previousMasterKey =
    masterKeyPrevious === null
      ? null
      : parseMasterKey(masterKeyPrevious, 'PANTHERA_MASTER_KEY_PREVIOUS')
  return { where, key, secrets: createSecrets({ masterKey: key, previousMasterKey }) }
}

/** The row of `settings` that tells whether a master key fits the data. */
export const masterKeyCheck = 'master_key_check'

async function readText(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8')
    if (text.length > 1_024) throw new InvalidMasterKey(path, `the file has ${text.length} bytes`)
    return text
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}
