// What `postmaster.pid` says about a data directory, checked against the processes there are.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isErrno } from '../files.ts'
import { socketName } from './layout.ts'
import { isServerOf, processEnded, processState, sendSignal, serversOf } from './process.ts'

export type Postmaster =
  /** No server of this machine works here; `leftover` says what the file still claims. */
  | { state: 'absent'; leftover: string | null; socketDirectory: string | null }
  | { state: 'starting' | 'ready' | 'stopping'; pid: number; socketDirectory: string | null }

/** Lines of the file (PostgreSQL's src/include/utils/pidfile.h), counted from zero. */
const line = { pid: 0, socketDirectory: 4, status: 7 }

export async function findPostmaster(cluster: string): Promise<Postmaster> {
  const lines = await pidFileLines(cluster)
  const socketDirectory = lines?.[line.socketDirectory]?.trim() || null
  if (lines === null) return { state: 'absent', leftover: null, socketDirectory }
  // A stand-alone backend writes its process id as a negative number.
  const pid = Math.abs(Number.parseInt(lines[line.pid] ?? '', 10))
  if (!Number.isSafeInteger(pid) || pid < 2) {
    return { state: 'absent', leftover: 'no process id', socketDirectory }
  }
  const state = processState(pid)
  if (state !== 'running') {
    return { state: 'absent', leftover: `process ${pid}, ${state}`, socketDirectory }
  }
  if (!isServerOf(pid, cluster)) {
    const leftover = `process ${pid}, not a server of this data directory`
    return { state: 'absent', leftover, socketDirectory }
  }
  const status = lines[line.status]?.trim()
  if (status === 'stopping') return { state: 'stopping', pid, socketDirectory }
  return { state: status === 'ready' ? 'ready' : 'starting', pid, socketDirectory }
}

/**
 * Makes way for a new server where findPostmaster said `absent` and nobody answers. Backends
 * outlive a killed postmaster while they compute, and PostgreSQL rightly refuses to start beside
 * them; it also refuses for ever beside a zombie or a stranger that bears a process id of old,
 * in `postmaster.pid` as in the lock of the socket.
 */
export async function clearAway(cluster: string, socketDirectory: string): Promise<void> {
  for (const pid of serversOf(cluster)) {
    sendSignal(pid, 'SIGKILL')
    await processEnded(pid, 10_000)
  }
  const socket = join(socketDirectory, socketName)
  for (const leftover of [join(cluster, 'postmaster.pid'), socket, `${socket}.lock`]) {
    await rm(leftover, { force: true })
  }
}

/**
 * Stops the server of this data directory: running transactions are rolled back, sessions closed
 * and everything is written ("fast shutdown"). False where it still runs after `timeoutMs`.
 */
export async function stopPostmaster(cluster: string, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await findPostmaster(cluster)
    if (found.state === 'absent') return true
    sendSignal(found.pid, 'SIGINT')
    // A postmaster that is just starting may miss the first signal.
    const left = deadline - performance.now()
    if (await processEnded(found.pid, Math.min(1_000, left))) return true
    if (performance.now() >= deadline) return false
    await delay(5)
  }
}

async function pidFileLines(cluster: string): Promise<string[] | null> {
  try {
    return (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}
