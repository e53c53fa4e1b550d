// SQL of organizations and their workspaces. They are made and changed across tenants.
import { sql, type Tx } from '../../platform/db.ts'
import type { Plan } from '../../platform/http/caller.ts'
import type { Organization } from './schema.ts'

export interface NewOrganization {
  id: string
  name: string
  plan: Plan
  isFirst: boolean
  workspaceId: string
}

export async function insert(tx: Tx, made: NewOrganization): Promise<void> {
  await tx.run(sql`insert into organizations (id, name, plan, is_first)
    values (${made.id}, ${made.name}, ${made.plan}, ${made.isFirst})`)
  await tx.run(sql`insert into workspaces (organization_id, id, name, is_default)
    values (${made.id}, ${made.workspaceId}, 'Default', true)`)
}

export async function list(tx: Tx): Promise<Organization[]> {
  return tx.rows<Organization>(sql`${selection} order by o.created_at, o.id limit 1000`)
}

export async function find(tx: Tx, id: string): Promise<Organization | null> {
  return tx.maybe<Organization>(sql`${selection} where o.id = ${id}`)
}

export async function first(tx: Tx): Promise<Organization | null> {
  return tx.maybe<Organization>(sql`${selection} where o.is_first`)
}

/** Answers whether there is such an organization. */
export async function setPlan(tx: Tx, id: string, plan: Plan): Promise<boolean> {
  return (await tx.run(sql`update organizations set plan = ${plan} where id = ${id}`)) === 1
}

const selection = sql`select o.id, o.name, o.plan, o.is_first, o.created_at,
    w.id as default_workspace_id
  from organizations o join workspaces w on w.organization_id = o.id and w.is_default`
