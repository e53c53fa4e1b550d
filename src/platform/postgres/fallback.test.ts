// Root on machines that lack something: only there are these paths taken.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { findInstallations } from './binaries.ts'
import { startPostgres } from './index.ts'
import { openLayout } from './layout.ts'
import { join as joinServer } from './membership.ts'
import { serversOf } from './process.ts'
import {
  clusterOf,
  query,
  removeUsed,
  serverEnded,
  startNode,
  temporaryDataDir,
  usedDataDir,
} from './testing.ts'

const root = process.getuid?.() === 0
const system = (await findInstallations()).filter(({ source }) => source === 'system')

afterAll(removeUsed)

describe('without user namespaces', { timeout: 60_000 }, () => {
  it.skipIf(!root)('runs as nobody, and stays so where namespaces work later', async () => {
    const dataDir = temporaryDataDir()
    chmodSync(dirname(dataDir), 0o711)
    const first = await startNode(dataDir, { env: withoutUnshare() })
    expect(statSync(clusterOf(dataDir)).uid).toBe(65_534)
    const [pid] = serversOf(clusterOf(dataDir))
    expect(statSync(`/proc/${pid}`).uid).toBe(65_534)
    await query(first.connection, 'create table kept as select 42 as answer')
    await first.stop()

    const second = await startPostgres({ dataDir })
    expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }])
    await second.stop()
    await serverEnded(dataDir)
    expect(statSync(dataDir)).toMatchObject({ uid: 0, gid: 65_534 })
    expect(statSync(dataDir).mode & 0o777).toBe(0o710)
  })

  it.skipIf(!root)('hands over a database that was made where they worked', async () => {
    const dataDir = await usedDataDir()
    chmodSync(dirname(dataDir), 0o711)
    const second = await startNode(dataDir, { env: withoutUnshare() })
    expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }])
    await second.stop()
  })

  it.skipIf(!root)('runs as the owner of a place that only they may enter', async () => {
    const dataDir = temporaryDataDir()
    const daemon = 1
    chownSync(dirname(dataDir), daemon, daemon)
    const node = await startPostgres({ dataDir })
    expect(statSync(clusterOf(dataDir)).uid).toBe(daemon)
    expect(await query(node.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await node.stop()
  })

  it.skipIf(!root)('says so where nobody cannot enter the data directory', async () => {
    const dataDir = temporaryDataDir()
    await expect(startNode(dataDir, { env: withoutUnshare() })).rejects.toThrow('cannot enter')
  })
})

describe('without the package', { timeout: 60_000 }, () => {
  it.skipIf(system.length === 0)("runs the system's PostgreSQL", async () => {
    const dataDir = temporaryDataDir()
    const layout = await openLayout(dataDir)
    const member = await joinServer({ layout, installations: system, settings: {}, log: () => {} })
    expect(member).toMatchObject({ source: 'system', version: system[0]?.version })
    expect(member.cluster.major).toBe(system[0]?.major)
    // The package is of another major version, but what made the data is still there.
    const node = await startPostgres({ dataDir })
    const statement = `select lower('ÄÖ') as lower, current_setting('server_version') as version`
    expect(await query(node.connection, statement)).toEqual([
      { lower: 'äö', version: expect.stringContaining(system[0]?.version ?? '') },
    ])
    await member.leave()
    await node.stop()
  })

  it('names DATABASE_URL where there is nothing at all', async () => {
    const layout = await openLayout(temporaryDataDir())
    const nothing = joinServer({ layout, installations: [], settings: {}, log: () => {} })
    await expect(nothing).rejects.toMatchObject({
      code: 'postgres_unavailable',
      fix: expect.stringContaining('DATABASE_URL'),
    })
  })

  it('says why a broken package does not run, and keeps no copy of it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'panthera-package-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    mkdirSync(join(home, 'bin'))
    writeFileSync(join(home, 'bin', 'postgres'), 'no program', { mode: 0o755 })
    writeFileSync(join(home, 'pg-symlinks.json'), '[]')
    const installation = { source: 'embedded', version: '18.0.0', major: 18, home } as const
    const layout = await openLayout(temporaryDataDir())
    const options = { layout, installations: [installation], settings: {}, log: () => {} }
    await expect(joinServer(options)).rejects.toMatchObject({
      code: 'postgres_unavailable',
      message: expect.stringContaining('embedded/18.0.0 does not run'),
    })
    expect(readdirSync(layout.root)).toEqual(['id'])
  })
})

/** A PATH with what a start needs, but without unshare(1). */
function withoutUnshare(): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'panthera-path-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755)
  symlinkSync('/usr/bin/test', join(folder, 'test'))
  return { PATH: folder }
}
