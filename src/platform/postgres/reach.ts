// From a data directory in any state to a superuser's session on its running server.
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { type Installation, labelOf } from './binaries.ts'
import { type Cluster, readCluster } from './cluster.ts'
import { EmbeddedPostgresError, useDatabaseUrl } from './error.ts'
import { noticing } from './notice.ts'
import { clearAway, findPostmaster, type Postmaster, stopPostmaster } from './postmaster.ts'
import { processEnded } from './process.ts'
import { type ServerOptions, startServer } from './server.ts'
import { openSession, type Refusal, type Session } from './session.ts'

/** Its session holds the shared lock of the members. */
export interface Reached extends Session {
  cluster: Cluster
  socketDirectory: string
  source: Installation['source']
  version: string
}

export interface ReachOptions {
  /**
   * The first time a node may create the database, and replaces a running server of another
   * version. Afterwards it does neither: two versions would drive each other out for ever, and
   * a directory that was deleted under us must not come back empty.
   */
  first: boolean
  signal: AbortSignal
}

/** An arbitrary number, ours in the database `postgres`. */
export const membersLock = 7_021_894_113

const reachMs = 14 * 60_000
const stopMs = 60_000
/** A server that is ready but has no socket that we can see is given this long. */
const unseenMs = 1_000
/** A shutdown that waits for its clients to leave by themselves is then made a fast one. */
const stoppingMs = 1_000

/** Only under the mutex. Throws EmbeddedPostgresError and the signal's reason. */
export async function reachServer(options: ServerOptions, how: ReachOptions): Promise<Reached> {
  const { layout } = options
  const deadline = performance.now() + reachMs
  let state = ''
  const notice = noticing(() => options.log('waiting for the database', { state }))
  while (performance.now() < deadline) {
    how.signal.throwIfAborted()
    const found = await findPostmaster(layout.cluster)
    state = found.state
    notice()
    if (found.state === 'ready') {
      const reached = await adopt(options, found, how)
      if (reached !== null) return reached
    } else if (found.state === 'absent') {
      // A server in another container is no process here, but its socket answers.
      const reached = await connect(options, found)
      if (typeof reached === 'object') return reached
      if (reached === 'nobody') await bringUp(options, found, how.first)
    } else if (found.state === 'stopping' && !(await processEnded(found.pid, stoppingMs))) {
      await stopPostmaster(layout.cluster, stopMs)
    }
    await delay(2)
  }
  throw new EmbeddedPostgresError(
    'postgres_start_failed',
    `the database was not reached within ${reachMs / 60_000} minutes`,
    `see ${layout.log}, or ${useDatabaseUrl}`,
  )
}

/** Null where the server has to be looked at again. */
async function adopt(
  options: ServerOptions,
  found: Postmaster,
  how: ReachOptions,
): Promise<Reached | null> {
  const deadline = performance.now() + unseenMs
  let reached = await connect(options, found)
  while (reached === 'nobody' && performance.now() < deadline) {
    how.signal.throwIfAborted()
    await delay(20)
    reached = await connect(options, found)
  }
  if (reached === 'not-yet') return null
  if (reached === 'nobody') {
    options.log('the running database has no socket; starting it again')
    await stopPostmaster(options.layout.cluster, stopMs)
    return null
  }
  const wanted = options.installations.find(({ major }) => major === reached.cluster.major)
  if (!how.first || wanted === undefined || !isOtherVersion(reached, wanted)) return reached
  options.log('replacing the running database server', {
    running: labelOf(reached),
    wanted: labelOf(wanted),
  })
  await reached.client.end().catch(() => {})
  await stopPostmaster(options.layout.cluster, stopMs)
  return null
}

/** Where the sources differ, one node may see what another does not: then the running one stays. */
function isOtherVersion(running: Pick<Reached, 'source' | 'version'>, wanted: Installation) {
  return running.source === wanted.source && running.version !== wanted.version
}

async function connect(
  { layout }: ServerOptions,
  { socketDirectory }: Postmaster,
): Promise<Reached | Refusal> {
  const cluster = readCluster(layout.cluster)
  if (cluster === null) return 'nobody'
  // The second where the directory was moved, or is seen by another path, since the start.
  const places = new Set([layout.socketDirectory, socketDirectory ?? layout.socketDirectory])
  for (const place of places) {
    const session = await openSession(place, cluster.passwords.superuser)
    if (session === 'nobody') continue
    if (session === 'not-yet') return session
    const binaries = await register(session.client)
    if (binaries === null) return 'not-yet'
    return { ...session, cluster, socketDirectory: place, ...binaries }
  }
  return 'nobody'
}

/** Joins the members in the moment of adoption; null where the server died in that moment. */
async function register(client: pg.Client): Promise<Pick<Reached, 'source' | 'version'> | null> {
  const statement = `select pg_advisory_lock_shared($1),
                            current_setting('panthera.binaries', true) as label,
                            current_setting('server_version') as version`
  try {
    const { rows } = await client.query(statement, [membersLock])
    const [source, version] = String(rows[0]?.label ?? '').split('/')
    if (source === 'embedded' && version !== undefined) return { source, version }
    return { source: 'system', version: version ?? String(rows[0]?.version) }
  } catch {
    await client.end().catch(() => {})
    return null
  }
}

async function bringUp(options: ServerOptions, found: Postmaster, first: boolean): Promise<void> {
  const { layout, log } = options
  if (readCluster(layout.cluster) !== null) {
    const leftover = found.state === 'absent' ? found.leftover : null
    if (leftover !== null) log('the database was not stopped in order', { left: leftover })
    await clearAway(layout.cluster, layout.socketDirectory)
  } else if (!first) {
    throw new EmbeddedPostgresError(
      'postgres_cluster_damaged',
      `${layout.cluster} is gone`,
      'restore a backup with panthera restore and start again',
    )
  }
  await startServer(options)
}
