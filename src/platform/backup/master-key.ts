// The master key in a backup, and whether a key fits the data.
import type pg from 'pg'
import { createExclusive, privateDirectory } from '../files.ts'
import { findMasterKey, masterKeyCheck, masterKeyPath } from '../installation/master-key.ts'
import type { Place } from '../installation/place.ts'
import { createSecrets } from '../secrets.ts'
import { BackupError } from './error.ts'

/** The key to include, which fits what is in the database. Throws BackupError. */
export async function includedMasterKey(client: pg.Client, place: Place): Promise<Buffer> {
  const found = await findMasterKey(place)
  const check = await readCheck(client)
  if (found !== null && check !== null && found.secrets.fits(check) === 'current') return found.key
  const wrong =
    found === null
      ? `there is none in ${masterKeyPath(place.dataDir)}`
      : `${found.where} does not fit`
  throw new BackupError(
    `the master key of the data cannot be included: ${wrong}`,
    'set PANTHERA_MASTER_KEY to it (after a change of the key start Panthera once), or leave ' +
      '--include-master-key away',
  )
}

/**
 * - `written`: into the data directory's `master.key`.
 * - `present`: the one that is set, or that the data directory holds, fits the restored data.
 * - `needed`: there is none yet.
 */
export type MasterKeyState = 'written' | 'present' | 'needed'

/**
 * Sees to it that restored data meets its key, before it is committed: data without its key cannot
 * be told from data whose key is lost. Throws BackupError where another key is in the way.
 */
export async function settleMasterKey(
  client: pg.Client,
  place: Place,
  included: Buffer | null,
): Promise<MasterKeyState> {
  const check = await readCheck(client)
  const found = await findMasterKey(place)
  const fits = check === null || found?.secrets.fits(check) !== null
  if (found !== null && !fits) {
    throw new BackupError(
      `${found.where} holds another master key than the one that the backup was made with`,
      found.where === 'PANTHERA_MASTER_KEY'
        ? 'set it to the key of the installation that was backed up'
        : `move ${found.where} away, or set PANTHERA_MASTER_KEY to the key of the installation ` +
            'that was backed up',
    )
  }
  if (found !== null) return 'present'
  if (included === null) return 'needed'
  if (check !== null && createSecrets({ masterKey: included }).fits(check) === null) {
    throw new BackupError('the master key in the backup does not fit its data', 'take another one')
  }
  await privateDirectory(place.dataDir)
  await createExclusive(masterKeyPath(place.dataDir), `${included.toString('base64')}\n`)
  return 'written'
}

/** Null where the installation was never started to its end. */
async function readCheck(client: pg.Client): Promise<Buffer | null> {
  await client.query(`select set_config('role', 'panthera_system', true)`)
  const { rows } = await client.query<{ value: Buffer }>(
    'select value from settings where name = $1',
    [masterKeyCheck],
  )
  await client.query(`select set_config('role', 'none', true)`)
  return rows[0]?.value ?? null
}
