// What people do with agents: revoke them, and send them to look around.

import type { z } from 'zod'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { insertJob } from './jobs.ts'
import type { Agent, WantedDiscovery } from './schema.ts'
import * as store from './store.ts'
import { lookAtJob } from './sweep.ts'

const hourMs = 3_600_000

export async function mustFindAgent(
  tx: Tx,
  { caller }: Pick<Origin, 'caller'>,
  idOrName: string,
): Promise<Agent> {
  const agent = await store.find(tx, reachOf(caller), idOrName)
  if (agent === null) throw errors.problem('agent_not_found')
  return agent
}

/** Its next request is refused, and what it had to do ends with that reason. */
export async function revokeAgent(trust: Trust, origin: Origin, named: string): Promise<Agent> {
  const { organizationId, actor } = origin.caller
  const { db } = trust.platform
  const { id, jobs } = await db.inTenant(organizationId, async (tx) => {
    const agent = await mustFindAgent(tx, origin, named)
    const living = await store.findLiving(tx, { organizationId, id: agent.id }, { locked: true })
    if (living === null) return { id: agent.id, jobs: [] }
    await store.markRevoked(tx, living, actor.id)
    await appendAudit(tx, origin, {
      action: 'agent.revoked',
      objectType: 'agent',
      objectId: agent.id,
      details: { name: agent.name },
    })
    const jobs = await tx.rows<{ id: string }>(sql`select id from agent_jobs
      where organization_id = ${organizationId} and agent_id = ${agent.id}
        and state in ('queued', 'offered') order by id limit 1000`)
    return { id: agent.id, jobs }
  })
  // The sweep would find them as well; who revokes sees the end at once.
  for (const job of jobs) await lookAtJob(trust, { organizationId, id: job.id })
  return db.inTenant(organizationId, (tx) => mustFindAgent(tx, origin, id))
}

/** One at a time per source. Throws AGENT_UNAVAILABLE where it is away. */
export async function startDiscovery(
  { platform }: Trust,
  origin: Origin,
  named: string,
  { source, deep }: z.infer<typeof WantedDiscovery>,
): Promise<{ jobId: string }> {
  const { organizationId } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const agent = await mustFindAgent(tx, origin, named)
    if (agent.status !== 'online') {
      const details = { agentId: agent.id, lastSeenAt: agent.lastSeenAt }
      throw errors.problem('agent_unavailable', { message: 'The agent is away', details })
    }
    if (!agent.sources.includes(source)) {
      const served = agent.sources.join(', ') || 'none'
      throw invalidField('source', `must be one that its own configuration allows: ${served}`)
    }
    await store.findLiving(tx, { organizationId, id: agent.id }, { locked: true })
    const open = await tx.maybe<{ id: string }>(sql`select id from agent_jobs
      where organization_id = ${organizationId} and agent_id = ${agent.id} and kind = 'discover'
        and state in ('queued', 'offered') and work ->> 'source' = ${source} limit 1`)
    if (open !== null) return { jobId: open.id }
    const work = { source, deep }
    const made = { organizationId, agentId: agent.id, kind: 'discover', work } as const
    const jobId = await insertJob(tx, { ...made, lastsMs: hourMs })
    await appendAudit(tx, origin, {
      action: 'agent.discovery_requested',
      objectType: 'agent',
      objectId: agent.id,
      details: { name: agent.name, source, deep, job: jobId },
    })
    return { jobId }
  })
}
