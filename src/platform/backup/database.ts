// Sessions in the database of an installation, whether its server runs or not.
import pg from 'pg'
import { embeddedCluster } from '../installation/embedded.ts'
import type { Place } from '../installation/place.ts'
import { startPostgres } from '../postgres/index.ts'
import { BackupError } from './error.ts'

export interface OpenedDatabase {
  connect(): Promise<pg.Client>
  /** Closes the sessions, too. */
  close(): Promise<void>
}

/**
 * Joins the embedded server, or starts it. Without `create` a data directory that has no database
 * is a BackupError; with it, it gets one.
 */
export async function openDatabase(
  place: Place,
  { create, log }: { create: boolean; log: (line: string) => void },
): Promise<OpenedDatabase> {
  const { databaseUrl, dataDir } = place
  const clients: pg.Client[] = []
  const closeClients = async () => {
    for (const client of clients) await client.end().catch(() => {})
  }
  if (databaseUrl !== null) {
    const connect = () => openSession({ connectionString: databaseUrl }, clients)
    return { connect, close: closeClients }
  }
  if (!create && embeddedCluster(dataDir) === null) {
    throw new BackupError(
      `there is no installation in ${dataDir}`,
      'set PANTHERA_DATA_DIR to its data directory, or DATABASE_URL to its database',
    )
  }
  const postgres = await startPostgres({ dataDir, log })
  return {
    connect: () => openSession(postgres.connection, clients),
    async close() {
      await closeClients()
      await postgres.stop()
    },
  }
}

async function openSession(config: pg.ClientConfig, clients: pg.Client[]): Promise<pg.Client> {
  const client = new pg.Client({ ...config, application_name: 'panthera backup' })
  clients.push(client)
  // A lost session fails the next statement; without a listener it would end the process.
  client.on('error', () => {})
  await client.connect()
  return client
}

/**
 * Begins a transaction in which values are written and read as pg_dump does it: exactly, whatever
 * the server or the role prefer. Settings end with the transaction, so that a pooler may stand
 * between.
 */
export async function begin(client: pg.Client, mode: string): Promise<void> {
  await client.query(`begin ${mode};
    set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres';
    set local timezone = 'UTC'; set local extra_float_digits = 1;
    set local bytea_output = 'hex'; set local xmloption = 'content';
    set local statement_timeout = 0; set local lock_timeout = 0;
    set local idle_in_transaction_session_timeout = 0`)
}
