// The embedded database: a real PostgreSQL that starts with the first node and stops with the
// last, on a private socket in the data directory.
import { findInstallations } from './binaries.ts'
import { database, owner } from './cluster.ts'
import * as databases from './databases.ts'
import { EmbeddedPostgresError, useDatabaseUrl } from './error.ts'
import { openLayout, socketPort } from './layout.ts'
import { pruneLogFiles } from './log-files.ts'
import { join } from './membership.ts'
import type { Log } from './server.ts'
import { checkSettings, type Settings } from './settings.ts'

export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './error.ts'
export { type PostgresProbe, probePostgres } from './probe.ts'

export interface EmbeddedPostgres {
  /** For `pg`, as the role that owns the database; `host` is the socket's directory. */
  connection: Connection
  source: 'embedded' | 'system'
  /** Of the embedded package, such as `18.4.0-beta.17`, or of the system's server: `15.18`. */
  version: string
  /** Creates database `name`, owned by the same role, where it is absent. */
  createDatabase(name: string, template?: string): Promise<Connection>
  /** Closes the sessions that are in it; one that does not exist is no error. */
  dropDatabase(name: string): Promise<void>
  /**
   * Leaves; the last node stops the server. A node that dies without leaving is not counted, and
   * the server that it may leave behind is adopted by the next.
   */
  stop(): Promise<void>
}

export interface Connection {
  host: string
  port: number
  user: string
  password: string
  database: string
  /** Stated, because `pg` would else follow PGSSLMODE. */
  ssl: false
}

export interface StartOptions {
  /** Relative paths count from the working directory. */
  dataDir: string
  log?: Log
  /** PostgreSQL's settings over our defaults; they hold when this call starts the server. */
  settings?: Settings
}

/**
 * Starts the data directory's server, or joins the one that runs. It is brought back when it dies
 * while a node uses it. Throws EmbeddedPostgresError.
 */
export async function startPostgres(options: StartOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log = () => {}, settings = {} } = options
  if (process.platform !== 'linux') {
    const message = `the embedded database runs on Linux only, and this is ${process.platform}`
    throw new EmbeddedPostgresError('postgres_unavailable', message, useDatabaseUrl)
  }
  checkSettings(settings)
  const layout = await openLayout(dataDir)
  const installations = await findInstallations()
  const member = await join({ layout, installations, settings, log })
  const stopPruning = pruneLogFiles(layout.log)
  const { socketDirectory: host, source, version } = member
  const { passwords } = member.cluster
  const connectionTo = (name: string): Connection => ({
    host,
    port: socketPort,
    user: owner,
    password: passwords.owner,
    database: name,
    ssl: false,
  })
  return {
    connection: connectionTo(database),
    source,
    version,
    async createDatabase(name, template) {
      await databases.createDatabase(host, passwords.superuser, name, template)
      return connectionTo(name)
    },
    dropDatabase: (name) => databases.dropDatabase(host, passwords.superuser, name),
    async stop() {
      stopPruning()
      await member.leave()
    },
  }
}
