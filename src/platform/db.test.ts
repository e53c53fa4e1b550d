import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, hasDatabase } from '../../test/fixtures/database.ts'
import { type Database, openDatabase, sql } from './db.ts'

describe.skipIf(!hasDatabase)('the database', () => {
  let db: Database
  let drop: () => Promise<void>
  const broken: Error[] = []
  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = database.drop
    db = openDatabase({ connection: database.url, onError: (error) => broken.push(error) })
  })
  afterAll(async () => {
    await db.close()
    await drop()
  })

  it('fails the work whose session the server ends, and goes on with another session', async () => {
    const work = db.inSystem(async (tx) => {
      const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await db.pool.query('select pg_terminate_backend($1)', [pid])
      return tx.rows(sql`select pg_sleep(30)`)
    })
    await expect(work).rejects.toThrow()
    expect(broken.length).toBeGreaterThan(0)
    await db.ping()
  })

  it('writes nothing of work that throws', async () => {
    const work = db.inSystem(async (tx) => {
      await tx.run(sql`insert into settings (name, value) values ('x', '')`)
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    const left = await db.inSystem((tx) => tx.rows(sql`select 1 from settings where name = 'x'`))
    expect(left).toEqual([])
  })

  it('takes no organization that is not a UUID: it stands in the text of a statement', async () => {
    const work = async () =>
      db.inTenant(`'; drop table settings; --`, (tx) => tx.rows(sql`select 1`))
    await expect(work()).rejects.toThrow(TypeError)
  })
})
