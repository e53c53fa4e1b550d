import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clearAway, findPostmaster } from './postmaster.ts'
import { isServerOf, processEnded, processState } from './process.ts'

describe('findPostmaster', () => {
  it('finds none without the file', async () => {
    const found = await findPostmaster(newCluster())
    expect(found).toEqual({ state: 'absent', leftover: null, socketDirectory: null })
  })

  it('does not believe a file without a process id', async () => {
    const cluster = newCluster()
    writeFileSync(join(cluster, 'postmaster.pid'), 'rubbish\n')
    expect(await findPostmaster(cluster)).toMatchObject({ leftover: 'no process id' })
  })

  it('does not believe a process that is gone', async () => {
    const cluster = newCluster()
    const pid = pidOf(spawn('true'))
    await processEnded(pid, 5_000)
    // Reaped only when the event loop turned.
    while (processState(pid) !== 'gone') await delay(5)
    claim(cluster, pid)
    expect(await findPostmaster(cluster)).toMatchObject({
      state: 'absent',
      leftover: `process ${pid}, gone`,
      socketDirectory: '/run/somewhere',
    })
  })

  it('does not believe a zombie', async () => {
    const cluster = newCluster()
    const pid = await newZombie()
    claim(cluster, pid)
    const leftover = `process ${pid}, zombie`
    expect(await findPostmaster(cluster)).toMatchObject({ state: 'absent', leftover })
  })

  it('does not believe a living stranger, not even one inside the directory', async () => {
    const cluster = newCluster()
    const pid = pidOf(started('sleep', ['60'], cluster))
    claim(cluster, pid)
    const leftover = `process ${pid}, not a server of this data directory`
    expect(await findPostmaster(cluster)).toMatchObject({ state: 'absent', leftover })
    await clearAway(cluster, cluster)
    expect(processState(pid)).toBe('running')
    expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(false)
  })

  it.each([
    ['ready   ', 'ready'],
    ['stopping', 'stopping'],
    ['starting', 'starting'],
    ['', 'starting'],
  ])('reads the status %j of a living server as %s', async (status, state) => {
    const cluster = newCluster()
    const pid = await newServer(cluster)
    claim(cluster, pid, status)
    expect(await findPostmaster(cluster)).toMatchObject({ state, pid })
  })
})

describe('clearAway', () => {
  it('ends backends that their postmaster left behind', async () => {
    const cluster = newCluster()
    const orphan = await newServer(cluster)
    const elsewhere = await newServer(newCluster())
    writeFileSync(join(cluster, '.s.PGSQL.5432.lock'), '1\n')
    await clearAway(cluster, cluster)
    expect(existsSync(join(cluster, '.s.PGSQL.5432.lock'))).toBe(false)
    expect(processState(orphan)).not.toBe('running')
    expect(processState(elsewhere)).toBe('running')
  })
})

function newCluster(): string {
  const directory = mkdtempSync(join(tmpdir(), 'panthera-postmaster-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function claim(cluster: string, pid: number, status = 'ready   '): void {
  const lines = [pid, cluster, 1_700_000_000, 5_432, '/run/somewhere', '', '  1  2', status]
  writeFileSync(join(cluster, 'postmaster.pid'), `${lines.join('\n')}\n`)
}

/** A process that /proc shows under the name of a server, working in the directory. */
async function newServer(cluster: string): Promise<number> {
  const rename = `require('fs').writeFileSync('/proc/self/comm', 'postgres')`
  const child = started(process.execPath, ['-e', `${rename}; setTimeout(() => {}, 60000)`], cluster)
  while (!isServerOf(pidOf(child), cluster)) await delay(5)
  return pidOf(child)
}

/** Its parent became a program that never asks for it. */
async function newZombie(): Promise<number> {
  // It ends once its parent is no shell any more: a shell would clear it away.
  const child = 'until [ "$(cat /proc/$$/comm)" = sleep ]; do sleep 0.01; done'
  const parent = started('sh', ['-c', `(${child}) & echo $!; exec sleep 60`], '/')
  const pid = await new Promise<number>((resolve) => {
    parent.stdout?.once('data', (bytes) => resolve(Number(String(bytes))))
  })
  while (processState(pid) !== 'zombie') await delay(5)
  return pid
}

function started(program: string, args: string[], cwd: string): ChildProcess {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('it did not start')
  return child.pid
}
