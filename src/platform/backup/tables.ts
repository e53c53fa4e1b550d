// Which tables there are, of which columns, and under which role all their rows can be read.
import type pg from 'pg'
import { BackupError } from './error.ts'

export interface Table {
  name: string
  columns: Column[]
  /**
   * `system` sees every row at once, `tenant` those of one organization after the other, `owner`
   * a table without row-level security.
   */
  reader: 'system' | 'tenant' | 'owner' | null
}

export interface Column {
  name: string
  /** As SQL writes it, `character varying(20)`. */
  type: string
}

/** The ledger of migrations is not among them: its content is the level, which is kept apart. */
export async function listTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(tablesQuery)
  return rows
}

/** Throws BackupError for one that no role can read whole: nothing may be left out unnoticed. */
export function checkReaders(tables: readonly Table[]): void {
  const unread = tables.filter(({ reader }) => reader === null).map(({ name }) => name)
  if (unread.length === 0) return
  throw new BackupError(
    `row-level security hides rows of ${unread.join(', ')} from every role that may read them`,
    'give panthera_system a policy for all rows with the right to select (system_table), or give ' +
      'the table an organization_id (tenant_table), or back up with pg_dump as a superuser',
  )
}

/** A table as SQL names it. */
export function qualified(client: pg.Client, name: string): string {
  return `public.${client.escapeIdentifier(name)}`
}

const fullPolicy = `exists (
  select 1 from pg_policies p
   where p.schemaname = 'public' and p.tablename = c.relname and p.permissive = 'PERMISSIVE'
     and 'panthera_system' = any (p.roles) and p.cmd in ('ALL', 'SELECT') and p.qual = 'true')
  and not exists (
  select 1 from pg_policies p
   where p.schemaname = 'public' and p.tablename = c.relname and p.permissive <> 'PERMISSIVE')`

const tablesQuery = `
  select c.relname as name,
    (select json_agg(json_build_object('name', a.attname,
              'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
       from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        -- What is computed from other columns is computed again.
        and a.attgenerated = '') as columns,
    case
      when not c.relrowsecurity then 'owner'
      when has_table_privilege('panthera_system', c.oid, 'select') and ${fullPolicy}
        then 'system'
      when has_table_privilege('panthera_tenant', c.oid, 'select')
       and exists (select 1 from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
                     and a.attname = 'organization_id') then 'tenant'
    end as reader
  from pg_class c
  where c.relkind in ('r', 'p') and not c.relispartition
    and c.relnamespace = 'public'::regnamespace and c.relname <> 'schema_migrations'
    and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass
                      and d.objid = c.oid and d.deptype = 'e')
  order by c.relname`
