// The doctor works when the server does not start, and leaves things as they are.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { requireComponent } from '../../../test/require.ts'
import { temporaryFolder } from '../backup/testing.ts'
import { startPostgres } from '../postgres/index.ts'
import { findPostmaster } from '../postgres/postmaster.ts'
import { clusterOf, query, removeUsed, usedDataDir } from '../postgres/testing.ts'
import type { Check } from './check.ts'
import { examine } from './index.ts'

const git = await requireComponent('git')
afterAll(removeUsed)

const settings = (dataDir: string, changes: Record<string, string> = {}) => ({
  PATH: process.env.PATH,
  PANTHERA_DATA_DIR: dataDir,
  PANTHERA_CACHE_DIR: join(dataDir, '..', 'cache'),
  PANTHERA_PORT: '0',
  ...changes,
})

async function byName(env: Record<string, string | undefined>): Promise<Record<string, Check>> {
  const { checks } = await examine(env)
  return Object.fromEntries(checks.map((check) => [check.name, check]))
}

describe.skipIf(process.platform !== 'linux')('examine', () => {
  it('finds nothing in the way of a first start, and makes nothing', async () => {
    const folder = temporaryFolder()
    const found = await byName(settings(join(folder, 'data')))
    expect(Object.values(found).filter(({ status }) => status === 'fail')).toEqual([])
    expect(found.database?.detail).toContain('the first start makes it')
    expect(found.migrations).toMatchObject({ status: 'skip' })
    expect(readdirSync(folder)).toEqual([])
  })

  it.skipIf(!git.available)(
    'tells the versions of Node and git, and where PostgreSQL is',
    async () => {
      const found = await byName(settings(join(temporaryFolder(), 'data')))
      expect(found.node?.detail).toBe(`Node ${process.versions.node} at ${process.execPath}`)
      expect(found.git?.detail).toMatch(/^git 2\.\d+/)
      expect(found.postgres?.detail).toMatch(/PostgreSQL\) \d+/)
    },
  )

  it('starts a database at rest for its questions, and stops it again', async () => {
    const dataDir = await usedDataDir()
    const { checks, facts } = await examine(settings(dataDir))
    const database = checks.find(({ name }) => name === 'database')
    expect(database?.detail).toContain('embedded, started for this check')
    expect(facts?.tables.map(({ name }) => name)).toEqual(['kept'])
    expect((await findPostmaster(clusterOf(dataDir))).state).toBe('absent')
    expect(readdirSync(dataDir)).toEqual(['postgres'])
  })

  it('asks a running database, and lets it run', async () => {
    const dataDir = await usedDataDir()
    const node = await startPostgres({ dataDir })
    const before = await findPostmaster(clusterOf(dataDir))
    const found = await byName(settings(dataDir))
    expect(found.database?.detail).toContain('embedded, running')
    expect(await findPostmaster(clusterOf(dataDir))).toEqual(before)
    expect(await query(node.connection, 'select answer from kept')).toEqual([{ answer: 42 }])
    await node.stop()
  })

  it('tells what keeps the database from starting', async () => {
    const dataDir = await usedDataDir()
    writeFileSync(join(clusterOf(dataDir), 'postgresql.conf'), 'no such setting\n')
    const found = await byName(settings(dataDir))
    expect(found.database).toMatchObject({ status: 'fail' })
    expect(found.database?.detail).toContain('not reached')
    expect(found.migrations).toMatchObject({ status: 'skip' })
  })

  it('tells a database that cannot be reached, and no password', async () => {
    const password = ['hunt', 'er2-made-up'].join('')
    const DATABASE_URL = `postgres://someone:${password}@127.0.0.1:1/panthera`
    const { checks } = await examine(settings(join(temporaryFolder(), 'data'), { DATABASE_URL }))
    const failed = checks.filter(({ status }) => status === 'fail').map(({ name }) => name)
    expect(failed).toEqual(['settings', 'settings', 'settings', 'database'])
    expect(JSON.stringify(checks)).not.toContain(password)
  })

  it('finds a git that is missing', async () => {
    const empty = join(temporaryFolder(), 'empty')
    mkdirSync(empty)
    const before = process.env.PATH
    process.env.PATH = empty
    try {
      const { checks } = await examine(settings(join(empty, 'data')))
      const found = checks.find(({ name }) => name === 'git')
      expect(found).toMatchObject({ status: 'fail', detail: 'git is not installed' })
    } finally {
      process.env.PATH = before
    }
  })
})
