// Who this process is, so that a lease of a dead one is taken over at once and not after a wait.
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export interface NodeIdentity {
  /** `<host>/<pid>/<start time>`. */
  id: string
  /** True only where the holder is certainly gone: a process of this host that no longer runs. */
  isGone(id: string): boolean
}

export function identifyNode(): NodeIdentity {
  const host = hostIdentity()
  return {
    id: `${host}/${process.pid}/${startTime(process.pid) ?? '0'}`,
    isGone(id) {
      const [otherHost, pid, started] = id.split('/')
      if (otherHost !== host || pid === undefined) return false
      return startTime(Number(pid)) !== started
    },
  }
}

/** The boot and the process namespace: two containers of one machine do not share their pids. */
function hostIdentity(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 13)
    const namespace = readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')
    return `${hostname()}-${boot}-${namespace}`
  } catch {
    return hostname()
  }
}

/** Start time in ticks since boot (proc(5), field 22); null where there is no such process. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is a name in parentheses, which may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const state = fields[0]
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? null)
  } catch {
    return aliveElsewhere(pid) ? '0' : null
  }
}

/** Where there is no /proc, a signal that does nothing tells whether the process lives. */
function aliveElsewhere(pid: number): boolean {
  if (process.platform === 'linux') return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
