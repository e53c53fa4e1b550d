// SQL of API keys.
import { empty, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Plan } from '../../platform/http/caller.ts'
import type { Reach } from '../../platform/http/reach.ts'
import type { Surface } from '../../platform/permissions.ts'
import { announceAuthorizationChange } from '../authorization/generation.ts'
import { type Standing, standingOf } from '../principals/standing.ts'
import { announceRevocation } from '../revocations.ts'
import { personBehind } from '../users/credentials.ts'
import type { Key } from './schema.ts'

export interface NewKey {
  organizationId: string
  id: string
  workspaceId: string
  surface: Surface
  type: Key['type']
  hash: Buffer
  hint: string
  name: string
  description: string | null
  scopes: readonly string[]
  ipAllow: readonly string[]
  createdBy: string
  /** Where a person makes it; behind other makers the one is looked up. */
  personId?: string | null
  expiresAt: string | null
  sealedEvidenceSecret: Buffer | null
  /** Whom it speaks for; a new principal for an Identity key unless given. */
  principalId?: string | null
}

export async function insert(tx: Tx, key: NewKey): Promise<Key> {
  return tx.one<Key>(sql`
    insert into api_keys
      (organization_id, id, workspace_id, surface, type, hash, hint, name, description, scopes,
       ip_allow, created_by, person_id, expires_at, sealed_evidence_secret, principal_id)
    values (${key.organizationId}, ${key.id}, ${key.workspaceId}, ${key.surface}, ${key.type},
      ${key.hash}, ${key.hint}, ${key.name}, ${key.description}, ${key.scopes}, ${key.ipAllow},
      ${key.createdBy}, ${personBehind(key)}, ${key.expiresAt}, ${key.sealedEvidenceSecret},
      ${key.principalId ?? null})
    returning ${columns}`)
}

export interface KeyFilter {
  surface?: Surface | undefined
  /** Without those that are revoked. */
  live?: boolean
  limit: number
  offset: number
}

export async function list(tx: Tx, reach: Reach, query: KeyFilter) {
  const where = sql`where ${within(reach)}
    ${query.surface === undefined ? empty : sql`and surface = ${query.surface}`}
    ${query.live === true ? sql`and revoked_at is null` : empty}`
  const keys = await tx.rows<Key>(sql`select ${columns} from api_keys ${where}
    order by created_at desc, id limit ${query.limit} offset ${query.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from api_keys ${where}`,
  )
  return { keys, total }
}

interface Named {
  id: string
  surface?: Surface | undefined
}

/** Answers the key, or null where there is none; a key that is revoked stays as it was. */
export async function revoke(tx: Tx, reach: Reach, key: Named): Promise<Key | null> {
  await tx.run(sql`update api_keys set revoked_at = now()
    where ${named(reach, key)} and revoked_at is null`)
  await announceAuthorizationChange(tx, reach.organizationId)
  await announceRevocation(tx)
  return tx.maybe<Key>(sql`select ${columns} from api_keys where ${named(reach, key)}`)
}

/** Null where there is none. */
export async function setActive(
  tx: Tx,
  reach: Reach,
  key: Named & { active: boolean },
): Promise<Key | null> {
  const changed = await tx.maybe<Key>(sql`update api_keys
      set deactivated_at = case when ${key.active} then null
        else coalesce(deactivated_at, now()) end
    where ${named(reach, key)} returning ${columns}`)
  await announceRevocation(tx)
  return changed
}

/** Two rotations at once wait for each other. */
export async function findForRotation(
  tx: Tx,
  reach: Reach,
  key: Named,
): Promise<(Key & { rotated_to: string | null; principal_id: string | null }) | null> {
  return tx.maybe(sql`select ${columns}, rotated_to, principal_id from api_keys
    where ${named(reach, key)} for update`)
}

export async function handOver(
  tx: Tx,
  organizationId: string,
  key: { id: string; to: string; endsAt: string },
): Promise<void> {
  await tx.run(sql`update api_keys set rotated_to = ${key.to},
      expires_at = least(expires_at, ${key.endsAt})
    where organization_id = ${organizationId} and id = ${key.id}`)
  await announceRevocation(tx)
}

function within({ organizationId, workspaceId }: Reach): Sql {
  return sql`organization_id = ${organizationId}
    ${workspaceId === null ? empty : sql`and workspace_id = ${workspaceId}`}`
}

function named(reach: Reach, { id, surface }: Named): Sql {
  return sql`${within(reach)} and id = ${id}
    ${surface === undefined ? empty : sql`and surface = ${surface}`}`
}

export interface KnownKey {
  organization_id: string
  id: string
  workspace_id: string
  surface: Surface
  type: Key['type']
  hash: Buffer
  name: string
  scopes: string[]
  ip_allow: string[]
  active: boolean
  expires_at: string | null
  revoked_at: string | null
  plan: Plan
  is_first: boolean
  workspaces: string[]
  in_default_workspace: boolean
  principal_id: string | null
  standing: Standing
}

/** Across tenants: whose key it is, is what is being asked. */
export async function findByHash(tx: Tx, hash: Buffer): Promise<KnownKey | null> {
  return tx.maybe<KnownKey>(sql`
    select k.organization_id, k.id, k.workspace_id, k.surface, k.type, k.hash, k.name, k.scopes,
      k.ip_allow, k.deactivated_at is null as active, k.expires_at, k.revoked_at,
      o.plan, o.is_first,
      array(select w.id from workspaces w where w.organization_id = k.organization_id
        and w.deleted_at is null limit 1000) as workspaces,
      exists(select from workspaces w where w.organization_id = k.organization_id
        and w.id = k.workspace_id and w.is_default) as in_default_workspace,
      k.principal_id, ${standingOf(sql`k`)} as standing
    from api_keys k join organizations o on o.id = k.organization_id
    where k.hash = ${hash}`)
}

export interface KeyUse {
  organizationId: string
  keyId: string
  at: string
}

export async function recordUse(tx: Tx, uses: readonly KeyUse[]): Promise<void> {
  const organizations = uses.map((use) => use.organizationId)
  const ids = uses.map((use) => use.keyId)
  const times = uses.map((use) => use.at)
  await tx.run(sql`
    update api_keys k set last_used_at = greatest(k.last_used_at, u.at)
      from unnest(${organizations}::uuid[], ${ids}::text[], ${times}::timestamptz[])
        as u (organization_id, id, at)
     where k.organization_id = u.organization_id and k.id = u.id`)
}

const columns = sql`id, surface, type, name, description, hint, workspace_id, scopes, ip_allow,
  created_at, created_by, expires_at, revoked_at, last_used_at, deactivated_at is null as active`
