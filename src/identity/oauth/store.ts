// SQL of grants, refresh tokens and revoked access tokens.
import { sql, type Tx } from '../../platform/db.ts'
import { findTaskToken, isTaskGrant } from '../principals/task-store.ts'
import { announceRevocation } from '../revocations.ts'
import type { KnownToken } from './known-token.ts'

export interface NewGrant {
  organizationId: string
  id: string
  clientId: string
  scopes: readonly string[]
  expiresAt: Date
  /** Null where the client gets none. */
  refresh: { hash: Buffer; expiresAt: Date } | null
}

/** The grant, its first refresh token and the client's last use, in one statement. */
export async function insertGrant(tx: Tx, grant: NewGrant): Promise<void> {
  const { organizationId, id, clientId, refresh } = grant
  await tx.run(sql`
    with made as (
      insert into oauth_grants (organization_id, id, client_id, scopes, expires_at)
      values (${organizationId}, ${id}, ${clientId}, ${grant.scopes}, ${grant.expiresAt})),
    used as (
      update oauth_clients set last_used_at = now()
       where organization_id = ${organizationId} and id = ${clientId}
         and (last_used_at is null or last_used_at < now() - interval '1 minute'))
    insert into oauth_refresh_tokens (organization_id, hash, grant_id, expires_at)
    select ${organizationId}, ${refresh?.hash ?? null}::bytea, ${id},
      ${refresh?.expiresAt ?? null}::timestamptz
     where ${refresh !== null}::boolean`)
}

export interface Exchange {
  organizationId: string
  clientId: string
  hash: Buffer
  successor: { hash: Buffer; box: Buffer; expiresAt: Date }
  now: Date
}

export interface LiveGrant {
  id: string
  scopes: string[]
  expires_at: string
}

/**
 * Spends a refresh token and puts its successor in its place, in one statement: of any number who
 * try at once, one gets the grant and the others null.
 */
export async function exchange(tx: Tx, wanted: Exchange): Promise<LiveGrant | null> {
  const { organizationId, successor, now } = wanted
  return tx.maybe<LiveGrant>(sql`
    with spent as (
      update oauth_refresh_tokens t
         set used_at = clock_timestamp(), successor_hash = ${successor.hash},
           successor_box = ${successor.box}
        from oauth_grants g
       where t.organization_id = ${organizationId} and t.hash = ${wanted.hash}
         and t.used_at is null and t.expires_at > ${now}
         and g.organization_id = t.organization_id and g.id = t.grant_id
         and g.client_id = ${wanted.clientId} and g.revoked_at is null and g.expires_at > ${now}
      returning g.id, g.scopes, g.expires_at),
    followed as (
      insert into oauth_refresh_tokens (organization_id, hash, grant_id, expires_at)
      select ${organizationId}, ${successor.hash}, id,
        least(${successor.expiresAt}::timestamptz, expires_at) from spent)
    select id, scopes, expires_at from spent`)
}

export interface SpentToken extends LiveGrant {
  client_id: string
  /** Whether anything of the family may still be given out. */
  alive: boolean
  is_used: boolean
  /** Used a moment ago, and its successor not yet. */
  in_grace: boolean
  successor_box: Buffer | null
}

/** For a token that could not be exchanged. `clock_timestamp`, since others held its row. */
export async function findSpent(
  tx: Tx,
  wanted: Pick<Exchange, 'organizationId' | 'hash' | 'now'> & { graceSeconds: number },
): Promise<SpentToken | null> {
  return tx.maybe<SpentToken>(sql`
    select g.id, g.client_id, g.scopes, g.expires_at, t.successor_box,
      g.revoked_at is null and g.expires_at > ${wanted.now} and t.expires_at > ${wanted.now}
        as alive,
      t.used_at is not null as is_used,
      coalesce(s.used_at is null and s.hash is not null and t.used_at
        > clock_timestamp() - make_interval(secs => ${wanted.graceSeconds}), false) as in_grace
    from oauth_refresh_tokens t
    join oauth_grants g on g.organization_id = t.organization_id and g.id = t.grant_id
    left join oauth_refresh_tokens s
      on s.organization_id = t.organization_id and s.hash = t.successor_hash
    where t.organization_id = ${wanted.organizationId} and t.hash = ${wanted.hash}`)
}

