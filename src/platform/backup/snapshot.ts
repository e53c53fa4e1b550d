// Reads tables within one transaction, each under the role that row-level security lets see it.
import type pg from 'pg'
import type { Sequence } from './entries.ts'
import { type Batch, streamRows } from './row-stream.ts'
import { qualified, type Table } from './tables.ts'

export interface Snapshot {
  client: pg.Client
  /** Whose rows there are: the tenants' tables are read for one after the other. */
  organizations: readonly string[]
}

export async function openSnapshot(client: pg.Client): Promise<Snapshot> {
  await enter(client, 'panthera_system')
  const { rows } = await client.query<{ id: string }>('select id from organizations order by id')
  return { client, organizations: rows.map(({ id }) => id) }
}

/** Every row of the table, columns in its order. */
export async function* readRows(snapshot: Snapshot, table: Table): AsyncGenerator<Batch> {
  const { client } = snapshot
  const columns = table.columns.map(({ name }) => client.escapeIdentifier(name))
  const query = `select ${columns.join(', ')} from ${qualified(client, table.name)}`
  for await (const _ of asReaders(snapshot, table)) yield* streamRows(client, query)
}

/** The artefacts that rows refer to: columns `artefact` and `…_artefact` name them. */
export async function referredArtefacts(
  snapshot: Snapshot,
  tables: readonly Table[],
): Promise<Set<string>> {
  const { client } = snapshot
  const referred = new Set<string>()
  for (const table of tables) {
    for (const { name } of table.columns.filter((column) => /^(.+_)?artefact$/.test(column.name))) {
      const column = client.escapeIdentifier(name)
      const query = `select distinct ${column}::text as sha256
        from ${qualified(client, table.name)} where ${column} is not null`
      for await (const _ of asReaders(snapshot, table)) {
        const { rows } = await client.query<{ sha256: string }>(query)
        for (const { sha256 } of rows) referred.add(sha256)
      }
    }
  }
  return referred
}

/** They belong to no transaction: read after the rows they are never behind them. */
export async function readSequences({ client }: Snapshot): Promise<Sequence[]> {
  await enter(client, 'none')
  const { rows: names } = await client.query<{ name: string }>(`
    select c.relname as name from pg_class c
     where c.relkind = 'S' and c.relnamespace = 'public'::regnamespace order by 1`)
  const sequences: Sequence[] = []
  for (const { name } of names) {
    const { rows } = await client.query<Omit<Sequence, 'name'>>(
      `select last_value::text as last, is_called as called from ${qualified(client, name)}`,
    )
    sequences.push(...rows.map((row) => ({ name, ...row })))
  }
  return sequences
}

/** Once for each role and organization that the table is to be read under. */
async function* asReaders({ client, organizations }: Snapshot, { reader }: Table) {
  if (reader !== 'tenant') {
    yield await enter(client, reader === 'system' ? 'panthera_system' : 'none')
    return
  }
  for (const organization of organizations) {
    yield await enter(client, 'panthera_tenant', organization)
  }
}

async function enter(client: pg.Client, role: string, organization = ''): Promise<void> {
  await client.query(
    `select set_config('role', $1, true), set_config('app.organization', $2, true)`,
    [role, organization],
  )
}
