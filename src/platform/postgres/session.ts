// The launcher's own sessions: as superuser, through the socket, in the database `postgres`.
import pg from 'pg'
import { isErrno } from '../files.ts'
import { superuser } from './cluster.ts'
import { EmbeddedPostgresError, useDatabaseUrl } from './error.ts'
import { socketPort } from './layout.ts'

/** `nobody` listens there; the server is there, but takes sessions `not-yet` or no more. */
export type Refusal = 'nobody' | 'not-yet'

export interface Session {
  client: pg.Client
  /** Resolves when the session is over, for whatever reason, also before anybody asks. */
  ended: Promise<void>
}

/** Tries once. Throws where a server answers that is not ours. */
export async function openSession(
  socketDirectory: string,
  password: string,
): Promise<Session | Refusal> {
  const client = new pg.Client({
    host: socketDirectory,
    port: socketPort,
    user: superuser,
    password,
    database: 'postgres',
    // Stated, because pg would else take both from the environment (PGSSLMODE, PGOPTIONS).
    ssl: false,
    options: '-c idle_session_timeout=0 -c statement_timeout=0',
    application_name: 'panthera launcher',
    connectionTimeoutMillis: 10_000,
  })
  const ended = new Promise<void>((resolve) => {
    client.once('end', () => resolve())
  })
  // A lost session shows in `ended`; without a listener `error` would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    return { client, ended }
  } catch (error) {
    await client.end().catch(() => {})
    return refusalOf(error, socketDirectory)
  }
}

/** PostgreSQL's error codes (its manual, appendix A). */
const cannotConnectNow = '57P03'
const tooManyConnections = '53300'
const wrongPassword = ['28P01', '28000']

function refusalOf(error: unknown, socketDirectory: string): Refusal {
  if (isErrno(error, 'ENOENT') || isErrno(error, 'ECONNREFUSED')) return 'nobody'
  if (isErrno(error, cannotConnectNow) || isErrno(error, tooManyConnections)) return 'not-yet'
  if (wrongPassword.some((code) => isErrno(error, code))) {
    throw new EmbeddedPostgresError(
      'postgres_start_failed',
      `the server at ${socketDirectory} refuses the launcher's password`,
      `stop that server, or restore panthera-passwords.json from a backup, or ${useDatabaseUrl}`,
      error,
    )
  }
  // It broke off in the middle of the greeting, as a server does that is shutting down.
  return 'not-yet'
}
