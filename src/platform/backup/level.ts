// Brings an empty database to the level of a backup, and afterwards to this version's.
import type pg from 'pg'
import { applyMigration, createLedger, type Migration, readMigrations } from '../migrate.ts'
import type { Manifest } from './entries.ts'
import { BackupError } from './error.ts'

export interface Levels {
  /** What the backed-up database had. */
  recorded: Migration[]
  /** What this version has beyond it. */
  newer: Migration[]
}

/** Throws BackupError where this version lacks a migration of the backup, or has it otherwise. */
export function levelsOf({ migrations, panthera }: Manifest): Levels {
  const ours = readMigrations()
  migrations.forEach(({ name, sha256 }, at) => {
    const own = ours[at]
    if (own?.name === name && own.sha256 === sha256) return
    const what = own === undefined ? 'lacks' : 'has in another form or order'
    throw new BackupError(
      `the backup was made by Panthera ${panthera}, and this version ${what} migration ${name}`,
      `restore it with Panthera ${panthera} or a newer release`,
    )
  })
  return { recorded: ours.slice(0, migrations.length), newer: ours.slice(migrations.length) }
}

/** Throws BackupError where there is anything in the database. */
export async function checkEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; count: number }>(`
    select min(c.oid::regclass::text) as name, count(*)::integer as count
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
       and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
       and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass
                         and d.objid = c.oid and d.deptype = 'e')`)
  const found = rows[0]
  if (found === undefined || found.count === 0) return
  throw new BackupError(
    `the database is not empty: it has ${found.count} tables and the like, such as ${found.name}`,
    'restore into a new data directory (PANTHERA_DATA_DIR), or set DATABASE_URL to an empty ' +
      'database',
  )
}

export async function applyAll(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await createLedger(client)
  for (const migration of migrations) await applyMigration(client, migration)
}
