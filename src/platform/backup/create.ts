// Makes a backup: everything of one moment, while the installation runs or while it does not.
import type pg from 'pg'
import { version } from '../../version.ts'
import type { Place } from '../installation/place.ts'
import { migrationLock } from '../migrate.ts'
import { listArtefacts, openArtefact } from './artefact-files.ts'
import { begin, openDatabase } from './database.ts'
import type { Entry, Manifest } from './entries.ts'
import { BackupError } from './error.ts'
import { writeBackupFile } from './file.ts'
import { includedMasterKey } from './master-key.ts'
import {
  openSnapshot,
  readRows,
  readSequences,
  referredArtefacts,
  type Snapshot,
} from './snapshot.ts'
import { checkReaders, listTables, type Table } from './tables.ts'

export interface CreateOptions {
  place: Place
  path: string
  passphrase: string
  /** Without it the values that it seals open only where the same key is set. */
  includeMasterKey: boolean
  onProgress: (progress: Progress) => void
  log: (line: string) => void
  signal?: AbortSignal
}

export interface Progress {
  /** The table at work, or `artefacts`. */
  at: string
  /** How many of its rows are done. */
  rows: number
}

export interface Created {
  bytes: number
  rows: number
  artefacts: number
  /** Artefacts that rows refer to and that the data directory lacks, or has damaged. */
  missing: string[]
}

/** Throws BackupError; then there is no file, or the one that was there before. */
export async function createBackup(options: CreateOptions): Promise<Created> {
  const { place, path, passphrase, log, signal } = options
  const database = await openDatabase(place, { create: false, log })
  try {
    const guard = await database.connect()
    // Nobody migrates meanwhile: a table that is rewritten looks empty to older snapshots.
    await begin(guard, '')
    await guard.query(`select pg_advisory_xact_lock_shared(${migrationLock})`)
    const client = await database.connect()
    await begin(client, 'isolation level repeatable read read only')
    const counted: Counted = { rows: {}, artefacts: new Set(), missing: [] }
    const entries = entriesOf({ client, options, counted })
    const bytes = await writeBackupFile(path, passphrase, entries, signal)
    const rows = Object.values(counted.rows).reduce((sum, count) => sum + count, 0)
    return { bytes, rows, artefacts: counted.artefacts.size, missing: counted.missing }
  } finally {
    await database.close()
  }
}

interface Counted {
  rows: Record<string, number>
  artefacts: Set<string>
  missing: string[]
}

interface Making {
  client: pg.Client
  options: CreateOptions
  counted: Counted
}

async function* entriesOf(making: Making): AsyncGenerator<Entry> {
  const { client, options, counted } = making
  const manifest = await readLevel(client)
  const tables = await listTables(client)
  checkReaders(tables)
  const described = tables.map(({ name, columns }) => ({
    name,
    columns: columns.map((column) => column.name),
  }))
  yield { kind: 'manifest', value: { ...manifest, tables: described } }
  if (options.includeMasterKey) {
    const key = await includedMasterKey(client, options.place)
    yield { kind: 'master_key', value: { base64: key.toString('base64') } }
  }
  const snapshot = await openSnapshot(client)
  for (const table of tables) yield* tableEntries(making, snapshot, table)
  const referred = await referredArtefacts(snapshot, tables)
  yield { kind: 'sequences', value: await readSequences(snapshot) }
  yield* artefactEntries(making)
  counted.missing = [...referred].filter((sha256) => !counted.artefacts.has(sha256)).sort()
  yield { kind: 'end', value: { rows: counted.rows, artefacts: counted.artefacts.size } }
}

async function readLevel(client: pg.Client): Promise<Omit<Manifest, 'tables'>> {
  const { rows: level } = await client.query<{ exists: boolean; postgres: string }>(`
    select to_regclass('public.schema_migrations') is not null as exists,
      current_setting('server_version') as postgres`)
  if (level[0]?.exists !== true) {
    throw new BackupError(
      'the database holds no installation of Panthera',
      'set DATABASE_URL or PANTHERA_DATA_DIR to the one that is to be backed up',
    )
  }
  const { rows: migrations } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from schema_migrations order by name',
  )
  const created_at = new Date().toISOString()
  return { created_at, panthera: version, postgres: level[0].postgres, migrations }
}

async function* tableEntries(
  { counted, options }: Making,
  snapshot: Snapshot,
  table: Table,
): AsyncGenerator<Entry> {
  const { name } = table
  yield { kind: 'table', value: { name } }
  let rows = 0
  for await (const batch of readRows(snapshot, table)) {
    rows += batch.rows
    options.onProgress({ at: name, rows })
    yield { kind: 'rows', json: batch.json }
  }
  counted.rows[name] = rows
}

async function* artefactEntries({ counted, options }: Making): AsyncGenerator<Entry> {
  const { dataDir } = options.place
  for (const sha256 of await listArtefacts(dataDir)) {
    const file = await openArtefact(dataDir, sha256)
    if (file === null) continue
    try {
      // A damaged one would make the whole backup one that cannot be restored.
      if (!(await file.isWhole())) continue
      yield { kind: 'artefact', value: { sha256, bytes: file.bytes } }
      for await (const bytes of file.pieces()) yield { kind: 'content', bytes }
    } finally {
      await file.close()
    }
    counted.artefacts.add(sha256)
    options.onProgress({ at: 'artefacts', rows: counted.artefacts.size })
  }
}
