import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { probePostgres, startPostgres } from './index.ts'
import { findPostmaster } from './postmaster.ts'
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

describe('startPostgres', { timeout: 60_000 }, () => {
  it('gives a private database to a role that cannot pass row-level security', async () => {
    const dataDir = temporaryDataDir()
    const node = await startPostgres({ dataDir, settings: { work_mem: '3MB' } })
    const { connection } = node
    const [role] = await query(connection, 'select * from pg_roles where rolname = current_user')
    expect(role).toMatchObject({
      rolname: 'panthera',
      rolsuper: false,
      rolcreaterole: true,
      rolcreatedb: false,
      rolreplication: false,
      rolbypassrls: false,
    })
    const [settings] = await query(
      connection,
      `select current_database() as name, pg_encoding_to_char(encoding) as encoding,
              pg_get_userbyid(datdba) as owner, current_setting('fsync') as fsync,
              current_setting('work_mem') as work_mem, current_setting('jit') as jit,
              current_setting('listen_addresses') as tcp, lower('ÄÖ') as lower
         from pg_database where datname = current_database()`,
    )
    expect(settings).toEqual({
      name: 'panthera',
      encoding: 'UTF8',
      owner: 'panthera',
      fsync: 'on',
      work_mem: '3MB',
      jit: 'off',
      tcp: '',
      lower: 'äö',
    })
    await query(connection, 'create schema anything; create role other nologin')
    const wrong = { ...connection, password: 'wrong' }
    await expect(query(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' })
    await node.stop()
  })

  it('keeps its files private, its programs apart and our secrets out', async () => {
    vi.stubEnv('PANTHERA_TEST_SECRET', ['made', 'up'].join('-'))
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const dataDir = temporaryDataDir()
    const node = await startPostgres({ dataDir })
    const root = join(dataDir, 'postgres')
    for (const name of [...readdirSync(root), '.', '..']) {
      expect([name, statSync(join(root, name)).mode & 0o077]).toEqual([name, 0])
    }
    const passwords = join(clusterOf(dataDir), 'panthera-passwords.json')
    expect(statSync(passwords).mode & 0o777).toBe(0o600)
    expect(readFileSync(passwords, 'utf8')).toContain(node.connection.password)

    const pid = await postmasterOf(dataDir)
    expect(readlinkSync(`/proc/${pid}/exe`)).toBe(join(root, node.version, 'bin', 'postgres'))
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('PANTHERA')
    await node.stop()
  })

  it('is one server for processes that start at once, until the last one leaves', async () => {
    const dataDir = temporaryDataDir()
    const [one, two] = await Promise.all([startNode(dataDir), startNode(dataDir)])
    expect(two.connection).toEqual(one.connection)
    const started = [...one.lines, ...two.lines].filter((line) => line === 'database started')
    expect(started).toHaveLength(1)

    await one.stop()
    expect(await query(two.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await two.stop()
    await serverEnded(dataDir)
    expect(existsSync(join(clusterOf(dataDir), 'postmaster.pid'))).toBe(false)
  })

  it('starts again for nodes that come while others leave', async () => {
    const dataDir = await usedDataDir()
    let leaving = await startPostgres({ dataDir })
    for (let round = 0; round < 5; round += 1) {
      const [next] = await Promise.all([startPostgres({ dataDir }), leaving.stop()])
      expect(await query(next.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
      leaving = next
    }
    await leaving.stop()
    await serverEnded(dataDir)
  })

  it('adopts the server of a node that was killed, and stops it in the end', async () => {
    const dataDir = await usedDataDir()
    const killed = await startNode(dataDir)
    const pid = await postmasterOf(dataDir)
    await killed.kill()
    expect(await postmasterOf(dataDir)).toBe(pid)

    const node = await startPostgres({ dataDir })
    expect(await postmasterOf(dataDir)).toBe(pid)
    expect(await query(node.connection, 'select answer from kept')).toEqual([{ answer: 42 }])
    await node.stop()
    await serverEnded(dataDir)
  })

  it('reaches its socket where the path of the data directory is too long for one', async () => {
    const dataDir = join(temporaryDataDir(), 'long-'.repeat(30))
    const node = await startPostgres({ dataDir })
    const { host } = node.connection
    expect(host).toMatch(/^\/tmp\/panthera-[0-9a-f]{24}$/)
    expect(statSync(host).mode & 0o777).toBe(0o700)
    expect(await query(node.connection, 'select 1 as alive')).toEqual([{ alive: 1 }])
    await node.stop()
    expect(existsSync(host)).toBe(false)
  })
})

describe('createDatabase and dropDatabase', { timeout: 60_000 }, () => {
  it('make and clone databases of one owner, and remove them under open sessions', async () => {
    const node = await startPostgres({ dataDir: await usedDataDir() })
    const template = await node.createDatabase('suite_template')
    await query(template, 'create table seeded as select 7 as value')
    const names = ['suite_1', 'suite_2', 'suite_2']
    const clones = await Promise.all(
      names.map((name) => node.createDatabase(name, template.database)),
    )
    for (const clone of clones) {
      expect(await query(clone, 'select value from seeded')).toEqual([{ value: 7 }])
      expect(await query(clone, 'select current_user as name')).toEqual([{ name: 'panthera' }])
    }
    const open = connect(join(template.host, `.s.PGSQL.${template.port}`))
    await node.dropDatabase('suite_1')
    await node.dropDatabase('suite_1')
    await expect(query({ ...template, database: 'suite_1' }, 'select 1')).rejects.toMatchObject({
      code: '3D000',
    })
    open.destroy()
    await node.stop()
  })

  it('refuse names that are not theirs', async () => {
    const node = await startPostgres({ dataDir: await usedDataDir() })
    const code = 'postgres_invalid_database_name'
    for (const name of ['', 'A', 'a"; drop table x', 'a'.repeat(64), 'postgres', 'template1']) {
      await expect(node.createDatabase(name)).rejects.toMatchObject({ code })
      await expect(node.dropDatabase(name)).rejects.toMatchObject({ code })
    }
    await expect(node.dropDatabase('panthera')).rejects.toMatchObject({ code })
    await node.stop()
  })
})

describe('probePostgres', () => {
  it('finds the package and leaves nothing', async () => {
    const probe = await probePostgres()
    expect(probe).toMatchObject({ source: 'embedded', detail: expect.stringContaining(') 18') })
  })
})

async function postmasterOf(dataDir: string): Promise<number> {
  const found = await findPostmaster(clusterOf(dataDir))
  if (found.state === 'absent') throw new Error('no server runs')
  return found.pid
}
