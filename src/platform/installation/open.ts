// An installation's database for a command of the operator, whether the server runs or not.
import { type Connection, type Database, openDatabase, sql } from '../db.ts'
import { MigrationError, readMigrations } from '../migrate.ts'
import { EmbeddedPostgresError, startPostgres } from '../postgres/index.ts'
import { embeddedCluster } from './embedded.ts'
import type { Place } from './place.ts'

/**
 * Joins the embedded server, or starts it for the time of the work. Throws EmbeddedPostgresError
 * where there is no database yet, and MigrationError where it is not of this version.
 */
export async function withInstallation<Result>(
  place: Place,
  log: (line: string) => void,
  work: (db: Database) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, dataDir } = place
  if (databaseUrl !== null) return withDatabase(databaseUrl, work)
  if (embeddedCluster(dataDir) === null) {
    throw new EmbeddedPostgresError(
      'postgres_data_dir_unusable',
      `there is no installation in ${dataDir}`,
      'set PANTHERA_DATA_DIR to its data directory, or DATABASE_URL to its database',
    )
  }
  const postgres = await startPostgres({ dataDir, log })
  try {
    return await withDatabase(postgres.connection, work)
  } finally {
    await postgres.stop()
  }
}

async function withDatabase<Result>(
  connection: Connection,
  work: (db: Database) => Promise<Result>,
): Promise<Result> {
  // A lost connection fails what is being asked.
  const db = openDatabase({ connection, connectionsMax: 2, onError: () => undefined })
  try {
    await requireThisVersion(db)
    return await work(db)
  } finally {
    await db.close()
  }
}

async function requireThisVersion({ pool }: Database): Promise<void> {
  const { rows: ledger } = await pool.query(sql`select to_regclass('schema_migrations') as there`)
  if (ledger[0]?.there === null) {
    throw new MigrationError('the database holds no installation of Panthera')
  }
  const { rows } = await pool.query<{ name: string }>(sql`select name from schema_migrations`)
  const applied = rows.map(({ name }) => name).sort()
  const known = readMigrations().map(({ name }) => name)
  if (applied.join() === known.join()) return
  throw new MigrationError(
    'the database is of another version of Panthera: use the panthera that serves it',
  )
}
