import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { emptyDatabase, placeOf, temporaryFolder } from '../backup/testing.ts'
import { sql } from '../db.ts'
import type { Place } from '../installation/place.ts'
import { readMigrations } from '../migrate.ts'
import { createSecrets } from '../secrets.ts'
import type { Check } from './check.ts'
import { checkDatabase } from './database.ts'
import { openSession } from './session.ts'

describe.skipIf(!hasDatabase)('checkDatabase', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await testDatabase()
  })
  afterEach(() => database.close())

  async function checks(place: Place = placeOf(database.url, '/nonexistent')) {
    const session = await openSession(place)
    if (session === null) throw new Error('a database was expected')
    try {
      const found = await checkDatabase(session, place)
      return Object.fromEntries(found.map((check) => [check.name, check])) as Record<string, Check>
    } finally {
      await session.close()
    }
  }

  const run = (text: string) => database.db.pool.query(text)

  it('finds a migrated database in order', async () => {
    const found = await checks()
    expect(Object.values(found).map(({ name, status }) => `${name} ${status}`)).toEqual([
      'database pass',
      'database-rights pass',
      'migrations pass',
      'master-key pass',
      'clock pass',
    ])
    expect(found.database?.detail).toMatch(/^PostgreSQL 18\.\d+ \(by DATABASE_URL\)$/)
    expect(found.migrations?.detail).toContain(readMigrations().at(-1)?.name)
  })

  it('finds an empty database in order, and leaves it empty', async () => {
    const url = await emptyDatabase()
    const found = await checks(placeOf(url, '/nonexistent'))
    expect(Object.values(found).filter(({ status }) => status !== 'pass')).toEqual([])
    expect(found.migrations?.detail).toContain('the database is empty')
    const again = await checks(placeOf(url, '/nonexistent'))
    expect(again.migrations?.detail).toContain('the database is empty')
  })

  it('tells migrations that wait, that changed and that are from the future', async () => {
    const last = readMigrations().at(-1)?.name
    await run(`delete from schema_migrations where name = '${last}'`)
    expect((await checks()).migrations).toMatchObject({
      status: 'warn',
      detail: `the next start applies ${last}`,
    })
    await run(`insert into schema_migrations values ('${last}', 'other')`)
    expect((await checks()).migrations).toMatchObject({ status: 'fail' })
    const sha256 = readMigrations().at(-1)?.sha256
    await run(`update schema_migrations set sha256 = '${sha256}' where name = '${last}'`)
    await run(`insert into schema_migrations values ('9999-next.sql', 'x')`)
    const { migrations } = await checks()
    expect(migrations).toMatchObject({ status: 'fail' })
    expect(migrations?.detail).toContain('9999-next.sql')
  })

  it('tells whether the master key fits, and makes none', async () => {
    const [key, other] = [randomBytes(32), randomBytes(32)]
    await database.db.inSystem((tx) =>
      tx.run(sql`insert into settings (name, value)
        values ('master_key_check', ${createSecrets({ masterKey: key }).checkValue()})`),
    )
    const folder = temporaryFolder()
    const withKey = async (masterKey?: Buffer, previous?: Buffer) => {
      const place = placeOf(database.url, folder, masterKey)
      const masterKeyPrevious = previous?.toString('base64') ?? null
      return (await checks({ ...place, masterKeyPrevious }))['master-key']
    }
    expect(await withKey(key)).toMatchObject({ status: 'pass' })
    expect((await withKey(other, key))?.detail).toContain('the previous master key fits')
    expect(await withKey(other)).toMatchObject({
      status: 'fail',
      detail: 'PANTHERA_MASTER_KEY does not fit the data',
    })
    expect(await withKey()).toMatchObject({
      status: 'fail',
      detail: 'there is sealed data and no master key',
    })
    expect(existsSync(join(folder, 'master.key'))).toBe(false)
  })

  it('tells a clock that went back', async () => {
    await run(`update schema_migrations set applied_at = now() + interval '2 days'`)
    expect((await checks()).clock).toMatchObject({ status: 'warn' })
  })

  it('tells what a user may not do, with the SQL to run', async () => {
    const name = `u_${randomBytes(6).toString('hex')}`
    await run(`create role ${name} login password 'made-up'`)
    try {
      const url = new URL(database.url)
      url.username = name
      url.password = 'made-up'
      const found = await checks(placeOf(url.href, '/nonexistent'))
      expect(found['database-rights']).toMatchObject({ status: 'fail' })
      expect(found['database-rights']?.fix).toContain(
        `grant panthera_tenant, panthera_system to ${name}`,
      )
      await run(`grant panthera_tenant, panthera_system to ${name}`)
      const after = (await checks(placeOf(url.href, '/nonexistent')))['database-rights']
      expect(after?.detail).toContain('may not create schemas or tables')
      expect(after?.fix).toContain(`owner to ${name}`)
    } finally {
      await run(`drop role ${name}`)
    }
  })
})
