import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, hasDatabase } from '../../test/fixtures/database.ts'
import { MigrationError, migrate, readMigrations } from './migrate.ts'

describe.skipIf(!hasDatabase)('migrations', () => {
  let pool: pg.Pool
  let drop: () => Promise<void>
  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = database.drop
    pool = new pg.Pool({ connectionString: database.url })
  })
  afterAll(async () => {
    await pool.end()
    await drop()
  })

  it('are applied once, also when nodes start together', async () => {
    await pool.query('drop schema public cascade; create schema public')
    const names = readMigrations().map(({ name }) => name)
    const applied = await Promise.all([migrate(pool), migrate(pool), migrate(pool)])
    expect(applied.flat().sort()).toEqual(names)
    expect(await migrate(pool)).toEqual([])
  })

  it('stop the start where a file was edited after it was applied', async () => {
    await pool.query(`update schema_migrations set sha256 = 'other' where name like '0001-%'`)
    await expect(migrate(pool)).rejects.toThrow(MigrationError)
  })
})