/** The whole family, its access tokens included. Answers whether it was not revoked before. */
export async function revokeGrant(tx: Tx, organizationId: string, id: string): Promise<boolean> {
  const changed = await tx.run(sql`update oauth_grants set revoked_at = now()
    where organization_id = ${organizationId} and id = ${id} and revoked_at is null`)
  if (changed > 0) await announceRevocation(tx)
  return changed > 0
}

/** Answers whether it was not revoked before. */
export async function revokeAccessToken(
  tx: Tx,
  token: { organizationId: string; jti: string; expiresAt: Date },
): Promise<boolean> {
  const added = await tx.run(sql`
    insert into oauth_revoked_tokens (organization_id, jti, expires_at)
    values (${token.organizationId}, ${token.jti}, ${token.expiresAt}) on conflict do nothing`)
  if (added > 0) await announceRevocation(tx)
  return added > 0
}

export interface FoundRefreshToken {
  organization_id: string
  grant_id: string
  client_id: string
  client_name: string
  workspace_id: string
  scopes: string[]
  created_at: string
  expires_at: string
  is_live: boolean
}

/** Across tenants: whose token it is, is what is being asked. */
export async function findRefreshToken(tx: Tx, hash: Buffer): Promise<FoundRefreshToken | null> {
  return tx.maybe<FoundRefreshToken>(sql`
    select t.organization_id, t.grant_id, g.client_id, c.name as client_name, c.workspace_id,
      g.scopes,
      t.created_at, t.expires_at,
      t.used_at is null and t.expires_at > now() and g.revoked_at is null
        and c.deleted_at is null as is_live
    from oauth_refresh_tokens t
    join oauth_grants g on g.organization_id = t.organization_id and g.id = t.grant_id
    join oauth_clients c on c.organization_id = g.organization_id and c.id = g.client_id
    where t.hash = ${hash}`)
}

/** Across tenants, as `findByHash` of keys. Null where the grant is gone. */
export async function findAccessToken(
  tx: Tx,
  token: { org: string; gid: string; jti: string },
): Promise<KnownToken | null> {
  if (isTaskGrant(token.gid)) return findTaskToken(tx, token)
  return tx.maybe<KnownToken>(sql`
    select g.organization_id, c.id as client_id, c.name as client_name, c.workspace_id, c.ip_allow,
      g.revoked_at is not null or c.deleted_at is not null or exists(
        select from oauth_revoked_tokens r
         where r.organization_id = g.organization_id and r.jti = ${token.jti}) as is_revoked,
      o.plan, o.is_first,
      array(select w.id from workspaces w where w.organization_id = g.organization_id
        and w.deleted_at is null limit 1000) as workspaces,
      exists(select from workspaces w where w.organization_id = g.organization_id
        and w.id = c.workspace_id and w.is_default) as in_default_workspace,
      null as key_id, case when is_suspended(c.organization_id, c.person_id) then 'suspended'
        else 'active' end as standing
    from oauth_grants g
    join oauth_clients c on c.organization_id = g.organization_id and c.id = g.client_id
    join organizations o on o.id = g.organization_id
    where g.organization_id = ${token.org} and g.id = ${token.gid}`)
}

/** Families of which nothing can be used any more. Answers how many went. */
export async function forgetOver(tx: Tx, limit: number): Promise<number> {
  await tx.run(sql`delete from oauth_revoked_tokens where expires_at < now() - interval '1 day'`)
  await tx.run(sql`delete from task_tokens where expires_at < now() - interval '1 day'`)
  return tx.run(sql`delete from oauth_grants where (organization_id, id) in (
    select organization_id, id from oauth_grants
     where expires_at < now() - interval '1 day' order by expires_at limit ${limit})`)
}
