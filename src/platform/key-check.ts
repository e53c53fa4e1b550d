// Refuses to start with a master key that does not fit the data, before anything is written, and
// wraps everything anew after a change of the key.
import type pg from 'pg'
import { type Database, sql, type Tx } from './db.ts'
import type { Secrets } from './secrets.ts'

const name = 'master_key_check'

export class MasterKeyMismatch extends Error {
  constructor() {
    super(
      'PANTHERA_MASTER_KEY does not fit the data in this database: set the key that it was ' +
        'made with, or that one as PANTHERA_MASTER_KEY_PREVIOUS while changing it',
    )
    this.name = 'MasterKeyMismatch'
  }
}

/** The data was made with a key that this data directory does not hold. */
export class MasterKeyMissing extends Error {
  constructor(path: string) {
    super(
      `the database holds data, and ${path} is missing: copy it from the installation that made ` +
        'the data, or set PANTHERA_MASTER_KEY to what it holds',
    )
    this.name = 'MasterKeyMissing'
  }
}

/** Before a key is made: whether there is data that another key has sealed. */
export async function hasSealedData(db: Database): Promise<boolean> {
  const found = await db.inSystem((tx) =>
    tx.maybe(sql`select 1 from settings where name = ${name}`),
  )
  return found !== null
}

/**
 * The first start stores the check value; every later one must match it. Answers how many values
 * were wrapped anew because only the previous key fitted. Throws MasterKeyMismatch.
 */
export async function checkMasterKey(db: Database, secrets: Secrets): Promise<number> {
  const fit = await db.inSystem(async (tx) => {
    await tx.run(sql`insert into settings (name, value) values (${name}, ${secrets.checkValue()})
      on conflict do nothing`)
    const { value } = await tx.one<{ value: Buffer }>(
      sql`select value from settings where name = ${name}`,
    )
    return secrets.fits(value)
  })
  if (fit === null) throw new MasterKeyMismatch()
  if (fit === 'current') return 0
  const rewrapped = await rewrapAll(db, secrets)
  // Last: a crash before this only repeats what is then already done.
  await db.inSystem((tx) =>
    tx.run(sql`update settings set value = ${secrets.checkValue()} where name = ${name}`),
  )
  return rewrapped
}

interface SealedColumn {
  table_name: string
  column_name: string
  /** Else its rows belong to the installation, and are seen across tenants. */
  has_tenant: boolean
}

/** Every `bytea` column whose name begins with `sealed`, of the installation and every tenant. */
async function rewrapAll(db: Database, secrets: Secrets): Promise<number> {
  const columns = await db.inSystem(sealedColumns)
  const organizations = await db.inSystem((tx) =>
    tx.rows<{ id: string }>(sql`select id from organizations`),
  )
  const rewrap = (hasTenant: boolean) => async (tx: Tx) => {
    let rewrapped = 0
    for (const column of columns) {
      if (column.has_tenant === hasTenant) rewrapped += await rewrapColumn(tx, column, secrets)
    }
    return rewrapped
  }
  let rewrapped = await db.inSystem(rewrap(false))
  for (const { id } of organizations) rewrapped += await db.inTenant(id, rewrap(true))
  return rewrapped
}

function sealedColumns(tx: Tx): Promise<SealedColumn[]> {
  return tx.rows<SealedColumn>(sql`
    select c.relname as table_name, a.attname as column_name,
      exists (select from pg_attribute o
        where o.attrelid = c.oid and o.attname = 'organization_id') as has_tenant
      from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
       and a.attname like 'sealed%' and a.atttypid = 'bytea'::regtype`)
}

async function rewrapColumn(tx: Tx, column: SealedColumn, secrets: Secrets): Promise<number> {
  const table = identifier(column.table_name)
  const field = identifier(column.column_name)
  const rows = await tx.rows<pg.QueryResultRow & { at: string; sealed: Buffer }>(
    statement(`select ctid::text as at, ${field} as sealed from ${table}
      where octet_length(${field}) > 0 for update`),
  )
  const stale = rows.filter(({ sealed }) => secrets.needsRewrap(sealed))
  for (const { at, sealed } of stale) {
    await tx.run(
      statement(`update ${table} set ${field} = $1 where ctid = $2::tid`, [
        secrets.rewrap(sealed),
        at,
      ]),
    )
  }
  return stale.length
}

/** Names come from the catalogue; quoting keeps any of them from being more than a name. */
function identifier(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

function statement(text: string, values: unknown[] = []) {
  return { text, values } as unknown as ReturnType<typeof sql>
}
