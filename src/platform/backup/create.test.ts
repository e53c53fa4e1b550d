// What goes into a backup: everything of one moment, and nothing that was not asked for.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { createArtefacts } from '../artefacts.ts'
import { sql } from '../db.ts'
import { createSecrets } from '../secrets.ts'
import { type Contents, readContents, type Visitor } from './contents.ts'
import { type CreateOptions, createBackup } from './create.ts'
import { openBackupFile } from './file.ts'
import { emptyDatabase, fillTables, placeOf, temporaryFolder, withClient } from './testing.ts'

const passphrase = 'correct horse battery staple'

async function read(path: string, visitor?: Visitor): Promise<Contents> {
  const file = await openBackupFile(path, passphrase)
  try {
    return await readContents(file, visitor)
  } finally {
    await file.close()
  }
}

describe.skipIf(!hasDatabase)('createBackup', () => {
  let source: TestDatabase
  beforeAll(async () => {
    source = await testDatabase()
    for (const at of [1, 2, 3]) await fillTables(source.url, at)
  })
  afterAll(() => source.close())

  const optionsIn = (folder: string, changes: Partial<CreateOptions> = {}): CreateOptions => ({
    place: placeOf(source.url, folder),
    path: join(folder, 'panthera.backup'),
    passphrase,
    includeMasterKey: false,
    onProgress: () => {},
    log: () => {},
    ...changes,
  })

  it('leaves no table out, and no row of any tenant', async () => {
    const options = optionsIn(temporaryFolder())
    const created = await createBackup(options)
    const { manifest, end, masterKey } = await read(options.path)
    const expected = await withClient(source.url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        // Of a table in partitions the rows are read through the table itself.
        `select relname as name from pg_class where relkind in ('r', 'p') and not relispartition
          and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations'`,
      )
      return rows.map(({ name }) => name).sort()
    })
    expect(manifest.tables.map(({ name }) => name)).toEqual(expected)
    // The generator of rows gave each table three, but for the one with a single row.
    const few = Object.entries(end.rows).filter(([, count]) => count < 3)
    expect(few).toEqual([['revocation_version', 1]])
    expect(created.rows).toBe(Object.values(end.rows).reduce((sum, count) => sum + count))
    expect(masterKey).toBeNull()
  })

  it('is of one moment, whatever is written meanwhile', async () => {
    const add = `const pg = (await import('pg')).default
      const client = new pg.Client(process.argv[1])
      await client.connect()
      await client.query(\`begin; select set_config('role', 'panthera_system', true);
        insert into organizations (id, name, plan) values (gen_random_uuid(), 'Late', 'free');
        insert into users (id, email, password_hash)
          values (gen_random_uuid(), 'late@example.com', '');
        commit\`)
      await client.end()`
    const args = ['--input-type=module', '-e', add, source.url]
    let added = false
    const onProgress = () => {
      if (!added) execFileSync(process.execPath, args, { cwd: import.meta.dirname })
      added = true
    }
    const options = optionsIn(temporaryFolder(), { onProgress })
    const seen: string[] = []
    await createBackup(options)
    await read(options.path, { rows: async (table, json) => void seen.push(`${table} ${json}`) })
    expect(added).toBe(true)
    expect(seen.join()).not.toMatch(/Late|late@/)
    const now = await source.db.inSystem((tx) =>
      tx.rows(sql`select 1 from users where email = 'late@example.com'`),
    )
    expect(now).toHaveLength(1)
  })

  it('takes the artefacts along, and tells which are missing or damaged', async () => {
    const folder = temporaryFolder()
    const artefacts = createArtefacts(join(folder, 'artefacts'))
    const content = randomBytes(3_000_000)
    const { sha256 } = await artefacts.put(content, { bytesMax: 4_000_000 })
    await artefacts.put(Buffer.alloc(0), { bytesMax: 0 })
    const lost = '0123456789abcdef'.repeat(4)
    mkdirSync(dirname(artefacts.path(lost)))
    writeFileSync(artefacts.path(lost), 'damaged')
    await withClient(source.url, async (client) => {
      await client.query('begin; alter table scans no force row level security')
      await client.query('update scans set artefact = case when tool like $1 then $2 else $3 end', [
        '1%',
        sha256,
        lost,
      ])
      await client.query('alter table scans force row level security; commit')
    })
    const options = optionsIn(folder)
    expect(await createBackup(options)).toMatchObject({ artefacts: 2, missing: [lost] })
    const found: Record<string, Buffer> = {}
    await read(options.path, {
      async artefact(artefact, pieces) {
        found[artefact.sha256] = Buffer.concat(await Array.fromAsync(pieces))
      },
    })
    expect(Object.keys(found)).toHaveLength(2)
    expect(found[sha256]?.equals(content)).toBe(true)
  })

  it('includes the master key where it is asked for and fits', async () => {
    const key = randomBytes(32)
    await source.db.inSystem((tx) =>
      tx.run(sql`insert into settings (name, value)
        values ('master_key_check', ${createSecrets({ masterKey: key }).checkValue()})`),
    )
    const folder = temporaryFolder()
    const place = placeOf(source.url, folder, key)
    const options = optionsIn(folder, { place, includeMasterKey: true })
    await createBackup(options)
    expect((await read(options.path)).masterKey?.equals(key)).toBe(true)

    const wrong = optionsIn(temporaryFolder(), {
      place: placeOf(source.url, folder, randomBytes(32)),
      includeMasterKey: true,
    })
    await expect(createBackup(wrong)).rejects.toThrow('PANTHERA_MASTER_KEY does not fit')
    expect(existsSync(wrong.path)).toBe(false)
    const without = optionsIn(temporaryFolder(), { includeMasterKey: true })
    await expect(createBackup(without)).rejects.toThrow('there is none in')
  })

  it('refuses a table whose rows nobody may read whole', async () => {
    const run = (text: string) => withClient(source.url, (client) => client.query(text))
    await run('create table hidden (n integer); alter table hidden enable row level security')
    try {
      const backup = createBackup(optionsIn(temporaryFolder()))
      await expect(backup).rejects.toThrow('hides rows of hidden')
    } finally {
      await run('drop table hidden')
    }
  })

  it('refuses a place without an installation, and makes none there', async () => {
    const folder = temporaryFolder()
    const place = placeOf(await emptyDatabase(), folder)
    await expect(createBackup(optionsIn(folder, { place }))).rejects.toThrow(
      'holds no installation',
    )
    const nowhere = { ...place, databaseUrl: null, dataDir: join(folder, 'data') }
    mkdirSync(nowhere.dataDir)
    writeFileSync(join(nowhere.dataDir, 'note'), '')
    const backup = createBackup(optionsIn(folder, { place: nowhere }))
    await expect(backup).rejects.toThrow('there is no installation in')
    expect(existsSync(join(nowhere.dataDir, 'postgres'))).toBe(false)
  })
})
