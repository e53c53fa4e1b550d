// SQL of OAuth clients.
import { empty, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Plan } from '../../platform/http/caller.ts'
import type { Reach } from '../../platform/http/reach.ts'
import { announceRevocation } from '../revocations.ts'
import { personBehind } from '../users/credentials.ts'
import type { Client } from './schema.ts'

export interface NewClient {
  organizationId: string
  id: string
  workspaceId: string
  name: string
  grantTypes: readonly string[]
  scopes: readonly string[]
  redirectUris: readonly string[]
  ipAllow: readonly string[]
  expiresAt: string | null
  secretHash: Buffer
  createdBy: string
  personId: string | null
}

export async function insert(tx: Tx, client: NewClient): Promise<Client> {
  return tx.one<Client>(sql`
    insert into oauth_clients
      (organization_id, id, workspace_id, name, grant_types, scopes, redirect_uris, ip_allow,
       expires_at, secret_hash, created_by, person_id)
    values (${client.organizationId}, ${client.id}, ${client.workspaceId}, ${client.name},
      ${client.grantTypes}, ${client.scopes}, ${client.redirectUris}, ${client.ipAllow},
      ${client.expiresAt}, ${client.secretHash}, ${client.createdBy},
      ${personBehind(client)})
    returning ${columns}`)
}

export async function list(tx: Tx, reach: Reach, page: { limit: number; offset: number }) {
  const where = sql`where ${within(reach)} and deleted_at is null`
  const clients = await tx.rows<Client>(sql`select ${columns} from oauth_clients ${where}
    order by created_at desc, id limit ${page.limit} offset ${page.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from oauth_clients ${where}`,
  )
  return { clients, total }
}

/** Of what is not deleted; locked against others who change it. */
export async function find(tx: Tx, reach: Reach, id: string): Promise<Client | null> {
  return tx.maybe<Client>(sql`select ${columns} from oauth_clients
    where ${within(reach)} and id = ${id} and deleted_at is null for no key update`)
}

export async function replaceSecret(
  tx: Tx,
  client: { organizationId: string; id: string; secretHash: Buffer; previousUntil: string },
): Promise<void> {
  await tx.run(sql`update oauth_clients
      set previous_secret_hash = secret_hash, previous_until = ${client.previousUntil},
        secret_hash = ${client.secretHash}
    where organization_id = ${client.organizationId} and id = ${client.id}`)
  await announceRevocation(tx)
}

interface DeletedRow {
  name: string
  scopes: string[]
  ip_allow: string[]
  deleted_at: string
}

/** With all its tokens. Null where there is none; one that is deleted stays as it was. */
export async function remove(tx: Tx, reach: Reach, id: string): Promise<DeletedRow | null> {
  const gone = await tx.maybe<DeletedRow>(sql`update oauth_clients
      set deleted_at = coalesce(deleted_at, now())
    where ${within(reach)} and id = ${id} returning name, scopes, ip_allow, deleted_at`)
  if (gone === null) return null
  await tx.run(sql`update oauth_grants set revoked_at = now()
    where organization_id = ${reach.organizationId} and client_id = ${id}
      and revoked_at is null`)
  await announceRevocation(tx)
  return gone
}

export interface KnownClient {
  organization_id: string
  id: string
  name: string
  workspace_id: string
  grant_types: string[]
  scopes: string[]
  ip_allow: string[]
  expires_at: string | null
  secret_hash: Buffer
  previous_secret_hash: Buffer | null
  previous_until: string | null
  plan: Plan
  is_first: boolean
  in_default_workspace: boolean
}

/** Across tenants: whose client it is, is what is being asked. */
export async function findForAuthentication(tx: Tx, id: string): Promise<KnownClient | null> {
  return tx.maybe<KnownClient>(sql`
    select c.organization_id, c.id, c.name, c.workspace_id, c.grant_types, c.scopes, c.ip_allow,
      c.expires_at, c.secret_hash, c.previous_secret_hash, c.previous_until, o.plan, o.is_first,
      exists(select from workspaces w where w.organization_id = c.organization_id
        and w.id = c.workspace_id and w.is_default) as in_default_workspace
    from oauth_clients c join organizations o on o.id = c.organization_id
    where c.id = ${id} and c.deleted_at is null
      and not is_suspended(c.organization_id, c.person_id)`)
}

function within({ organizationId, workspaceId }: Reach): Sql {
  return sql`organization_id = ${organizationId}
    ${workspaceId === null ? empty : sql`and workspace_id = ${workspaceId}`}`
}

const columns = sql`id as client_id, name, grant_types, scopes, redirect_uris, ip_allow,
  workspace_id, created_at, expires_at, last_used_at`
