// The database of the installation: reachable, new enough, allowed enough, migrated, and the one
// that the master key belongs to. Reads only.
import type pg from 'pg'
import { findMasterKey, masterKeyCheck } from '../installation/master-key.ts'
import type { Place } from '../installation/place.ts'
import { readMigrations } from '../migrate.ts'
import { type Check, fail, pass, reasonOf, skip, warn } from './check.ts'
import { reading, type Session } from './session.ts'

const versionMin = 15
const skewMsMax = 5_000

/** Every check of the database; one that breaks off says so and the others go on. */
export async function checkDatabase(session: Session, place: Place): Promise<Check[]> {
  const checks: [name: string, run: () => Promise<Check>][] = [
    ['database', () => checkServer(session)],
    ['database-rights', () => checkRights(session)],
    ['migrations', () => checkMigrations(session)],
    ['master-key', () => checkKey(session, place)],
    ['clock', () => checkClock(session)],
  ]
  const done: Check[] = []
  for (const [name, run] of checks) {
    const failed = (error: unknown) =>
      fail(name, `the database does not tell: ${reasonOf(error)}`, 'see the log of the database')
    done.push(await run().catch(failed))
  }
  return done
}

async function checkServer(session: Session): Promise<Check> {
  const name = 'database'
  const { version, number, encoding } = await one<{
    version: string
    number: number
    encoding: string
  }>(
    session,
    `select current_setting('server_version') as version,
      current_setting('server_version_num')::integer as number,
      current_setting('server_encoding') as encoding`,
  )
  const where = {
    own: 'by DATABASE_URL',
    running: 'embedded, running',
    started: 'embedded, started for this check',
  }[session.server]
  const detail = `PostgreSQL ${version} (${where})`
  if (number < versionMin * 10_000) {
    const fix = `restore a backup into PostgreSQL ${versionMin} or later (panthera backup, restore)`
    return fail(name, `${detail} is too old`, fix)
  }
  if (encoding === 'UTF8') return pass(name, detail)
  const fix = `create the database with: create database … encoding 'UTF8' template template0`
  return fail(name, `${detail} keeps text as ${encoding}`, fix)
}

/** Whether a first start, or an update, may do what it has to. */
async function checkRights(session: Session): Promise<Check> {
  const name = 'database-rights'
  const found = await one<{
    user: string
    database: string
    superuser: boolean
    roles: boolean
    create: boolean
    missing: string[]
  }>(session, rightsQuery)
  if (!found.roles) {
    const fix =
      'run as a superuser: create role panthera_tenant nologin; create role panthera_system ' +
      `nologin; grant panthera_tenant, panthera_system to ${found.user}`
    return fail(name, `the user ${found.user} may not create the roles that it needs`, fix)
  }
  if (!found.create) {
    const detail = `the user ${found.user} may not create schemas or tables`
    return fail(name, detail, `run: alter database ${found.database} owner to ${found.user}`)
  }
  if (found.missing.length > 0) {
    const fix = "install PostgreSQL's contrib modules on its server"
    return fail(name, `the extensions ${found.missing.join(', ')} are not installed`, fix)
  }
  if (!found.superuser) return pass(name, `the user ${found.user} may do what is needed`)
  const fix = 'let a user own the database who is no superuser'
  return warn(name, `the user ${found.user} is a superuser, which is more than is needed`, fix)
}

const rightsQuery = `
  select quote_ident(current_user) as user, quote_ident(current_database()) as database,
    r.rolsuper as superuser,
    r.rolsuper or r.rolcreaterole or (
      select count(*) = 2 from pg_roles o where o.rolname in ('panthera_tenant', 'panthera_system')
         and pg_has_role(current_user, o.oid, 'member')) as roles,
    has_database_privilege(current_database(), 'create')
      and has_schema_privilege('public', 'create') as create,
    array(select e from unnest(array['pg_trgm', 'btree_gin']) e
           where not exists (select 1 from pg_available_extensions a where a.name = e)) as missing
  from pg_roles r where r.rolname = current_user`

