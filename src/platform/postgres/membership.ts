// Which nodes use a server: each holds one session with a shared advisory lock, which PostgreSQL
// frees however the node ends. The last one to leave stops the server.
import { rmdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Layout } from './layout.ts'
import { withMutex } from './mutex.ts'
import { stopPostmaster } from './postmaster.ts'
import { membersLock, type Reached, reachServer } from './reach.ts'
import type { ServerOptions } from './server.ts'

export interface Membership extends Omit<Reached, 'client' | 'ended'> {
  /** Leaves once; the last one stops the server. */
  leave(): Promise<void>
}

const joinMs = 15 * 60_000
/** A stop of the whole program has ten seconds. */
const leaveMs = 6_000

/** Starts the server or adopts the one that runs, and stays with it until `leave`. */
export async function join(options: ServerOptions): Promise<Membership> {
  const { layout, log } = options
  const leaving = new AbortController()
  let client: pg.Client | null = null
  let rejoining: Promise<void> = Promise.resolve()

  async function enter(first: boolean): Promise<Reached> {
    const mutex = { timeoutMs: joinMs, onWait: waitingFor(log), signal: leaving.signal }
    const reached = await withMutex(layout.mutexName, mutex, () =>
      reachServer(options, { first, signal: leaving.signal }),
    )
    if (leaving.signal.aborted) {
      await reached.client.end().catch(() => {})
      throw leaving.signal.reason
    }
    client = reached.client
    void reached.ended.then(() => {
      client = null
      if (!leaving.signal.aborted) rejoining = rejoin()
    })
    return reached
  }

  /** Another node may stop a server of an older version, and any server may be killed. */
  async function rejoin(): Promise<void> {
    log('the database went away; bringing it back')
    for (let pauseMs = 50; !leaving.signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        await enter(false)
        return
      } catch (error) {
        if (leaving.signal.aborted) return
        log('the database is still away', { reason: String(error) })
        await pause(pauseMs, leaving.signal)
      }
    }
  }

  async function leave(): Promise<void> {
    const deadline = performance.now() + leaveMs
    const leftMs = () => Math.max(0, deadline - performance.now())
    leaving.abort(new Error('this node is leaving'))
    await Promise.race([rejoining, delay(leftMs(), undefined, { ref: false })])
    try {
      const mutex = { timeoutMs: leftMs(), onWait: waitingFor(log) }
      await withMutex(layout.mutexName, mutex, async () => {
        if (client === null || !(await isLast(client))) return
        const stopped = await stopPostmaster(layout.cluster, leftMs())
        log(stopped ? 'database stopped' : 'the database is still stopping')
        if (stopped) removeShortDirectory(layout)
      })
    } catch (error) {
      // Never worse than a crash: the session ends, and the next node adopts the server.
      log('left the database as it is', { reason: String(error) })
    } finally {
      await client?.end().catch(() => {})
    }
  }

  const { client: _client, ended: _ended, ...reached } = await enter(true)
  let left: Promise<void> | null = null
  return {
    ...reached,
    leave() {
      left ??= leave()
      return left
    },
  }
}

/** One's own shared lock does not stand against one's own exclusive one. */
async function isLast(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query('select pg_try_advisory_lock($1) as last', [membersLock])
  return rows[0]?.last === true
}

/** The one that lies outside the data directory, because that path is too long for a socket. */
function removeShortDirectory({ root, socketDirectory }: Layout): void {
  if (socketDirectory.startsWith(root)) return
  try {
    rmdirSync(socketDirectory)
  } catch {
    // It only costs an empty folder.
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { ref: false, signal }).catch(() => {})
}

function waitingFor(log: ServerOptions['log']): (holder: string) => void {
  return (holder) => log('waiting for a process that starts or stops the database', { pid: holder })
}
