// SQL of agents.

import { empty, join, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Reach } from '../../platform/http/reach.ts'
import { offsetOf } from '../paging.ts'
import { within } from '../reach.ts'
import type { Agent, AgentQuery } from './schema.ts'

/** Who has not been seen for so long is away; a waiting agent is seen every half minute. */
const isOnline = sql`last_seen_at > now() - interval '2 minutes'`

const status = sql`case when revoked_at is not null then 'revoked'
  when ${isOnline} then 'online' else 'offline' end`

const shown = sql`id, name, ${status} as status, hostname, version, platform,
  target_types as "targetTypes", sources, reload_commands as "reloadCommands", key_id as "keyId",
  address, workspace_id as "workspaceId", last_seen_at as "lastSeenAt", created_at as "createdAt",
  revoked_at as "revokedAt", (select count(*) from agent_jobs j
    where j.organization_id = agents.organization_id and j.agent_id = agents.id
      and j.state in ('queued', 'offered')) as "openJobs"`

export async function list(
  tx: Tx,
  reach: Reach,
  query: AgentQuery,
): Promise<{ data: Agent[]; total: number }> {
  const wanted: Record<NonNullable<AgentQuery['status']>, Sql> = {
    revoked: sql`revoked_at is not null`,
    online: sql`revoked_at is null and ${isOnline}`,
    offline: sql`revoked_at is null and not ${isOnline}`,
  }
  const conditions = [within(reach), ...(query.status ? [wanted[query.status]] : [])]
  const where = join(conditions, ' and ')
  const data = await tx.rows<Agent>(sql`select ${shown} from agents where ${where}
    order by revoked_at is not null, name, created_at desc
    limit ${query.limit} offset ${offsetOf(query)}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from agents where ${where}`,
  )
  return { data, total }
}

/** By its id, or a living one by its name; a name that is the id of another finds that one. */
export async function find(tx: Tx, reach: Reach, idOrName: string): Promise<Agent | null> {
  return tx.maybe<Agent>(sql`select ${shown} from agents where ${within(reach)}
    and (id = ${idOrName} or (name = ${idOrName} and revoked_at is null))
    order by id = ${idOrName} desc limit 1`)
}

/** What the protocol needs of a living agent. */
export interface LivingAgent {
  organizationId: string
  id: string
  workspaceId: string
  name: string
  proofKey: Buffer
  sealingKey: Buffer
  sources: string[]
}

const living = sql`organization_id as "organizationId", id, workspace_id as "workspaceId", name,
  proof_key as "proofKey", sealing_key as "sealingKey", sources`

export async function findLiving(
  tx: Tx,
  place: { organizationId: string; id: string },
  { locked = false } = {},
): Promise<LivingAgent | null> {
  return tx.maybe<LivingAgent>(sql`select ${living} from agents
    where organization_id = ${place.organizationId} and id = ${place.id} and revoked_at is null
    ${locked ? sql`for no key update` : empty}`)
}

/** The one that has enrolled with this key, which it has for ever. */
export async function findByProofKey(
  tx: Tx,
  organizationId: string,
  proofKey: Buffer,
): Promise<(LivingAgent & { revokedAt: string | null }) | null> {
  return tx.maybe<LivingAgent & { revokedAt: string | null }>(sql`
    select ${living}, revoked_at as "revokedAt" from agents
     where organization_id = ${organizationId} and proof_key = ${proofKey} for no key update`)
}

export interface Description {
  hostname: string
  version: string
  platform: string
  targetTypes: readonly string[]
  sources: readonly string[]
  reloadCommands: readonly string[]
  keyId: string
  address: string | null
}

export interface NewAgent extends Description {
  organizationId: string
  id: string
  workspaceId: string
  name: string
  proofKey: Buffer
  sealingKey: Buffer
}

/** Answers false where a living agent has the name, or any the key. */
export async function insert(tx: Tx, made: NewAgent): Promise<boolean> {
  const added = await tx.run(sql`insert into agents
      (organization_id, id, workspace_id, name, key_id, hostname, version, platform, target_types,
       sources, reload_commands, proof_key, sealing_key, address)
    values (${made.organizationId}, ${made.id}, ${made.workspaceId}, ${made.name}, ${made.keyId},
      ${made.hostname}, ${made.version}, ${made.platform}, ${made.targetTypes}, ${made.sources},
      ${made.reloadCommands}, ${made.proofKey}, ${made.sealingKey}, ${made.address})
    on conflict do nothing`)
  return added === 1
}

/** Of those that live. */
export async function count(tx: Tx, organizationId: string): Promise<number> {
  const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from agents
    where organization_id = ${organizationId} and revoked_at is null`)
  return n
}

export async function describe(
  tx: Tx,
  place: { organizationId: string; id: string },
  told: Description,
): Promise<void> {
  await tx.run(sql`update agents set hostname = ${told.hostname}, version = ${told.version},
      platform = ${told.platform}, target_types = ${told.targetTypes}, sources = ${told.sources},
      reload_commands = ${told.reloadCommands}, key_id = ${told.keyId}, address = ${told.address},
      last_seen_at = now()
    where organization_id = ${place.organizationId} and id = ${place.id}`)
}

/** Answers false where the proof was shown before. */
export async function takeProof(
  tx: Tx,
  agent: { organizationId: string; id: string },
  proofId: string,
): Promise<boolean> {
  const { organizationId, id } = agent
  await tx.run(sql`delete from agent_proofs where organization_id = ${organizationId}
    and agent_id = ${id} and at < now() - interval '5 minutes'`)
  const added = await tx.run(sql`insert into agent_proofs (organization_id, agent_id, id)
    values (${organizationId}, ${id}, ${proofId}) on conflict do nothing`)
  return added === 1
}

export async function noteSeen(
  tx: Tx,
  agent: { organizationId: string; id: string },
  from: { keyId: string; address: string },
): Promise<void> {
  await tx.run(sql`update agents set last_seen_at = now(), key_id = ${from.keyId},
      address = ${from.address}
    where organization_id = ${agent.organizationId} and id = ${agent.id}
      and (last_seen_at < now() - interval '10 seconds' or key_id <> ${from.keyId}
        or address is distinct from ${from.address})`)
}

/** Its jobs come to an end with the next look at them. */
export async function markRevoked(
  tx: Tx,
  agent: { organizationId: string; id: string },
  by: string,
): Promise<void> {
  await tx.run(sql`update agents set revoked_at = now(), revoked_by = ${by}
    where organization_id = ${agent.organizationId} and id = ${agent.id}`)
  await tx.run(sql`update agent_jobs set expires_at = now(), lease_until = null
    where organization_id = ${agent.organizationId} and agent_id = ${agent.id}
      and state in ('queued', 'offered')`)
}
