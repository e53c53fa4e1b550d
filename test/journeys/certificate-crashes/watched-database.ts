// The server's database as the walk sees it: every step that is written of renewals, deployments
// and jobs has a name, and a server may be held at one of them in the middle of its transaction.
import { type Database, openDatabase, type Sql, sql } from '../../../src/platform/db.ts'
import { startPostgres } from '../../../src/platform/postgres/index.ts'
import type { Tripwire } from './tripwire.ts'

const tables = [
  'renewals',
  'certificate_versions',
  'deployments',
  'agent_jobs',
  'acme_client_accounts',
  'acme_client_answers',
]
const channel = 'crash_walk'
const lock = 4_711

export interface WatchedDatabase {
  /** Whoever writes that for the n-th time stops before the end of its transaction. */
  holdAt(name: string, nth: number): Promise<void>
  /** Whether somebody is held. */
  isHeld(): Promise<boolean>
  letGo(): Promise<void>
  rows<Row extends object>(statement: Sql): Promise<Row[]>
  stop(): Promise<void>
}

export async function watchDatabase(
  dataDir: string,
  organizationId: string,
  wire: Tripwire,
): Promise<WatchedDatabase> {
  const postgres = await startPostgres({ dataDir })
  const db = openDatabase({ connection: postgres.connection, onError: () => undefined })
  await layTriggers(db)
  await db.listen(channel, (name) => {
    wire.pass({ where: 'database', name, moment: 'after' })
  })
  const holder = await db.pool.connect()
  let holding = false
  return {
    async holdAt(name, nth) {
      await holder.query('select pg_advisory_lock($1)', [lock])
      holding = true
      await db.pool.query('alter sequence crash_walk_seen restart')
      await db.pool.query('insert into crash_walk_wanted (name, nth) values ($1, $2)', [name, nth])
    },
    async isHeld() {
      const { rows } = await db.pool.query(`select 1 from pg_locks
        where locktype = 'advisory' and objid = ${lock} and not granted`)
      return rows.length > 0
    },
    async letGo() {
      if (!holding) return
      holding = false
      await db.pool.query('delete from crash_walk_wanted')
      await holder.query('select pg_advisory_unlock($1)', [lock])
    },
    rows: <Row extends object>(statement: Sql) =>
      db.inTenant(organizationId, (tx) => tx.rows(statement)) as Promise<Row[]>,
    async stop() {
      holder.release()
      await db.close()
      await postgres.stop()
    },
  }
}

/** What a row says of how far things are is its name; other changes of it are no step. */
async function layTriggers(db: Database): Promise<void> {
  await db.pool.query(`
    create table crash_walk_wanted (name text not null, nth bigint not null);
    create sequence crash_walk_seen;
    create function crash_walk_name(kind text, item jsonb) returns text language sql as $$
      select concat_ws(' ', kind, item ->> 'kind', item ->> 'state',
        item #>> '{intent,chosen,phase}',
        case when kind = 'acme_client_accounts' and item ->> 'url' is not null then 'known' end)
    $$;
    create function crash_walk_point() returns trigger language plpgsql security definer as $$
    declare
      place text := crash_walk_name(tg_table_name, to_jsonb(coalesce(new, old)));
    begin
      if tg_op = 'DELETE' then place := place || ' deleted'; end if;
      if tg_op = 'UPDATE' and place = crash_walk_name(tg_table_name, to_jsonb(old)) then
        return null;
      end if;
      perform pg_notify('${channel}', place);
      if exists (select from crash_walk_wanted where name = place)
        and nextval('crash_walk_seen') = (select nth from crash_walk_wanted) then
        perform pg_advisory_xact_lock(${lock});
      end if;
      return null;
    end $$;
    ${tables
      .map(
        (table) => `create trigger crash_walk after insert or update or delete on ${table}
          for each row execute function crash_walk_point();`,
      )
      .join('\n')}`)
}

/** What has not come to its end. */
export const openWork = sql`select 'renewal' as kind, id::text, state from renewals
    where finished_at is null
  union all select 'deployment', id::text, state from deployments where finished_at is null
  union all select 'job', id, state from agent_jobs where state in ('queued', 'offered')`
