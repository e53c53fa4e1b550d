// Brings a database to this version: the two roles, then each numbered SQL file once, in order,
// under a lock, with its checksum kept so that an edited file is noticed.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'

export class MigrationError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MigrationError'
  }
}

/** Held by whoever migrates; shared by whoever needs that nobody does. */
export const migrationLock = `hashtext('panthera.migrations')`

const folder = fileURLToPath(new URL('../migrations/', import.meta.url))
const roles = ['panthera_tenant', 'panthera_system'] as const

/** Answers the names of the migrations that were applied. Throws MigrationError. */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect()
  try {
    await ensureRoles(client)
    await prepareLedger(client)
    const applied: string[] = []
    for (const migration of readMigrations()) {
      if (await apply(client, migration)) applied.push(migration.name)
    }
    return applied
  } finally {
    client.release()
  }
}

export interface Migration {
  name: string
  text: string
  sha256: string
}

export function readMigrations(): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  return names.sort().map((name) => {
    const text = readFileSync(`${folder}${name}`, 'utf8')
    return { name, text, sha256: createHash('sha256').update(text).digest('hex') }
  })
}

/** Where it is written down which migrations were applied. */
export async function createLedger(client: pg.ClientBase): Promise<void> {
  await client.query(`create table if not exists schema_migrations (
    name text primary key, sha256 text not null, applied_at timestamptz not null default now())`)
}

/** Within the caller's transaction, under the lock, where it was not applied before. */
export async function applyMigration(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query(migration.text)
  await client.query('insert into schema_migrations (name, sha256) values ($1, $2)', [
    migration.name,
    migration.sha256,
  ])
}

/** Under the lock: "if not exists" alone fails for the second of two who try at once. */
async function prepareLedger(client: pg.PoolClient): Promise<void> {
  await client.query('begin')
  try {
    await client.query(`select pg_advisory_xact_lock(${migrationLock})`)
    await createLedger(client)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<boolean> {
  await client.query('begin')
  try {
    await client.query(`select pg_advisory_xact_lock(${migrationLock})`)
    const { rows } = await client.query<{ sha256: string }>(
      'select sha256 from schema_migrations where name = $1',
      [migration.name],
    )
    const known = rows[0]
    if (known === undefined) {
      await applyMigration(client, migration)
    } else if (known.sha256 !== migration.sha256) {
      throw new MigrationError(
        `migration ${migration.name} was applied in another form: restore the file of the ` +
          'release that applied it, or restore a backup',
      )
    }
    await client.query('commit')
    return known === undefined
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/**
 * Creates the two roles where they are missing. They belong to the whole server, so another
 * database may be creating them right now. Throws MigrationError.
 */
export async function ensureRoles(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ member: boolean }>(
    `select count(*) = 2 as member from pg_roles
      where rolname = any($1) and pg_has_role(current_user, oid, 'member')`,
    [roles],
  )
  if (rows[0]?.member === true) return
  for (let attempt = 1; ; attempt++) {
    try {
      for (const role of roles) await createRole(client, role)
      return
    } catch (error) {
      if (isConcurrentChange(error) && attempt < 10) continue
      if ((error as pg.DatabaseError).code === '42501') throw await missingRight(client)
      throw error
    }
  }
}

async function createRole(client: pg.ClientBase, role: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
  if (rowCount === 0) await client.query(`create role ${role} nologin`)
  await client.query(`grant ${role} to current_user`)
}

/** Duplicate role, duplicate catalogue row, or "tuple concurrently updated". */
function isConcurrentChange(error: unknown): boolean {
  const code = (error as pg.DatabaseError).code ?? ''
  return ['42710', '23505', 'XX000'].includes(code)
}

async function missingRight(client: pg.ClientBase): Promise<MigrationError> {
  const { rows } = await client.query<{ name: string }>('select quote_ident(current_user) as name')
  const statements = roles.map((role) => `create role ${role} nologin;`)
  return new MigrationError(
    `the database user ${rows[0]?.name} may not create roles; as a superuser run once: ` +
      `${statements.join(' ')} grant ${roles.join(', ')} to ${rows[0]?.name};`,
  )
}
