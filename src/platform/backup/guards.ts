// Rows are loaded in any order and exactly as they were: so what checks or changes each of them
// stands aside meanwhile, within the transaction that nobody else sees.
import type pg from 'pg'

/**
 * Takes down foreign keys, triggers of ours and the row-level security that binds even the owner
 * of the tables, of all tables in the schema `public`. Answers what to run to have all of it again
 * as it was, where the foreign keys are checked over all rows at once.
 */
export async function liftGuards(client: pg.Client): Promise<string[]> {
  const guards = await readGuards(client)
  for (const { down } of guards) await client.query(down)
  return guards.map(({ up }) => up)
}

interface Guard {
  down: string
  up: string
}

async function readGuards(client: pg.Client): Promise<Guard[]> {
  const guards: Guard[] = []
  for (const query of [foreignKeys, triggers, forcedSecurity]) {
    guards.push(...(await client.query<Guard>(query)).rows)
  }
  return guards
}

// Those of partitions come and go with their parents'.
const foreignKeys = `
  select format('alter table %s drop constraint %I', t.conrelid::regclass, t.conname) as down,
    format('alter table %s add constraint %I %s', t.conrelid::regclass, t.conname,
      pg_get_constraintdef(t.oid)) as up
  from pg_constraint t
  where t.contype = 'f' and t.connamespace = 'public'::regnamespace and t.conparentid = 0
  order by t.conrelid::regclass::text, t.conname`

const triggers = `
  select format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname) as down,
    format('alter table %s enable %s trigger %I', t.tgrelid::regclass,
      case t.tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, t.tgname) as up
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where not t.tgisinternal and t.tgparentid = 0 and t.tgenabled <> 'D'
    and c.relnamespace = 'public'::regnamespace
  order by t.tgrelid::regclass::text, t.tgname`

const forcedSecurity = `
  select format('alter table %s no force row level security', c.oid::regclass) as down,
    format('alter table %s force row level security', c.oid::regclass) as up
  from pg_class c
  where c.relforcerowsecurity and c.relnamespace = 'public'::regnamespace
  order by c.oid::regclass::text`
