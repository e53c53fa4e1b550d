// Isolation is the database's, not the queries': every table says who sees it.
import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../test/fixtures/database.ts'
import { enterTenant, sql } from './db.ts'

type Statement = ReturnType<typeof sql>

describe.skipIf(!hasDatabase)('tenancy', () => {
  const database = useTestDatabase()

  interface TableRow {
    name: string
    has_tenant: boolean
    enabled: boolean
    forced: boolean
    policies: { role: string; using: string; check: string }[]
  }

  const tables = () =>
    database.db.pool.query<TableRow>(`
      select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
        exists (select 1 from pg_attribute a
                 where a.attrelid = c.oid and a.attname = 'organization_id') as has_tenant,
        coalesce((select json_agg(json_build_object('role', p.roles[1], 'using', p.qual,
          'check', p.with_check)) from pg_policies p
          where p.schemaname = 'public' and p.tablename = c.relname), '[]') as policies
      from pg_class c
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and c.relname <> 'schema_migrations'`)

  it('every table has forced row-level security', async () => {
    const { rows } = await tables()
    expect(rows.length).toBeGreaterThan(15)
    expect(rows.filter(({ enabled, forced }) => !(enabled && forced))).toEqual([])
  })

  it('every table with an organization has the tenant policy, both ways', async () => {
    const { rows } = await tables()
    const without = rows.filter(({ has_tenant, policies }) => {
      const tenant = policies.find(({ role }) => role === 'panthera_tenant')
      const binds = [tenant?.using, tenant?.check].every((text) =>
        text?.includes('organization_id = (NULLIF(current_setting('),
      )
      return has_tenant && !binds
    })
    expect(without).toEqual([])
  })

  it('what belongs to the installation is closed to tenants, but for what they need', async () => {
    const { rows } = await database.db.pool.query<{ name: string; rights: string[] }>(`
      select c.relname as name, array(select distinct lower(p.granted) from unnest(
          array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as p (granted)
        where has_table_privilege('panthera_tenant', c.oid, p.granted)
           or (p.granted in ('SELECT', 'INSERT', 'UPDATE')
             and has_any_column_privilege('panthera_tenant', c.oid, p.granted))) as rights
      from pg_class c
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and not exists (select from pg_attribute a
                         where a.attrelid = c.oid and a.attname = 'organization_id')
      order by c.relname`)
    expect(rows.filter(({ rights }) => rights.length > 0)).toEqual([
      { name: 'organizations', rights: ['select'] },
      { name: 'revocation_version', rights: ['select', 'update'] },
      { name: 'users', rights: ['select'] },
    ])
    for (const column of ['password_hash', '*']) {
      const peek = database.db.inTenant('11111111-0000-4000-8000-000000000000', (tx) =>
        tx.rows({ text: `select ${column} from users`, values: [] } as unknown as Statement),
      )
      await expect(peek).rejects.toThrow('permission denied')
    }
  })

  it('neither role can log in, own a table or pass row-level security', async () => {
    const { rows } = await database.db.pool.query(`
      select rolname, rolcanlogin, rolbypassrls, rolsuper,
        (select count(*)::int from pg_class where relowner = r.oid) as owned
      from pg_roles r where rolname in ('panthera_tenant', 'panthera_system') order by rolname`)
    const powerless = { rolcanlogin: false, rolbypassrls: false, rolsuper: false }
    expect(rows).toMatchObject([
      { rolname: 'panthera_system', ...powerless },
      { rolname: 'panthera_tenant', ...powerless, owned: 0 },
    ])
  })

  it('a tenant sees its own rows only, and none without a tenant', async () => {
    const { db } = database
    const mine = '11111111-0000-4000-8000-000000000000'
    const other = '22222222-0000-4000-8000-000000000000'
    await db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan)
        values (${mine}, 'Mine', 'free'), (${other}, 'Other', 'free')`),
    )
    for (const id of [mine, other]) {
      await db.inTenant(id, (tx) =>
        tx.run(sql`insert into workspaces (organization_id, id, name) values (${id}, 'ws_1', 'W')`),
      )
    }
    const seen = (id: string) =>
      db.inTenant(id, (tx) => tx.rows<{ organization_id: string }>(sql`select * from workspaces`))
    expect((await seen(mine)).map((row) => row.organization_id)).toEqual([mine])
    const unset = await db.inSystem(async (tx) => {
      await tx.rows(sql`select set_config('role', 'panthera_tenant', true)`)
      return tx.rows(sql`select * from workspaces`)
    })
    expect(unset).toEqual([])
    const foreign = db.inTenant(mine, (tx) =>
      tx.run(
        sql`insert into workspaces (organization_id, id, name) values (${other}, 'ws_2', 'W')`,
      ),
    )
    await expect(foreign).rejects.toThrow('row-level security')
  })

  it('the tenant does not outlive its transaction on the pooled connection', async () => {
    const { db } = database
    const id = '11111111-0000-4000-8000-000000000000'
    await db.inTenant(id, (tx) => tx.rows(sql`select 1`))
    const after = await db.inSystem((tx) =>
      tx.one<{ tenant: string | null }>(
        sql`select current_setting('app.organization', true) as tenant`,
      ),
    )
    expect(after.tenant ?? '').toBe('')
  })

  it('a system transaction narrowed to a tenant sees that tenant only', async () => {
    const id = '22222222-0000-4000-8000-000000000000'
    const rows = await database.db.inSystem(async (tx) => {
      await enterTenant(tx, id)
      return tx.rows<{ organization_id: string }>(sql`select * from workspaces`)
    })
    expect(rows.map((row) => row.organization_id)).toEqual([id])
  })
})
