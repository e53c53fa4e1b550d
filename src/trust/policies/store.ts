// SQL of renewal policies.
import { empty, sql, type Tx } from '../../platform/db.ts'
import { offsetOf, type PageQuery } from '../paging.ts'
import type { CreateRenewalPolicy, RenewalPolicy } from './schema.ts'

const columns = sql`p.id, p.name, p.renewal_threshold as "renewalThreshold", p.method,
  p.key_rotation as "keyRotation", p.key_type as "keyType", p.key_size as "keySize",
  p.auto_deployment as "autoDeployment", p.deployment_targets as "deploymentTargets",
  p.notification_channels as "notificationChannels", p.created_at as "createdAt",
  p.updated_at as "updatedAt", (select count(*) from certificates c
    where c.organization_id = p.organization_id and c.renewal_policy_id = p.id) as certificates`

export async function list(
  tx: Tx,
  organizationId: string,
  page: PageQuery,
): Promise<{ data: RenewalPolicy[]; total: number }> {
  const data = await tx.rows<RenewalPolicy>(sql`select ${columns} from renewal_policies p
    where p.organization_id = ${organizationId}
    order by p.id limit ${page.limit} offset ${offsetOf(page)}`)
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total
    from renewal_policies where organization_id = ${organizationId}`)
  return { data, total }
}

export async function find(
  tx: Tx,
  organizationId: string,
  id: number,
  { locked = false } = {},
): Promise<RenewalPolicy | null> {
  return tx.maybe<RenewalPolicy>(sql`select ${columns} from renewal_policies p
    where p.organization_id = ${organizationId} and p.id = ${id}
    ${locked ? sql`for update of p` : empty}`)
}

/** Null where the name is taken. */
export async function insert(
  tx: Tx,
  organizationId: string,
  made: CreateRenewalPolicy,
): Promise<number | null> {
  const row = await tx.maybe<{ id: number }>(sql`
    insert into renewal_policies
      (organization_id, name, renewal_threshold, method, key_rotation, key_type, key_size,
       auto_deployment, deployment_targets, notification_channels)
    values (${organizationId}, ${made.name}, ${made.renewalThreshold}, ${made.method},
      ${made.keyRotation}, ${made.keyType}, ${made.keySize}, ${made.autoDeployment},
      ${made.deploymentTargets}, ${made.notificationChannels})
    on conflict do nothing returning id`)
  return row?.id ?? null
}

/** Answers false where the name is taken. */
export async function update(
  tx: Tx,
  organizationId: string,
  id: number,
  changed: CreateRenewalPolicy,
): Promise<boolean> {
  const taken = await tx.maybe(sql`select id from renewal_policies
    where organization_id = ${organizationId} and lower(name) = lower(${changed.name})
      and id <> ${id}`)
  if (taken !== null) return false
  await tx.run(sql`update renewal_policies set name = ${changed.name},
      renewal_threshold = ${changed.renewalThreshold}, method = ${changed.method},
      key_rotation = ${changed.keyRotation}, key_type = ${changed.keyType},
      key_size = ${changed.keySize}, auto_deployment = ${changed.autoDeployment},
      deployment_targets = ${changed.deploymentTargets},
      notification_channels = ${changed.notificationChannels}, updated_at = now()
    where organization_id = ${organizationId} and id = ${id}`)
  await tx.run(sql`update certificates set renew_from = valid_to - least(
        ${changed.renewalThreshold} * interval '1 day', (valid_to - valid_from) / 3)
    where organization_id = ${organizationId} and renewal_policy_id = ${id}
      and valid_to is not null`)
  return true
}

export async function remove(tx: Tx, organizationId: string, id: number): Promise<void> {
  await tx.run(
    sql`delete from renewal_policies where organization_id = ${organizationId} and id = ${id}`,
  )
}
