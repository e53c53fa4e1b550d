// SQL of API keys.
import { empty, sql, type Tx } from '../../platform/db.ts'
import type { Plan } from '../../platform/http/caller.ts'
import type { Surface } from '../../platform/permissions.ts'
import type { Key, KeyQuery } from './schema.ts'

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
  expiresAt: string | null
  sealedEvidenceSecret: Buffer | null
}

export async function insert(tx: Tx, key: NewKey): Promise<Key> {
  return tx.one<Key>(sql`
    insert into api_keys
      (organization_id, id, workspace_id, surface, type, hash, hint, name, description, scopes,
       ip_allow, created_by, expires_at, sealed_evidence_secret)
    values (${key.organizationId}, ${key.id}, ${key.workspaceId}, ${key.surface}, ${key.type},
      ${key.hash}, ${key.hint}, ${key.name}, ${key.description}, ${key.scopes}, ${key.ipAllow},
      ${key.createdBy}, ${key.expiresAt}, ${key.sealedEvidenceSecret})
    returning ${columns}`)
}

export async function list(tx: Tx, organizationId: string, query: KeyQuery) {
  const where = sql`where organization_id = ${organizationId}
    ${query.surface === undefined ? empty : sql`and surface = ${query.surface}`}`
  const keys = await tx.rows<Key>(sql`select ${columns} from api_keys ${where}
    order by created_at desc, id limit ${query.limit} offset ${query.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from api_keys ${where}`,
  )
  return { keys, total }
}

/** Answers the key, or null where there is none; a key that is revoked stays as it was. */
export async function revoke(tx: Tx, organizationId: string, id: string): Promise<Key | null> {
  await tx.run(sql`update api_keys set revoked_at = now()
    where organization_id = ${organizationId} and id = ${id} and revoked_at is null`)
  await tx.run(sql`update revocation_version set version = version + 1`)
  return tx.maybe<Key>(
    sql`select ${columns} from api_keys where organization_id = ${organizationId} and id = ${id}`,
  )
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
  expires_at: string | null
  revoked_at: string | null
  plan: Plan
  is_first: boolean
  workspaces: string[]
  in_default_workspace: boolean
}

/** Across tenants: whose key it is, is what is being asked. */
export async function findByHash(tx: Tx, hash: Buffer): Promise<KnownKey | null> {
  return tx.maybe<KnownKey>(sql`
    select k.organization_id, k.id, k.workspace_id, k.surface, k.type, k.hash, k.name, k.scopes,
      k.ip_allow, k.expires_at, k.revoked_at, o.plan, o.is_first,
      array(select w.id from workspaces w where w.organization_id = k.organization_id limit 1000)
        as workspaces,
      exists(select from workspaces w where w.organization_id = k.organization_id
        and w.id = k.workspace_id and w.is_default) as in_default_workspace
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

export async function revocationVersion(tx: Tx): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`select version from revocation_version`)
  return version
}

const columns = sql`id, surface, type, name, description, hint, workspace_id, scopes, ip_allow,
  created_at, created_by, expires_at, revoked_at, last_used_at`
