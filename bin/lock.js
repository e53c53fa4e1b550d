// A lock between processes, as a file: it says who holds it, and the lock of a dead one is taken.
import { randomBytes } from 'node:crypto'
import {
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 100
const beatMs = 2_000
/** A holder on another host (a shared folder) cannot be asked; it is dead when it stops beating. */
const silentMsMax = 30_000

/**
 * Runs `action(holdAlso)` while no other process holds `file`; calls `onWait(pid)` once if it
 * must wait. `holdAlso(pid)` lets a child hold the lock too, should it outlive this process.
 */
export async function withLock(file, onWait, action) {
  let waited = false
  while (!acquire(file)) {
    const lock = read(file)
    if (lock === undefined) continue
    if (isDead(file, lock)) {
      removeStale(file, lock.text)
    } else if (!waited) {
      waited = true
      onWait(lock.holders[0].pid)
    }
    await sleep(pollMs)
  }
  const beat = setInterval(() => touch(file), beatMs)
  beat.unref()
  try {
    return await action((pid) => write(file, [process.pid, pid]))
  } finally {
    clearInterval(beat)
    rmSync(file, { force: true })
  }
}

// Written aside and linked, so that nobody ever reads a lock without its holder in it.
function acquire(file) {
  const aside = asideOf(file, [process.pid])
  try {
    linkSync(aside, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function write(file, pids) {
  renameSync(asideOf(file, pids), file)
}

function asideOf(file, pids) {
  const aside = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`
  const holders = pids.map((pid) => ({ pid, start: startOf(pid) }))
  writeFileSync(aside, JSON.stringify({ host: hostname(), holders }), { flag: 'wx' })
  return aside
}

function read(file) {
  try {
    const text = readFileSync(file, 'utf8')
    return { ...JSON.parse(text), text }
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw new Error(`the lock ${file} cannot be read (${error.message}): remove it and try again`)
  }
}

function isDead(file, { host, holders }) {
  if (host !== hostname()) return ageMs(file) > silentMsMax
  return !holders.some(isAlive)
}

function isAlive({ pid, start }) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code === 'ESRCH') return false
  }
  return startOf(pid) === start
}

/**
 * Only under a second lock, and only if the lock is still the dead one's: two takers must not
 * remove each other's fresh lock. The second is held for three system calls, so an old one is dead.
 */
function removeStale(file, text) {
  const guard = `${file}.taking`
  try {
    writeFileSync(guard, '', { flag: 'wx' })
  } catch {
    if (ageMs(guard) > silentMsMax) rmSync(guard, { force: true })
    return
  }
  try {
    if (read(file)?.text === text) rmSync(file, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}

/** When a process started, so that a reused pid is told apart; a zombie counts as none. */
function startOf(pid) {
  if (process.platform !== 'linux') return ''
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? 'zombie' : fields[19]
  } catch {
    return 'gone'
  }
}

function ageMs(file) {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

function touch(file) {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch {
    // Removed under us: nothing to keep alive.
  }
}
