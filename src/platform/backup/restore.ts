// Restores a backup into an empty installation: all of it or nothing, in one transaction.
import type pg from 'pg'
import { type Artefacts, createArtefacts } from '../artefacts.ts'
import type { Place } from '../installation/place.ts'
import { ensureRoles, migrationLock } from '../migrate.ts'
import { artefactsDirectory, hasArtefact } from './artefact-files.ts'
import { type Contents, readContents, type Visitor } from './contents.ts'
import type { Progress } from './create.ts'
import { begin, openDatabase } from './database.ts'
import type { Manifest } from './entries.ts'
import { type BackupFile, openBackupFile } from './file.ts'
import { liftGuards } from './guards.ts'
import { applyAll, checkEmpty, type Levels, levelsOf } from './level.ts'
import { type Loader, openLoader } from './load.ts'
import { type MasterKeyState, settleMasterKey } from './master-key.ts'

export interface RestoreOptions {
  place: Place
  path: string
  passphrase: string
  onProgress: (progress: Progress) => void
  log: (line: string) => void
  signal?: AbortSignal
}

export interface Restored extends Contents {
  masterKeyState: MasterKeyState
  /** Migrations that were applied after those of the backup. */
  migrated: string[]
}

/** Reads all of a backup and changes nothing. Throws BackupError where it is not whole. */
export async function checkBackup(
  options: Pick<RestoreOptions, 'path' | 'passphrase' | 'signal'>,
): Promise<Contents> {
  const file = await openBackupFile(options.path, options.passphrase)
  try {
    const contents = await readContents(file, stoppable(options.signal))
    levelsOf(contents.manifest)
    return contents
  } finally {
    await file.close()
  }
}

/**
 * Throws BackupError, EmbeddedPostgresError or MigrationError. Whatever stops it, also a crash,
 * leaves no row behind: the same place can be restored into again.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const file = await openBackupFile(options.path, options.passphrase)
  try {
    // Once in advance, so that a damaged file does not even create a data directory.
    const { manifest } = await readContents(file, stoppable(options.signal))
    const levels = levelsOf(manifest)
    const { place, log } = options
    const database = await openDatabase(place, { create: true, log })
    try {
      const client = await database.connect()
      await ensureRoles(client)
      const restored = await restoreInto({ client, file, manifest, levels, options })
      // Only makes the first queries fast; it is all there already.
      await client.query('analyze').catch(() => {})
      return restored
    } finally {
      await database.close()
    }
  } finally {
    await file.close()
  }
}

interface Restoring {
  client: pg.Client
  file: BackupFile
  manifest: Manifest
  levels: Levels
  options: RestoreOptions
}

async function restoreInto(restoring: Restoring): Promise<Restored> {
  const { client, file, manifest, levels, options } = restoring
  const { place } = options
  const artefacts = createArtefacts(artefactsDirectory(place.dataDir))
  const added: string[] = []
  try {
    await begin(client, '')
    await client.query(`select pg_advisory_xact_lock(${migrationLock})`)
    await checkEmpty(client)
    await applyAll(client, levels.recorded)
    const putBack = await liftGuards(client)
    const loader = await openLoader(client, manifest)
    const contents = await readContents(file, loading({ loader, artefacts, added, options }))
    await loader.check(contents.end)
    for (const statement of putBack) await client.query(statement)
    await applyAll(client, levels.newer)
    const masterKeyState = await settleMasterKey(client, place, contents.masterKey)
    const migrated = levels.newer.map(({ name }) => name)
    // From here on it may be committed, also where no answer comes.
    added.length = 0
    await client.query('commit')
    return { ...contents, masterKeyState, migrated }
  } catch (error) {
    for (const sha256 of added) await artefacts.delete(sha256)
    throw error
  }
}

function loading(parts: {
  loader: Loader
  artefacts: Artefacts
  added: string[]
  options: RestoreOptions
}): Visitor {
  const { loader, artefacts, added, options } = parts
  const { place, signal, onProgress } = options
  let done = { at: '', rows: 0 }
  const progress = (at: string, rows: number) => {
    done = { at, rows: done.at === at ? done.rows + rows : rows }
    onProgress(done)
  }
  return {
    async rows(table, json) {
      signal?.throwIfAborted()
      progress(table, await loader.rows(table, json))
    },
    sequences: loader.sequences,
    async artefact({ sha256, bytes }, content) {
      signal?.throwIfAborted()
      if (!(await hasArtefact(place.dataDir, sha256))) added.push(sha256)
      await artefacts.put(content, { bytesMax: bytes })
      progress('artefacts', 1)
    },
  }
}

function stoppable(signal: AbortSignal | undefined): Visitor {
  return { rows: async () => signal?.throwIfAborted() }
}
