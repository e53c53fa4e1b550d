// A restored installation is the one that was backed up; a failed restore is none.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { createArtefacts } from '../artefacts.ts'
import { sql } from '../db.ts'
import type { Place } from '../installation/place.ts'
import { ensureRoles, migrate, readMigrations } from '../migrate.ts'
import { findInstallations } from '../postgres/binaries.ts'
import { startPostgres } from '../postgres/index.ts'
import { openLayout } from '../postgres/layout.ts'
import { join as joinServer } from '../postgres/membership.ts'
import { temporaryDataDir } from '../postgres/testing.ts'
import { createSecrets } from '../secrets.ts'
import { createBackup } from './create.ts'
import { applyAll } from './level.ts'
import { checkBackup, type RestoreOptions, restoreBackup } from './restore.ts'
import {
  columnsOf,
  emptyDatabase,
  everything,
  fillTables,
  placeOf,
  temporaryFolder,
  withClient,
} from './testing.ts'

const passphrase = 'correct horse battery staple'
const quiet = { passphrase, onProgress: () => {}, log: () => {} }
const masterKey = randomBytes(32)

const embedded = (await findInstallations()).find(({ source }) => source === 'embedded')
/** The system's of an older major version than ours, if it has one. */
const system = (await findInstallations()).filter(
  ({ source, major }) => source === 'system' && major < (embedded?.major ?? 0),
)

/** What a database without an installation holds. */
const nothing = { guards: [], sequences: [] }

