// The one door to PostgreSQL. Work runs in a transaction under one of two roles that cannot log
// in: `inTenant` sees one organization's rows (row-level security), `inSystem` sees the few tables
// that must cross tenants. Neither role owns a table.
import pg from 'pg'
import sqlTag, { type Sql } from 'sql-template-tag'

export { default as sql, empty, join } from 'sql-template-tag'
export type { Sql }

/** One transaction. Times come back as RFC 3339 text in UTC, 64-bit integers as numbers. */
export interface Tx {
  rows<Row extends pg.QueryResultRow>(statement: Sql): Promise<Row[]>
  /** Throws where there is not exactly one row. */
  one<Row extends pg.QueryResultRow>(statement: Sql): Promise<Row>
  maybe<Row extends pg.QueryResultRow>(statement: Sql): Promise<Row | null>
  /** Answers the number of rows changed. */
  run(statement: Sql): Promise<number>
}

export interface Database {
  inTenant<Result>(organizationId: string, work: (tx: Tx) => Promise<Result>): Promise<Result>
  inSystem<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>
  /** Calls back on every NOTIFY of the channel; a hint only, polling stays the truth. */
  listen(channel: string, onNotify: (payload: string) => void): Promise<void>
  ping(): Promise<void>
  pool: pg.Pool
  close(): Promise<void>
}

export type Connection =
  | string
  | Pick<pg.PoolConfig, 'host' | 'port' | 'user' | 'password' | 'database' | 'ssl'>

export interface DatabaseOptions {
  connection: Connection
  connectionsMax?: number
  onError: (error: Error) => void
}

const statementMsMax = 60_000
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function openDatabase(options: DatabaseOptions): Database {
  const settings = poolSettings(options.connection)
  const pool = new pg.Pool({
    ...settings,
    types: valueTypes,
    max: options.connectionsMax ?? 12,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
  })
  pool.on('error', options.onError)
  // While it says goodbye nobody else listens to a client, and an error that nobody hears of ends
  // the process.
  pool.on('connect', (client) => void client.on('error', () => {}))
  const listener = createListener(settings, options.onError)

  async function inRole<Result>(first: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const client = await pool.connect()
    let broken: Error | undefined
    // The pool listens to idle clients only; a session that the server ends in the middle of a
    // transaction fails the query, and must not end the process as well.
    const onError = (error: Error) => {
      broken ??= error
      options.onError(error)
    }
    client.on('error', onError)
    try {
      await client.query(first)
      const result = await work(transaction(client))
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((cause: Error) => {
        broken ??= cause
      })
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  return {
    pool,
    inTenant(organizationId, work) {
      // The value stands in the text, so that role and tenant are set in one round trip.
      if (!uuid.test(organizationId)) throw new TypeError('an organization id is a UUID')
      const tenant = `set_config('app.organization', '${organizationId}', true)`
      return inRole(`${begin('panthera_tenant')}, ${tenant}`, work)
    },
    inSystem: (work) => inRole(begin('panthera_system'), work),
    listen: listener.listen,
    async ping() {
      await pool.query('select 1')
    },
    async close() {
      await listener.close()
      await pool.end()
    },
  }
}

/**
 * Everything is set for the transaction only, and nothing at connecting: a pooler between us and
 * the server hands one connection to many.
 */
function begin(role: 'panthera_tenant' | 'panthera_system'): string {
  return `begin; select set_config('statement_timeout', '${statementMsMax}', true),
    set_config('role', '${role}', true)`
}

/** Narrows a system transaction to one tenant; `enterSystem` widens it again. */
export async function enterTenant(tx: Tx, organizationId: string): Promise<void> {
  await tx.rows(sqlTag`select set_config('role', 'panthera_tenant', true),
    set_config('app.organization', ${organizationId}, true)`)
}

export async function enterSystem(tx: Tx): Promise<void> {
  await tx.rows(sqlTag`select set_config('role', 'panthera_system', true),
    set_config('app.organization', '', true)`)
}

function poolSettings(connection: Connection): pg.PoolConfig {
  const shared = { application_name: 'panthera' }
  if (typeof connection === 'string') return { connectionString: connection, ...shared }
  return { ...connection, ...shared }
}

function transaction(client: pg.PoolClient): Tx {
  return {
    async rows<Row extends pg.QueryResultRow>(statement: Sql) {
      return (await client.query<Row>(statement)).rows
    },
    async one<Row extends pg.QueryResultRow>(statement: Sql) {
      const { rows } = await client.query<Row>(statement)
      const [row] = rows
      if (row === undefined || rows.length > 1) {
        throw new Error(`one row was expected, ${rows.length} came back: ${statement.text}`)
      }
      return row
    },
    async maybe<Row extends pg.QueryResultRow>(statement: Sql) {
      return (await client.query<Row>(statement)).rows[0] ?? null
    },
    async run(statement: Sql) {
      return (await client.query(statement)).rowCount ?? 0
    },
  }
}

const int8 = 20
const timestamptz = 1184

const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === int8) return Number
    if (oid === timestamptz) return (text: string) => new Date(text).toISOString()
    return pg.types.getTypeParser(oid, format)
  }) as typeof pg.types.getTypeParser,
}

/** One connection of its own, reopened when it breaks; pools and NOTIFY do not go together. */
function createListener(settings: pg.PoolConfig, onError: (error: Error) => void) {
  const callbacks = new Map<string, (payload: string) => void>()
  let client: pg.Client | null = null
  let reopen: NodeJS.Timeout | null = null
  let closed = false

  async function connect(): Promise<void> {
    const next = new pg.Client(settings)
    next.on('notification', (message) => {
      callbacks.get(message.channel)?.(message.payload ?? '')
    })
    next.on('error', (error) => {
      onError(error)
      lost()
    })
    next.on('end', lost)
    client = next
    await next.connect()
    for (const channel of callbacks.keys()) {
      await next.query(`listen ${next.escapeIdentifier(channel)}`)
    }
  }

  function lost(): void {
    client = null
    if (closed || reopen !== null) return
    reopen = setTimeout(() => {
      reopen = null
      connect().catch((error: Error) => {
        onError(error)
        lost()
      })
    }, 1_000)
  }

  return {
    async listen(channel: string, onNotify: (payload: string) => void): Promise<void> {
      callbacks.set(channel, onNotify)
      if (client === null) await connect()
      else await client.query(`listen ${client.escapeIdentifier(channel)}`)
    },
    async close(): Promise<void> {
      closed = true
      if (reopen !== null) clearTimeout(reopen)
      await client?.end()
    },
  }
}
