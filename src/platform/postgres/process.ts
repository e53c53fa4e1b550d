// What /proc tells about a process (proc(5)), and waiting for its end.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** A zombie has ended, and only waits for a parent that may never ask. */
export function processState(pid: number): 'running' | 'zombie' | 'gone' {
  const stat = readProc(pid, 'stat')
  if (stat === null) return 'gone'
  // The name stands in parentheses and may itself hold any character.
  const state = stat.slice(stat.lastIndexOf(')') + 2).charAt(0)
  return state === 'Z' || state === 'X' ? 'zombie' : 'running'
}

/** Whether the process is one of PostgreSQL's that works in this data directory. */
export function isServerOf(pid: number, cluster: string): boolean {
  if (readProc(pid, 'comm')?.trim() !== 'postgres') return false
  try {
    // By inode, so that a data directory that was moved or mounted elsewhere is still known.
    const works = statSync(`/proc/${pid}/cwd`, { bigint: true })
    const ours = statSync(cluster, { bigint: true })
    return works.dev === ours.dev && works.ino === ours.ino
  } catch {
    // Another user's process keeps its directory to itself, its command line it does not.
    return readProc(pid, 'cmdline')?.split('\0').includes(cluster) ?? false
  }
}

/** Every living process of PostgreSQL that works in this data directory. */
export function serversOf(cluster: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids
    .map(Number)
    .filter((pid) => isServerOf(pid, cluster) && processState(pid) === 'running')
}

/** False where the process still runs after `timeoutMs`. */
export async function processEnded(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (processState(pid) === 'running') {
    if (performance.now() >= deadline) return false
    await delay(5)
  }
  return true
}

/** Sends a signal; a process that has already gone is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return
    throw error
  }
}

function readProc(pid: number, file: 'stat' | 'comm' | 'cmdline'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return null
  }
}
