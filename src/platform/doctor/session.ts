// A session in the installation's database that changes nothing, where there is a database.
import pg from 'pg'
import { embeddedCluster } from '../installation/embedded.ts'
import type { Place } from '../installation/place.ts'
import { database, owner, readCluster } from '../postgres/cluster.ts'
import { startPostgres } from '../postgres/index.ts'
import { socketPort } from '../postgres/layout.ts'
import { findPostmaster } from '../postgres/postmaster.ts'

export interface Session {
  client: pg.Client
  /** Whose server it is, and whether it was started for this. */
  server: 'own' | 'running' | 'started'
  close(): Promise<void>
}

const connectMs = 5_000
const statementMs = 10_000

/**
 * Null where the embedded database was not made yet. A running server is only asked; one at rest
 * is started and stopped again. Throws what keeps it from being reached.
 */
export async function openSession({ databaseUrl, dataDir }: Place): Promise<Session | null> {
  if (databaseUrl !== null) {
    const client = await connect({ connectionString: databaseUrl })
    return { client, server: 'own', close: () => client.end() }
  }
  const cluster = embeddedCluster(dataDir)
  if (cluster === null) return null
  const running = await findPostmaster(cluster)
  if (running.state === 'ready' && running.socketDirectory !== null) {
    const password = readCluster(cluster)?.passwords.owner ?? ''
    const host = running.socketDirectory
    const client = await connect({ host, port: socketPort, user: owner, password, database })
    return { client, server: 'running', close: () => client.end() }
  }
  const postgres = await startPostgres({ dataDir })
  try {
    const client = await connect(postgres.connection)
    const close = async () => {
      await client.end()
      await postgres.stop()
    }
    return { client, server: 'started', close }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({
    ...config,
    application_name: 'panthera doctor',
    connectionTimeoutMillis: connectMs,
  })
  // A lost session fails the next statement; without a listener it would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}

/** One transaction that can only read, under a role of ours or the one that logged in. */
export async function reading<Result>(
  { client }: Session,
  role: 'none' | 'panthera_system',
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  await client.query(`begin read only; set local statement_timeout = ${statementMs};
    select set_config('role', '${role}', true)`)
  try {
    return await work(client)
  } finally {
    await client.query('rollback')
  }
}
