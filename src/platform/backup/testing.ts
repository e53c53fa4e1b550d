// For tests: rows in every table there is, whichever that will be, and all of it as text.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import type { Place } from '../installation/place.ts'
import { startPostgres } from '../postgres/index.ts'
import { begin } from './database.ts'
import { liftGuards } from './guards.ts'
import { listTables, qualified } from './tables.ts'

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'panthera-backup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function placeOf(databaseUrl: string, dataDir: string, masterKey?: Buffer): Place {
  const base64 = masterKey?.toString('base64') ?? null
  return { dataDir, databaseUrl, masterKey: base64, masterKeyPrevious: null }
}

/** An empty database that goes with the test. */
export async function emptyDatabase(): Promise<string> {
  const server = inject('testPostgres')
  if (server?.dataDir == null) throw new Error('the embedded server of the tests is needed')
  const postgres = await startPostgres({ dataDir: server.dataDir })
  const name = `t_${randomBytes(8).toString('hex')}`
  await postgres.createDatabase(name)
  onTestFinished(async () => {
    await postgres.dropDatabase(name)
    await postgres.stop()
  })
  return server.url.replace(/\/panthera_template\?/, `/${name}?`)
}

/** A URL, or what an embedded database answers. */
type Target = string | pg.ClientConfig

export async function withClient<Result>(
  target: Target,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(target)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/**
 * Puts row number `at` into every table that has none of it. All values follow from the number and
 * the type, so that the rows refer to one another as foreign keys want it.
 */
export async function fillTables(target: Target, at: number): Promise<void> {
  await withClient(target, async (client) => {
    await begin(client, '')
    const putBack = await liftGuards(client)
    for (const { name, columns } of await listTables(client)) {
      const choices = await choicesOf(client, name)
      const values = columns.map((column) => choices.get(column.name) ?? textOf(column.type, at))
      await insertFitting(client, { name, columns, values })
    }
    for (const statement of putBack) await client.query(statement)
    await client.query('commit')
  })
}

interface Row {
  name: string
  columns: readonly { name: string; type: string }[]
  values: (string | null)[]
}

/** Where a check wants some of several columns null, those that it names become so, one by one. */
async function insertFitting(client: pg.Client, { name, columns, values }: Row): Promise<void> {
  const table = qualified(client, name)
  const names = columns.map((column) => client.escapeIdentifier(column.name))
  const texts = columns.map((column, index) => `$${index + 1}::text::${column.type}`)
  for (;;) {
    await client.query('savepoint row')
    try {
      await client.query(
        `insert into ${table} (${names.join(', ')}) overriding system value
          values (${texts.join(', ')}) on conflict do nothing`,
        values,
      )
      return
    } catch (error) {
      await client.query('rollback to savepoint row')
      const nullable = await nullableOf(client, table, error)
      const index = columns.findIndex((column, at) => {
        return nullable.includes(column.name) && values[at] !== null
      })
      if (index < 0) throw error
      values[index] = null
    }
  }
}

/** The columns that may be null of the check that an insert went against. */
async function nullableOf(client: pg.Client, table: string, error: unknown): Promise<string[]> {
  if (!(error instanceof pg.DatabaseError) || error.code !== '23514') return []
  const { rows } = await client.query<{ name: string }>(
    `select a.attname as name from pg_constraint t
       join pg_attribute a on a.attrelid = t.conrelid and a.attnum = any (t.conkey)
      where t.conrelid = $1::regclass and t.conname = $2 and not a.attnotnull`,
    [table, error.constraint],
  )
  return rows.map((row) => row.name)
}

/** Every row of every table as PostgreSQL writes it, and what guards them. */
export async function everything(
  target: Target,
  columns: Readonly<Record<string, readonly string[]>> = {},
): Promise<Record<string, string[]>> {
  return withClient(target, async (client) => {
    await begin(client, '')
    const guards = await liftGuards(client)
    const found: Record<string, string[]> = { guards }
    for (const { name } of await listTables(client)) {
      const wanted = columns[name]?.map((column) => client.escapeIdentifier(column)).join(', ')
      const { rows } = await client.query<{ row: string }>(
        `select ${wanted === undefined ? 't' : `row(${wanted})`}::text as row
          from ${qualified(client, name)} t order by 1`,
      )
      found[name] = rows.map(({ row }) => row)
    }
    const { rows } = await client.query<{ row: string }>(`
      select format('%s %s %s', schemaname, sequencename, last_value) as row
        from pg_sequences where schemaname = 'public' order by 1`)
    found.sequences = rows.map(({ row }) => row)
    await client.query('rollback')
    return found
  })
}

/** By table. */
export async function columnsOf(target: Target): Promise<Record<string, string[]>> {
  return withClient(target, async (client) => {
    const tables = await listTables(client)
    return Object.fromEntries(
      tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]),
    )
  })
}

/** What a check of one column leaves for it: the first of its texts, or true. */
async function choicesOf(client: pg.Client, table: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ column: string; definition: string }>(
    `select a.attname as column, pg_get_constraintdef(t.oid) as definition
       from pg_constraint t
       join pg_attribute a on a.attrelid = t.conrelid and a.attnum = any (t.conkey)
      where t.contype = 'c' and t.conrelid = $1::regclass and cardinality(t.conkey) = 1`,
    [qualified(client, table)],
  )
  const choices = new Map<string, string>()
  for (const { column, definition } of rows) {
    const first = /'([^']+)'::text/.exec(definition)?.[1]
    if (first !== undefined) choices.set(column, first)
    else if (definition === `CHECK (${column})`) choices.set(column, 'true')
  }
  return choices
}

/** Awkward on purpose: what a careless way through JSON or JavaScript would lose. */
function textOf(type: string, at: number): string {
  const digits = String(at).padStart(12, '0')
  const text = `${at} "quoted" \\n, {braces}, 'single', ünïcode 🐯\nline`
  switch (type) {
    case 'uuid':
      return `00000000-0000-7000-8000-${digits}`
    case 'bytea':
      return `\\x00ff${digits}`
    case 'boolean':
      return String(at === 1)
    case 'timestamp with time zone':
      return `2026-02-28 23:59:59.${String(at % 1_000_000).padStart(6, '0')}+00`
    case 'date':
      return '2026-02-28'
    case 'jsonb':
      return at % 2 === 0
        ? 'null'
        : `{"n": 12345678901234567890.10, "text": ${JSON.stringify(text)}}`
    case 'inet':
      return '2001:db8::1'
    case 'interval':
      return '1 mon 2 days 03:04:05.678901'
    case 'bigint[]':
      return `{${at},9007199254740993}`
    case 'text[]':
      return `{"${at}",NULL,"a,\\"b\\"",""}`
    case 'bytea[]':
      return `{"\\\\x00ff${digits}","\\\\x"}`
    case 'integer[]':
      return `{${at}}`
    case 'double precision':
      return '0.1'
    case 'text':
      return text
    default:
      // Numbers of every kind, and what reads as one.
      return String(at)
  }
}
