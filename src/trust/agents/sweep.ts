// Finds the jobs whose agents fell silent: they are offered again some times, and then given up
// with the reason.

import type { Tx } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import * as deployments from '../deployments/store.ts'
import type { Trust } from '../parts.ts'
import {
  findJob,
  type JobPlace,
  type JobRow,
  jobsDue,
  lockJob,
  offersMax,
  takeBack,
} from './jobs.ts'
import { giveUpJob, lockCertificate } from './result.ts'
import { findLiving } from './store.ts'

export function agentQueue(trust: Trust): Queue<JobPlace> {
  const { db } = trust.platform
  return {
    name: 'trust.agent-jobs',
    concurrency: 2,
    sweepMs: 2_000,
    async due() {
      const places = await db.inSystem(jobsDue)
      return places.map((place) => ({
        key: `${place.organizationId} ${place.id}`,
        data: place,
      }))
    },
    run: (place) => lookAtJob(trust, place),
  }
}

/** Whatever its time says: nothing, another offer, or the end. */
export async function lookAtJob(trust: Trust, place: JobPlace): Promise<void> {
  await trust.platform.db.inTenant(place.organizationId, async (tx) => {
    const known = await findJob(tx, place)
    if (known === null) return
    await lockCertificate(tx, known)
    const job = await lockJob(tx, place)
    if (job === null || !job.due || !['queued', 'offered'].includes(job.state)) return
    const error = await reasonToGiveUp(tx, job)
    if (error !== null) return giveUpJob(trust, tx, job, error)
    await takeBack(tx, job)
    if (job.deploymentId !== null) {
      const deployment = { organizationId: job.organizationId, id: job.deploymentId }
      await deployments.setState(tx, deployment, 'queued')
    }
  })
}

async function reasonToGiveUp(tx: Tx, job: JobRow) {
  const { organizationId, agentId, attempts, expired, work } = job
  if (!expired && attempts < offersMax) return null
  if (work.obsolete === true) {
    return { code: 'superseded', message: 'There is nothing to deploy any more' }
  }
  if (work.untold === true) {
    return { code: 'internal_error', message: 'It could not be told here; the log says why' }
  }
  const agent = await findLiving(tx, { organizationId, id: agentId })
  if (agent === null) return { code: 'agent_revoked', message: 'The agent was revoked' }
  if (attempts === 0) {
    const message = `The agent ${agent.name} did not come for it in time`
    return { code: 'agent_unavailable', message }
  }
  const silent = `The agent ${agent.name} began ${attempts} times and was not heard of again`
  return { code: expired ? 'job_expired' : 'lease_lost', message: silent }
}
