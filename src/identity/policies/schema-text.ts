// The Cedar schema of an organization, against which its policies are checked when they are saved.
import { type AuditOrigin, appendAudit } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'

export interface StoredSchema {
  schema: string
  updated_at: string
  updated_by: string
}

export async function readSchema(tx: Tx, organizationId: string): Promise<string | null> {
  return (await findSchema(tx, organizationId))?.schema ?? null
}

export async function findSchema(tx: Tx, organizationId: string): Promise<StoredSchema | null> {
  return tx.maybe<StoredSchema & { [column: string]: string }>(sql`select
      cedar_schema as schema, updated_at, updated_by from policy_schemas
    where organization_id = ${organizationId}`)
}

/** What is saved already stays as it is. */
export async function keepSchema(
  tx: Tx,
  origin: AuditOrigin,
  schema: string,
): Promise<StoredSchema> {
  const { organizationId, actor } = origin.caller
  const kept = await tx.one<StoredSchema & { [column: string]: string }>(sql`
    insert into policy_schemas (organization_id, cedar_schema, updated_by)
    values (${organizationId}, ${schema}, ${actor.id})
    on conflict (organization_id) do update set cedar_schema = excluded.cedar_schema,
      updated_by = excluded.updated_by, updated_at = now()
    returning cedar_schema as schema, updated_at, updated_by`)
  await appendAudit(tx, origin, entry('policy_schema.updated', organizationId))
  return kept
}

/** Whether there was one. */
export async function removeSchema(tx: Tx, origin: AuditOrigin): Promise<boolean> {
  const { organizationId } = origin.caller
  const removed = await tx.run(sql`delete from policy_schemas
    where organization_id = ${organizationId}`)
  if (removed > 0) await appendAudit(tx, origin, entry('policy_schema.deleted', organizationId))
  return removed > 0
}

function entry(action: string, organizationId: string) {
  return { action, objectType: 'policy_schema', objectId: organizationId }
}
