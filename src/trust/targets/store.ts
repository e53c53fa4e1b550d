// SQL of deployment targets.

import { sql, type Tx } from '../../platform/db.ts'
import type { Reach } from '../../platform/http/reach.ts'
import { offsetOf, type PageQuery } from '../paging.ts'
import { within } from '../reach.ts'
import type { Target } from './schema.ts'

const shown = sql`id, name, type, settings, agent_id as "agentId",
  (select a.name from agents a where a.organization_id = deployment_targets.organization_id
    and a.id = agent_id) as "agentName", position as "order", workspace_id as "workspaceId",
  created_at as "createdAt", updated_at as "updatedAt"`

export async function list(
  tx: Tx,
  reach: Reach,
  page: PageQuery,
): Promise<{ data: Target[]; total: number }> {
  const data = await tx.rows<Target>(sql`select ${shown} from deployment_targets
    where ${within(reach)} order by position, name
    limit ${page.limit} offset ${offsetOf(page)}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from deployment_targets where ${within(reach)}`,
  )
  return { data, total }
}

/** Locked: what is decided by it is written before anybody else decides. */
export async function find(tx: Tx, reach: Reach, id: number): Promise<Target | null> {
  return tx.maybe<Target>(sql`select ${shown} from deployment_targets
    where ${within(reach)} and id = ${id} for no key update`)
}

export interface NamedTarget {
  name: string
  type: string
  settings: Record<string, unknown>
  agentId: string
}

/** Of the workspace, the canary first. They stay as they are until the transaction has ended. */
export async function targetsNamed(
  tx: Tx,
  { organizationId, workspaceId }: { organizationId: string; workspaceId: string },
  names: readonly string[],
): Promise<NamedTarget[]> {
  return tx.rows<NamedTarget>(sql`select name, type, settings, agent_id as "agentId"
    from deployment_targets
    where organization_id = ${organizationId} and workspace_id = ${workspaceId}
      and name = any(${names}::text[]) order by position, name for share`)
}

export async function namesIn(
  tx: Tx,
  { organizationId, workspaceId }: { organizationId: string; workspaceId: string },
  max: number,
): Promise<string[]> {
  const rows = await tx.rows<{ name: string }>(sql`select name from deployment_targets
    where organization_id = ${organizationId} and workspace_id = ${workspaceId}
    order by name limit ${max}`)
  return rows.map(({ name }) => name)
}

export interface NewTarget {
  organizationId: string
  workspaceId: string
  name: string
  type: string
  settings: object
  agentId: string
  order: number
}

/** Null where the name is taken. */
export async function insert(tx: Tx, made: NewTarget): Promise<number | null> {
  const row = await tx.maybe<{ id: number }>(sql`insert into deployment_targets
      (organization_id, workspace_id, name, type, settings, agent_id, position)
    values (${made.organizationId}, ${made.workspaceId}, ${made.name}, ${made.type},
      ${JSON.stringify(made.settings)}, ${made.agentId}, ${made.order})
    on conflict do nothing returning id`)
  return row?.id ?? null
}

/** Answers false where the name is taken. */
export async function update(
  tx: Tx,
  place: { organizationId: string; id: number },
  changed: Omit<NewTarget, 'organizationId' | 'workspaceId'>,
): Promise<boolean> {
  const taken = await tx.maybe(sql`select id from deployment_targets
    where organization_id = ${place.organizationId} and name = ${changed.name}
      and id <> ${place.id}`)
  if (taken !== null) return false
  await tx.run(sql`update deployment_targets set name = ${changed.name}, type = ${changed.type},
      settings = ${JSON.stringify(changed.settings)}, agent_id = ${changed.agentId},
      position = ${changed.order}, updated_at = now()
    where organization_id = ${place.organizationId} and id = ${place.id}`)
  return true
}

export async function remove(tx: Tx, place: { organizationId: string; id: number }) {
  await tx.run(sql`delete from deployment_targets
    where organization_id = ${place.organizationId} and id = ${place.id}`)
}

export async function hasOpenDeployment(
  tx: Tx,
  { organizationId, name }: { organizationId: string; name: string },
): Promise<boolean> {
  const found = await tx.maybe(sql`select 1 as one from deployments
    where organization_id = ${organizationId} and target = ${name}
      and state in ('waiting', 'queued', 'running') limit 1`)
  return found !== null
}