async function checkMigrations(session: Session): Promise<Check> {
  const name = 'migrations'
  const ours = readMigrations()
  if (!(await exists(session, 'schema_migrations'))) {
    return pass(name, `the database is empty: the first start brings it to ${ours.at(-1)?.name}`)
  }
  const { rows } = await reading(session, 'none', (client) =>
    client.query<{ name: string; sha256: string }>('select name, sha256 from schema_migrations'),
  )
  const applied = new Map(rows.map((row) => [row.name, row.sha256]))
  const changed = ours.find((one) => (applied.get(one.name) ?? one.sha256) !== one.sha256)
  if (changed !== undefined) {
    const detail = `${changed.name} was applied in another form than this version has`
    return fail(name, detail, 'run the release that applied it, or restore a backup')
  }
  const unknown = [...applied.keys()].find((one) => !ours.some((own) => own.name === one))
  if (unknown !== undefined) {
    const fix = 'run the newest version that was used here'
    return fail(name, `the database is of a newer version: it has ${unknown}`, fix)
  }
  const waiting = ours.filter((one) => !applied.has(one.name))
  if (waiting.length === 0) return pass(name, `the database is at ${ours.at(-1)?.name}`)
  const detail = `the next start applies ${waiting.map((one) => one.name).join(', ')}`
  return warn(name, detail, 'make a backup first: panthera backup FILE')
}

async function checkKey(session: Session, place: Place): Promise<Check> {
  const name = 'master-key'
  const found = await findMasterKey(place).catch((error: unknown) => reasonOf(error))
  if (typeof found === 'string') return fail(name, found, 'set the key that the data was made with')
  const stored = (await exists(session, 'settings')) ? await readKeyCheck(session) : null
  if (stored === null) {
    return pass(name, 'no data is sealed yet, so that any master key fits')
  }
  const fix = 'set PANTHERA_MASTER_KEY to the key that the data was made with'
  if (found === null) return fail(name, 'there is sealed data and no master key', fix)
  const fit = found.secrets.fits(stored)
  if (fit === null) return fail(name, `${found.where} does not fit the data`, fix)
  if (fit === 'current') return pass(name, `${found.where} fits the data`)
  return pass(name, 'the previous master key fits: the next start wraps everything anew')
}

async function readKeyCheck(session: Session): Promise<Buffer | null> {
  const { rows } = await reading(session, 'panthera_system', (client) =>
    client.query<{ value: Buffer }>('select value from settings where name = $1', [masterKeyCheck]),
  )
  return rows[0]?.value ?? null
}

async function checkClock(session: Session): Promise<Check> {
  const name = 'clock'
  const fix = 'let the clocks be set by NTP, for example with: timedatectl set-ntp true'
  const before = Date.now()
  const { now } = await one<{ now: Date }>(session, 'select clock_timestamp() as now')
  const after = Date.now()
  const skewMs = Math.max(before - now.getTime(), now.getTime() - after, 0)
  if (skewMs > skewMsMax) {
    const detail = `this clock and the database's are ${Math.round(skewMs / 1_000)} s apart`
    return warn(name, detail, fix)
  }
  if (!(await exists(session, 'schema_migrations'))) return pass(name, now.toISOString())
  const { latest } = await one<{ latest: Date | null }>(
    session,
    'select max(applied_at) as latest from schema_migrations',
  )
  if (latest === null || latest.getTime() <= after) return pass(name, now.toISOString())
  const detail = `it is ${now.toISOString()} here, and the data is of ${latest.toISOString()}`
  return warn(name, `${detail}: the clock went back`, fix)
}

async function exists(session: Session, table: string): Promise<boolean> {
  const { found } = await one<{ found: boolean }>(
    session,
    `select to_regclass('public.${table}') is not null as found`,
  )
  return found
}

async function one<Row extends pg.QueryResultRow>(session: Session, query: string): Promise<Row> {
  const { rows } = await reading(session, 'none', (client) => client.query<Row>(query))
  const [row] = rows
  if (row === undefined) throw new Error('a row was expected')
  return row
}

/** In place of all of the above where there is no session. */
export function withoutDatabase(reason: string): Check[] {
  return ['database-rights', 'migrations', 'master-key'].map((name) => skip(name, reason))
}