describe.skipIf(!hasDatabase)('restoreBackup', () => {
  let source: TestDatabase
  const artefact = randomBytes(100_000)

  beforeAll(async () => {
    source = await testDatabase()
    for (const at of [1, 2, 3]) await fillTables(source.url, at)
    await source.db.inSystem((tx) =>
      tx.run(sql`insert into settings (name, value)
        values ('master_key_check', ${createSecrets({ masterKey }).checkValue()})`),
    )
  })
  afterAll(() => source.close())

  async function backupOf(place: Place, path: string, includeMasterKey = false): Promise<string> {
    await createBackup({ ...quiet, place, path, includeMasterKey })
    return path
  }

  /** A backup of the source with one artefact, and an empty place to restore it into. */
  async function prepare(includeMasterKey = false) {
    const folder = temporaryFolder()
    const from = placeOf(source.url, join(folder, 'from'), masterKey)
    const store = createArtefacts(join(from.dataDir, 'artefacts'))
    const { sha256 } = await store.put(artefact, { bytesMax: 1_000_000 })
    const path = await backupOf(from, join(folder, 'panthera.backup'), includeMasterKey)
    const url = await emptyDatabase()
    const place = placeOf(url, join(folder, 'to'))
    return { folder, path, url, place, sha256, options: { ...quiet, path, place } }
  }

  it('gives every row of every table exactly, with sequences, guards and artefacts', async () => {
    const { options, url, place, sha256 } = await prepare()
    const before = await everything(source.url)
    expect(Object.entries(before).filter(([, rows]) => rows.length === 0)).toEqual([])
    const restored = await restoreBackup(options)
    expect(await everything(url)).toEqual(before)
    expect(restored).toMatchObject({ migrated: [], masterKeyState: 'needed' })
    expect(restored.end.rows).toMatchObject({ organizations: 3, findings: 3, users: 3 })
    const restoredArtefact = createArtefacts(join(place.dataDir, 'artefacts')).path(sha256)
    expect(readFileSync(restoredArtefact).equals(artefact)).toBe(true)
    // And it goes on: a second backup holds the same.
    const again = await backupOf(place, join(place.dataDir, 'again.backup'))
    expect((await checkBackup({ path: again, passphrase })).end).toEqual(restored.end)
  })

  it('keeps counters as they were, and triggers count on from there', async () => {
    const { options, url } = await prepare()
    await restoreBackup(options)
    const organization = '00000000-0000-7000-8000-000000000001'
    const totals = (database: string) =>
      withClient(database, async (client) => {
        await client.query('begin; alter table finding_counts no force row level security')
        const { rows } = await client.query(
          `select repository_id, scan_type, severity, status, sum(n) as n from finding_counts
            where organization_id = $1 group by 1, 2, 3, 4 order by 1`,
          [organization],
        )
        await client.query('rollback')
        return rows
      })
    const before = await totals(source.url)
    expect(await totals(url)).toEqual(before)
    const removed = await withClient(url, async (client) => {
      await client.query(`begin; select set_config('role', 'panthera_tenant', true),
        set_config('app.organization', '${organization}', true)`)
      const { rowCount } = await client.query('delete from findings')
      await client.query('commit')
      return rowCount
    })
    expect(removed).toBe(1)
    expect(await totals(url)).not.toEqual(before)
  })

  it('brings a backup of an older level to the current one', async () => {
    const url = await emptyDatabase()
    const older = readMigrations().slice(0, 2)
    await withClient(url, async (client) => {
      await ensureRoles(client)
      await applyAll(client, older)
    })
    await fillTables(url, 1)
    const [before, columns] = [await everything(url), await columnsOf(url)]
    const folder = temporaryFolder()
    const path = await backupOf(placeOf(url, folder), join(folder, 'older.backup'))
    const target = await emptyDatabase()
    const restored = await restoreBackup({ ...quiet, path, place: placeOf(target, folder) })
    expect(restored.migrated).toEqual(
      readMigrations()
        .slice(2)
        .map(({ name }) => name),
    )
    // Later levels add columns, too.
    const after = await everything(target, columns)
    const { guards: _, sequences: __, ...tables } = before
    expect(after).toMatchObject(tables)
    expect(Object.keys(after)).toEqual(expect.arrayContaining(['findings']))
    const pool = new pg.Pool({ connectionString: target })
    expect(await migrate(pool)).toEqual([])
    await pool.end()
  })

  it('refuses a backup of a newer level, and changes nothing', async () => {
    const newer = await testDatabase()
    await newer.db.pool.query(`insert into schema_migrations values ('9999-next.sql', 'x')`)
    const folder = temporaryFolder()
    const path = await backupOf(placeOf(newer.url, folder), join(folder, 'newer.backup'))
    await newer.close()
    const url = await emptyDatabase()
    const restore = restoreBackup({ ...quiet, path, place: placeOf(url, folder) })
    await expect(restore).rejects.toThrow('lacks migration 9999-next.sql')
    expect(await everything(url)).toEqual(nothing)
  })

  it('refuses a database that holds anything', async () => {
    const { options, url } = await prepare()
    await restoreBackup(options)
    const before = await everything(url)
    await expect(restoreBackup(options)).rejects.toThrow('the database is not empty')
    expect(await everything(url)).toEqual(before)
    const other = await emptyDatabase()
    await withClient(other, (client) => client.query('create schema x; create table x.y ()'))
    const restore = restoreBackup({ ...options, place: { ...options.place, databaseUrl: other } })
    await expect(restore).rejects.toThrow('such as x.y')
  })

  it('refuses a wrong passphrase and a damaged file before it touches anything', async () => {
    const { folder, path, place } = await prepare()
    const embedded = { ...place, databaseUrl: null, dataDir: join(folder, 'new') }
    const attempt = (changes: Partial<RestoreOptions>) =>
      restoreBackup({ ...quiet, path, place: embedded, ...changes })
    await expect(attempt({ passphrase: 'another one' })).rejects.toThrow('does not open')
    const whole = readFileSync(path)
    const cut = join(folder, 'cut.backup')
    writeFileSync(cut, whole.subarray(0, whole.length - 20_000))
    await expect(attempt({ path: cut })).rejects.toThrow('changed or cut off')
    expect(existsSync(embedded.dataDir)).toBe(false)
  })

  it('leaves nothing where it is stopped, and can be repeated there', async () => {
    const { options, url, place } = await prepare()
    const stop = new AbortController()
    const onProgress: RestoreOptions['onProgress'] = ({ at }) => {
      if (at === 'artefacts') throw new Error('the disk is full')
      if (at === 'users') stop.abort(new Error('stopped by hand'))
    }
    const { signal } = stop
    await expect(restoreBackup({ ...options, onProgress })).rejects.toThrow('the disk is full')
    await expect(restoreBackup({ ...options, onProgress, signal })).rejects.toThrow(
      'stopped by hand',
    )
    expect(await everything(url)).toEqual(nothing)
    const files = readdirSync(place.dataDir, { recursive: true, withFileTypes: true })
    expect(files.filter((entry) => entry.isFile())).toEqual([])
    await restoreBackup(options)
    expect(await everything(url)).toEqual(await everything(source.url))
  })

  it('writes the included master key, and minds one that is there', async () => {
    const { options, place, url } = await prepare(true)
    const path = join(place.dataDir, 'master.key')
    const other = { ...place, masterKey: randomBytes(32).toString('base64') }
    await expect(restoreBackup({ ...options, place: other })).rejects.toThrow('another master key')
    expect(await everything(url)).toEqual(nothing)
    expect(existsSync(path)).toBe(false)
    expect((await restoreBackup(options)).masterKeyState).toBe('written')
    expect(readFileSync(path, 'utf8')).toBe(`${masterKey.toString('base64')}\n`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const next = { ...options, place: { ...place, databaseUrl: await emptyDatabase() } }
    expect((await restoreBackup(next)).masterKeyState).toBe('present')
  })

  it('leaves nothing where it is killed in the middle', async () => {
    const large = await testDatabase()
    await large.db.inSystem((tx) =>
      tx.run(sql`insert into limit_windows select 'subject ' || n, 'minute', now(), n
        from generate_series(1, 60000) n`),
    )
    const folder = temporaryFolder()
    const path = await backupOf(placeOf(large.url, folder), join(folder, 'large.backup'))
    await large.close()
    const url = await emptyDatabase()
    const options = { ...quiet, path, place: placeOf(url, folder) }
    const child = restoringProcess(options)
    await untilInserting(url, child)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    // The server notices on its next word to the one that is gone.
    await withClient(url, async (client) => {
      const others = `select 1 from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`
      while ((await client.query(others)).rowCount !== 0);
    })
    expect(await everything(url)).toEqual(nothing)
    const restored = await restoreBackup(options)
    expect(restored.end.rows.limit_windows).toBe(60_000)
  })

  it('goes from one embedded database to another, both at rest', async () => {
    const folder = temporaryFolder()
    const dataDir = temporaryDataDir()
    const postgres = await startPostgres({ dataDir })
    const pool = new pg.Pool(postgres.connection)
    await migrate(pool)
    await pool.end()
    await postgres.stop()
    const from: Place = { ...placeOf('', dataDir), databaseUrl: null }
    const path = await backupOf(from, join(folder, 'embedded.backup'))
    const to = { ...from, dataDir: temporaryDataDir() }
    const restored = await restoreBackup({ ...quiet, path, place: to })
    expect(restored.end.rows).toMatchObject({ revocation_version: 1, organizations: 0 })
    expect(existsSync(join(to.dataDir, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
    await expect(restoreBackup({ ...quiet, path, place: to })).rejects.toThrow('is not empty')
  })

  it.skipIf(system.length === 0)('goes to another major version of PostgreSQL', async () => {
    const dataDir = temporaryDataDir()
    const layout = await openLayout(dataDir)
    const options = { layout, installations: system, settings: {}, log: () => {} }
    const older = await joinServer(options)
    const from: Place = { ...placeOf('', dataDir), databaseUrl: null }
    const postgres = await startPostgres({ dataDir })
    const pool = new pg.Pool(postgres.connection)
    await migrate(pool)
    await pool.end()
    await fillTables(postgres.connection, 1)
    const before = await everything(postgres.connection)
    const path = await backupOf(from, join(temporaryFolder(), 'older.backup'))
    await postgres.stop()
    await older.leave()

    const to = { ...from, dataDir: temporaryDataDir() }
    const { manifest } = await restoreBackup({ ...quiet, path, place: to })
    const newer = await startPostgres({ dataDir: to.dataDir })
    expect(await everything(newer.connection)).toEqual(before)
    expect(Number.parseInt(manifest.postgres, 10)).toBe(system[0]?.major)
    expect(Number.parseInt(newer.version, 10)).toBeGreaterThan(system[0]?.major ?? 0)
    await newer.stop()
  })
})

function restoringProcess({ path, passphrase: secret, place }: RestoreOptions): ChildProcess {
  const program = JSON.stringify(new URL('./restore.ts', import.meta.url))
  const script = `
    const { restoreBackup } = await import(${program})
    const given = JSON.parse(process.argv[1])
    await restoreBackup({ ...given, onProgress() {}, log() {} })`
  const given = JSON.stringify({ path, passphrase: secret, place })
  const args = ['--input-type=module', '-e', script, given]
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Resolves when rows are being loaded; throws where the process ended before. */
async function untilInserting(url: string, child: ChildProcess): Promise<void> {
  await withClient(url, async (client) => {
    const inserting = `select 1 from pg_stat_activity
      where datname = current_database() and query like 'insert into public."limit_windows"%'`
    while ((await client.query(inserting)).rowCount === 0) {
      if (child.exitCode !== null) throw new Error('it was restored before it could be killed')
    }
  })
}
