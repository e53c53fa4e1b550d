// SQL of tokens that are bound to a task of an AI agent.
import { sql, type Tx } from '../../platform/db.ts'
import type { KnownToken } from '../oauth/known-token.ts'
import { standingOf } from './standing.ts'

/** Tells such a token from those of OAuth clients. */
export const taskGrant = 'task'

export function isTaskGrant(id: string): boolean {
  return id.startsWith(`${taskGrant}_`)
}

export interface NewTaskToken {
  organizationId: string
  id: string
  principalId: string
  keyId: string
  task: string
  createdBy: string
  expiresAt: string
}

export async function insertTaskToken(tx: Tx, token: NewTaskToken): Promise<void> {
  await tx.run(sql`
    insert into task_tokens
      (organization_id, id, principal_id, key_id, task, created_by, expires_at)
    values (${token.organizationId}, ${token.id}, ${token.principalId}, ${token.keyId},
      ${token.task}, ${token.createdBy}, ${token.expiresAt})`)
}

/** Across tenants. It works where its key works, and ends with it. */
export async function findTaskToken(
  tx: Tx,
  token: { org: string; gid: string; jti: string },
): Promise<KnownToken | null> {
  return tx.maybe<KnownToken>(sql`
    select t.organization_id, p.id as client_id, p.name as client_name, k.workspace_id, k.ip_allow,
      k.revoked_at is not null or k.deactivated_at is not null
        or coalesce(k.expires_at <= now(), false) or exists(
        select from oauth_revoked_tokens r
         where r.organization_id = t.organization_id and r.jti = ${token.jti}) as is_revoked,
      o.plan, o.is_first,
      array(select w.id from workspaces w where w.organization_id = t.organization_id
        and w.deleted_at is null limit 1000) as workspaces,
      exists(select from workspaces w where w.organization_id = t.organization_id
        and w.id = k.workspace_id and w.is_default) as in_default_workspace,
      k.id as key_id, ${standingOf(sql`k`)} as standing
    from task_tokens t
    join principals p on p.organization_id = t.organization_id and p.id = t.principal_id
    join api_keys k on k.organization_id = t.organization_id and k.id = t.key_id
    join organizations o on o.id = t.organization_id
    where t.organization_id = ${token.org} and t.id = ${token.gid}`)
}
