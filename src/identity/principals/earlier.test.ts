// Members and keys from before there were principals are some afterwards.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, hasDatabase } from '../../../test/fixtures/database.ts'
import { applyMigration, createLedger, migrate, readMigrations } from '../../platform/migrate.ts'

const organization = '11111111-0000-4000-8000-000000000000'
const person = '22222222-0000-4000-8000-000000000000'
const tables = ['users', 'memberships', 'api_keys', 'organizations', 'workspaces']

describe.skipIf(!hasDatabase)('what was there before', () => {
  let pool: pg.Pool
  let drop: () => Promise<void>
  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = database.drop
    pool = new pg.Pool({ connectionString: database.url, max: 1 })
    await pool.query('drop schema public cascade; create schema public')
    const client = await pool.connect()
    await createLedger(client)
    for (const migration of readMigrations()) {
      if (migration.name < '0009') await applyMigration(client, migration)
    }
    for (const table of tables)
      await client.query(`alter table ${table} no force row level security`)
    await client.query(`
      insert into organizations (id, name, plan) values ('${organization}', 'O', 'free');
      insert into workspaces (organization_id, id, name) values ('${organization}', 'ws_1', 'W');
      insert into users (id, email, password_hash, name)
        values ('${person}', 'jo@example.com', '', 'Jo');
      insert into memberships (organization_id, user_id, role)
        values ('${organization}', '${person}', 'owner');
      insert into api_keys (organization_id, id, workspace_id, surface, type, hash, hint, name,
          scopes, created_by, person_id, revoked_at)
        values
          ('${organization}', 'key_aaaaaaaaaaaa', 'ws_1', 'identity', 'standard', 'a', 'h', 'live',
            '{}', '${person}', '${person}', null),
          ('${organization}', 'key_bbbbbbbbbbbb', 'ws_1', 'identity', 'standard', 'b', 'h', 'over',
            '{}', '${person}', null, now()),
          ('${organization}', 'key_cccccccccccc', 'ws_1', 'gate', 'standard', 'c', 'h', 'gate',
            '{}', '${person}', null, null)`)
    for (const table of tables) await client.query(`alter table ${table} force row level security`)
    client.release()
    await migrate(pool)
  })
  afterAll(async () => {
    await pool.end()
    await drop()
  })

  it('has a principal each, and keeps to its owner', async () => {
    await pool.query('set role panthera_tenant')
    await pool.query(`select set_config('app.organization', '${organization}', false)`)
    const { rows } = await pool.query(`
      select p.name, p.type, p.status, o.name as owner, k.id as key from principals p
        left join principals o on o.organization_id = p.organization_id and o.id = p.owner_id
        left join api_keys k on k.organization_id = p.organization_id and k.principal_id = p.id
       order by p.name`)
    expect(rows).toEqual([
      { name: 'Jo', type: 'USER', status: 'active', owner: null, key: null },
      { name: 'live', type: 'API_KEY', status: 'active', owner: 'Jo', key: 'key_aaaaaaaaaaaa' },
      { name: 'over', type: 'API_KEY', status: 'terminated', owner: null, key: 'key_bbbbbbbbbbbb' },
    ])
    await pool.query('reset role')
    const { rows: forced } = await pool.query(
      'select relname from pg_class where relname = any($1) and not relforcerowsecurity',
      [[...tables, 'principals']],
    )
    expect(forced).toEqual([])
  })
})
