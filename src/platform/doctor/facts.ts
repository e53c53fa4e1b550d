// What the database tells about itself, for a support bundle: sizes and counts, and no row.
import { reading, type Session } from './session.ts'

export interface Facts {
  postgres: string
  bytes: number
  migrations: { name: string; applied_at: string }[]
  /** The rows are PostgreSQL's estimate. */
  tables: { schema: string; name: string; bytes: number; rows: number }[]
  queues: { name: string; state: string; jobs: number }[]
  /** Events and deliveries that wait, and the age of the oldest in seconds. */
  waiting: { name: string; rows: number; oldest_seconds: number }[]
  sessions: { state: string; sessions: number }[]
}

export async function readFacts(session: Session): Promise<Facts> {
  const list = async <Row extends object>(query: string, role: Role = 'none'): Promise<Row[]> => {
    const read = reading(session, role, (client) =>
      client.query<Row & Record<string, unknown>>(query),
    )
    // One that is not there yet, or not ours to see, is not worth losing the others.
    return (await read.catch(() => ({ rows: [] }))).rows
  }
  const [server] = await list<Pick<Facts, 'postgres' | 'bytes'>>(`
    select version() as postgres, pg_database_size(current_database())::float8 as bytes`)
  return {
    postgres: server?.postgres ?? '',
    bytes: server?.bytes ?? 0,
    migrations: await list(`
      select name,
          to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as applied_at
        from schema_migrations order by name`),
    tables: await list(tables),
    queues: await list(`
      select name, state::text as state, count(*)::integer as jobs
        from pgboss.job group by 1, 2 order by 1, 2`),
    waiting: [
      ...(await list<Waiting>(waiting('outbox', 'true'), 'panthera_system')),
      ...(await list<Waiting>(
        waiting('webhook_deliveries', "status = 'pending'"),
        'panthera_system',
      )),
    ],
    sessions: await list(`
      select coalesce(state, 'unknown') as state, count(*)::integer as sessions
        from pg_stat_activity where datname = current_database() group by 1 order by 1`),
  }
}

type Role = Parameters<typeof reading>[1]
type Waiting = Facts['waiting'][number]

const tables = `
  select n.nspname as schema, c.relname as name,
    pg_total_relation_size(c.oid)::float8 as bytes, greatest(c.reltuples, 0)::float8 as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname in ('public', 'pgboss')
  order by 3 desc, 1, 2`

function waiting(table: string, condition: string): string {
  return `select '${table}' as name, count(*)::integer as rows,
      coalesce(extract(epoch from now() - min(created_at)), 0)::integer as oldest_seconds
    from ${table} where ${condition}`
}
