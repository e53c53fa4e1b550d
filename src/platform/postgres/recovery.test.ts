import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { findInstallations } from './binaries.ts'
import { type EmbeddedPostgres, startPostgres } from './index.ts'
import { openLayout } from './layout.ts'
import { join as joinServer } from './membership.ts'
import { findPostmaster } from './postmaster.ts'
import { processEnded, processState, sendSignal } from './process.ts'
import {
  clusterOf,
  query,
  removeUsed,
  serverEnded,
  startNode,
  temporaryDataDir,
  usedDataDir,
} from './testing.ts'

afterAll(removeUsed)

describe('after a crash', { timeout: 60_000 }, () => {
  it('keeps what was committed, beside a backend that outlives its postmaster', async () => {
    const dataDir = await usedDataDir()
    const killed = await startNode(dataDir)
    const orphan = await computingBackend(killed)
    await killed.kill()
    await killPostmaster(dataDir)
    expect(processState(orphan)).toBe('running')

    const node = await startPostgres({ dataDir })
    expect(processState(orphan)).not.toBe('running')
    expect(await query(node.connection, 'select answer from kept')).toEqual([{ answer: 42 }])
    await node.stop()
  })

  it('comes back by itself while nodes use it, once for all of them', async () => {
    const dataDir = await usedDataDir()
    const [one, two] = await Promise.all([startPostgres({ dataDir }), startNode(dataDir)])
    await killPostmaster(dataDir)
    expect(await answered(one)).toEqual([{ alive: 1 }])
    // Both are members again: the server stays when one of them leaves.
    while (!two.lines.includes('the database went away; bringing it back')) await delay(10)
    await membersOf(one, 2)
    await one.stop()
    expect(await query(two.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await two.stop()
    await serverEnded(dataDir)
  })

  it('removes a postmaster.pid that names a zombie or a stranger', async () => {
    const dataDir = await usedDataDir()
    const first = await startPostgres({ dataDir })
    await first.stop()
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'])
    onTestFinished(() => {
      parent.kill('SIGKILL')
    })
    const zombie = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (bytes) => resolve(Number(String(bytes))))
    })
    while (processState(zombie) !== 'zombie') await delay(5)
    for (const pid of [zombie, process.pid]) {
      const lines = [pid, clusterOf(dataDir), 1, 5432, first.connection.host, '', '', 'ready']
      writeFileSync(join(clusterOf(dataDir), 'postmaster.pid'), `${lines.join('\n')}\n`)
      const node = await startPostgres({ dataDir })
      expect(await query(node.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
      await node.stop()
    }
  })

  it('creates the database again when it was killed while it did', async () => {
    const dataDir = temporaryDataDir()
    const root = join(dataDir, 'postgres')
    const creating = startNode(dataDir, {
      onSpawn: async (child) => {
        while (!isHalfMade(root)) await delay(2)
        child.kill('SIGKILL')
      },
    })
    await expect(creating).rejects.toThrow('the node ended')

    const node = await startPostgres({ dataDir })
    expect(await query(node.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await node.stop()
  })

  it('clears what a creation left half made', async () => {
    const dataDir = temporaryDataDir()
    const root = join(dataDir, 'postgres')
    mkdirSync(join(root, 'data.new-0123456789ab', 'base'), { recursive: true })
    mkdirSync(join(root, '18.4.0.new-0123456789ab', 'bin'), { recursive: true })
    const node = await startPostgres({ dataDir })
    expect(readdirSync(root).sort()).toEqual([
      node.version,
      'data',
      'id',
      'log',
      'run',
      'start.log',
    ])
    await node.stop()
  })
})

describe('a server in an odd state', { timeout: 60_000 }, () => {
  it('is waited for while it shuts down, then started again', async () => {
    const dataDir = await usedDataDir()
    const killed = await startNode(dataDir)
    const pid = await postmasterOf(dataDir)
    const session = new pg.Client(killed.connection)
    session.on('error', () => {})
    await session.connect()
    // A smart shutdown waits for this session, which would never leave.
    sendSignal(pid, 'SIGTERM')
    while ((await findPostmaster(clusterOf(dataDir))).state !== 'stopping') await delay(5)
    await killed.kill()
    const node = await startPostgres({ dataDir })
    expect(await postmasterOf(dataDir)).not.toBe(pid)
    expect(await query(node.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await node.stop()
  })

  it('is started again when its socket was removed', async () => {
    const dataDir = await usedDataDir()
    const killed = await startNode(dataDir)
    await killed.kill()
    rmSync(join(killed.connection.host, '.s.PGSQL.5432'))
    const node = await startPostgres({ dataDir })
    expect(await query(node.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await node.stop()
  })

  it.skipIf(process.getuid?.() !== 0)('is joined where its processes are unseen', async () => {
    const dataDir = await usedDataDir()
    const node = await startPostgres({ dataDir })
    // As in two containers that share a volume: no common processes, no common abstract sockets.
    const prefix = [
      'unshare',
      '--pid',
      '--net',
      '--fork',
      '--mount',
      '--mount-proc',
      '--kill-child',
    ]
    const contained = await startNode(dataDir, { prefix })
    expect(contained.lines).toEqual([])
    expect(await query(contained.connection, 'select answer from kept')).toEqual([{ answer: 42 }])
    await contained.stop()
    expect(await query(node.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await node.stop()
  })

  it('is found after the data directory was moved', async () => {
    const dataDir = await usedDataDir()
    const killed = await startNode(dataDir)
    await killed.kill()
    const moved = temporaryDataDir()
    renameSync(dataDir, moved)
    const node = await startPostgres({ dataDir: moved })
    expect(await query(node.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await node.stop()
    await serverEnded(moved)
  })

  it('is replaced when it is of another version, and its copy removed', async () => {
    const dataDir = await usedDataDir()
    const node = await startPostgres({ dataDir })
    await node.stop()
    const layout = await openLayout(dataDir)
    cpSync(join(layout.root, node.version), join(layout.root, '18.0.1'), {
      recursive: true,
      verbatimSymlinks: true,
    })
    const installations = (await findInstallations()).slice(0, 1)
    const older = installations.map((installation) => ({ ...installation, version: '18.0.1' }))
    const old = await joinServer({ layout, installations: older, settings: {}, log: () => {} })
    expect(old.version).toBe('18.0.1')

    const now = await startPostgres({ dataDir })
    expect(now.version).toBe(node.version)
    expect(existsSync(join(layout.root, '18.0.1'))).toBe(false)
    await membersOf(now, 2)
    await old.leave()
    expect(await query(now.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await now.stop()
  })
})

describe('a data directory that cannot be used', { timeout: 60_000 }, () => {
  it('is refused when another major version made it', async () => {
    const dataDir = temporaryDataDir()
    mkdirSync(clusterOf(dataDir), { recursive: true, mode: 0o700 })
    writeFileSync(join(clusterOf(dataDir), 'PG_VERSION'), '14\n')
    const passwords = JSON.stringify({ superuser: 'a', owner: 'b' })
    writeFileSync(join(clusterOf(dataDir), 'panthera-passwords.json'), passwords)
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({
      code: 'postgres_major_mismatch',
      message: expect.stringContaining('PostgreSQL 14'),
      fix: expect.stringMatching(/panthera backup.*panthera restore/),
    })
  })

  it('is refused, and left alone, when it is no whole database', async () => {
    const dataDir = temporaryDataDir()
    mkdirSync(clusterOf(dataDir), { recursive: true })
    writeFileSync(join(clusterOf(dataDir), 'something'), 'kept')
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({
      code: 'postgres_cluster_damaged',
      fix: expect.stringContaining('DATABASE_URL'),
    })
    expect(readdirSync(clusterOf(dataDir))).toEqual(['something'])
  })

  it('tells what the server said when it does not start', async () => {
    const dataDir = await usedDataDir()
    const settings = { shared_buffers: 'many' }
    await expect(startPostgres({ dataDir, settings })).rejects.toMatchObject({
      code: 'postgres_start_failed',
      message: expect.stringContaining('shared_buffers'),
    })
    const node = await startPostgres({ dataDir })
    await node.stop()
  })
})

/** Whether initdb has begun to write. */
function isHalfMade(root: string): boolean {
  if (!existsSync(root)) return false
  const temporary = readdirSync(root).find((name) => name.startsWith('data.new-'))
  return temporary !== undefined && readdirSync(join(root, temporary)).length > 0
}

async function postmasterOf(dataDir: string): Promise<number> {
  const found = await findPostmaster(clusterOf(dataDir))
  if (found.state === 'absent') throw new Error('no server runs')
  return found.pid
}

async function killPostmaster(dataDir: string): Promise<void> {
  const pid = await postmasterOf(dataDir)
  sendSignal(pid, 'SIGKILL')
  await processEnded(pid, 5_000)
}

/** A backend that computes, and so does not notice that its postmaster has gone. */
async function computingBackend({ connection }: Pick<EmbeddedPostgres, 'connection'>) {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const statement = `do $$ begin loop perform 1; end loop; end $$`
  client.query(statement).catch(() => {})
  onTestFinished(() => client.end().catch(() => {}))
  return Number(rows[0]?.pid)
}

async function answered({ connection }: EmbeddedPostgres) {
  for (;;) {
    try {
      return await query(connection, 'select 1 as alive')
    } catch {
      await delay(20)
    }
  }
}

/** Waits until so many nodes are registered. */
async function membersOf({ connection }: EmbeddedPostgres, members: number): Promise<void> {
  const statement = `select count(*)::int as count from pg_locks
                      where locktype = 'advisory' and mode = 'ShareLock' and granted`
  while ((await query(connection, statement))[0]?.count !== members) await delay(20)
}
