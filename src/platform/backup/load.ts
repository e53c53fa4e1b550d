// Puts rows into tables, as they were read.
import type pg from 'pg'
import type { End, Manifest, Sequence } from './entries.ts'
import { BackupError, damaged } from './error.ts'
import { listTables, qualified, type Table } from './tables.ts'

/** Loads batches of one table after the other. */
export interface Loader {
  /** Answers how many there were. */
  rows(table: string, json: string): Promise<number>
  sequences(sequences: readonly Sequence[]): Promise<void>
  /** Throws BackupError where a table does not hold what the backup's end says. */
  check(end: End): Promise<void>
}

/**
 * Empties the tables, since migrations put rows into some. The guards must be lifted. Throws
 * BackupError where the database has other tables or columns than the backup.
 */
export async function openLoader(client: pg.Client, manifest: Manifest): Promise<Loader> {
  const tables = matching(await listTables(client), manifest)
  for (const name of tables.keys()) await client.query(`delete from ${qualified(client, name)}`)
  const inserts = new Map(
    manifest.tables.map(({ name, columns }) => [name, insertInto(client, tables, name, columns)]),
  )
  return {
    async rows(table, json) {
      const insert = inserts.get(table)
      if (insert === undefined) throw damaged(`it holds rows of an unknown table ${table}`)
      return (await client.query(insert, [json])).rowCount ?? 0
    },
    async sequences(sequences) {
      for (const { name, last, called } of sequences) {
        const place = qualified(client, name)
        await client.query('select setval($1::regclass, $2::bigint, $3)', [place, last, called])
      }
    },
    async check(end) {
      for (const name of tables.keys()) {
        const { rows } = await client.query<{ count: string }>(
          `select count(*) from ${qualified(client, name)}`,
        )
        if (Number(rows[0]?.count) === end.rows[name]) continue
        throw damaged(`${name} has ${rows[0]?.count} rows and should have ${end.rows[name]}`)
      }
    },
  }
}

/** Values are cast by PostgreSQL's own input functions from its own texts for them. */
function insertInto(
  client: pg.Client,
  tables: ReadonlyMap<string, Table>,
  name: string,
  columns: readonly string[],
): string {
  const types = new Map(tables.get(name)?.columns.map((column) => [column.name, column.type]))
  const names = columns.map((column) => client.escapeIdentifier(column))
  const values = columns.map((column, at) => `(r ->> ${at})::${types.get(column)}`)
  return `insert into ${qualified(client, name)} (${names.join(', ')}) overriding system value
    select ${values.join(', ')} from jsonb_array_elements($1::jsonb) as r`
}

function matching(tables: readonly Table[], manifest: Manifest): Map<string, Table> {
  const here = new Map(tables.map((table) => [table.name, table]))
  const shape = (columns: readonly string[]) => [...columns].sort().join()
  const other = [...new Set([...here.keys(), ...manifest.tables.map(({ name }) => name)])].filter(
    (name) => {
      const columns = manifest.tables.find((table) => table.name === name)?.columns ?? []
      return shape(columns) !== shape(here.get(name)?.columns.map((column) => column.name) ?? [])
    },
  )
  if (other.length === 0) return here
  throw new BackupError(
    `the backup has other columns than this version of Panthera in ${other.sort().join(', ')}`,
    'restore it with the version that made it, whose tables had been changed by hand',
  )
}
