// Offers an agent its jobs: what each is about is read, signed and, where a private key goes along,
// sealed to the agent in the moment of the offer.
import pg from 'pg'
import type { Tx } from '../../platform/db.ts'
import { tenantSigningKey } from '../../platform/tenant-signing-key.ts'
import type { Job, OfferedJobs } from '../connectors/agent-protocol.ts'
import { jobType, signWords } from '../connectors/agent-words.ts'
import * as deployments from '../deployments/store.ts'
import { deploymentWork } from '../deployments/work.ts'
import type { Trust } from '../parts.ts'
import { stillWaits } from '../renewals/ask-agent.ts'
import { jobKeyPurpose } from './enrol.ts'
import {
  hasJobs,
  type JobRow,
  jobsToOffer,
  leaseMs,
  markObsolete,
  markOffered,
  postpone,
  takeBackAll,
} from './jobs.ts'
import { findLiving, type LivingAgent } from './store.ts'

const offeredMax = 4
/** So long the words hold; a job that lasts longer is offered again. */
const wordsMs = 15 * 60_000

type Offers = OfferedJobs['data']

/** The agent says that it is at nothing, whatever it was offered. */
export async function takeBackJobs({ platform }: Trust, agent: LivingAgent): Promise<void> {
  const { organizationId } = agent
  await platform.db.inTenant(organizationId, async (tx) => {
    if ((await findLiving(tx, agent, { locked: true })) === null) return
    for (const id of await takeBackAll(tx, agent)) {
      await deployments.setState(tx, { organizationId, id }, 'queued')
    }
  })
}

export async function offerJobs(trust: Trust, agent: LivingAgent): Promise<Offers> {
  const { db } = trust.platform
  return db.inTenant(agent.organizationId, async (tx) => {
    if (!(await hasJobs(tx, agent))) return []
    // Locked, before its jobs as everywhere: sequences rise in the order in which they are told.
    const living = await findLiving(tx, agent, { locked: true })
    if (living === null) return []
    const jobs = await jobsToOffer(tx, agent, offeredMax)
    const offers: Offers = []
    for (const job of jobs) {
      const jws = await signedWords(trust, tx, living, job)
      if (jws !== null) offers.push({ jobId: job.id, jws, leaseMs })
    }
    return offers
  })
}

/** Null where nobody wants it any more, or where it cannot be told now. */
async function signedWords(trust: Trust, tx: Tx, agent: LivingAgent, job: JobRow) {
  let work: Job['work'] | null
  try {
    work = await workOf(trust, tx, agent, job)
  } catch (error) {
    // A private key that does not open, for instance. After its own errors PostgreSQL ends it all.
    if (error instanceof pg.DatabaseError) throw error
    trust.platform.log.error({ job: job.id, err: error }, 'this job cannot be told')
    await postpone(tx, job)
    return null
  }
  if (work === null) {
    await markObsolete(tx, job)
    return null
  }
  const { secrets, now } = trust.platform
  const place = { organizationId: job.organizationId, purpose: jobKeyPurpose }
  const { privateKey } = await tenantSigningKey(tx, secrets, place)
  const until = Math.min(now() + wordsMs, Date.parse(job.expiresAt))
  const words: Job = {
    jobId: job.id,
    sequence: await markOffered(tx, job),
    agentId: job.agentId,
    expiresAt: new Date(until).toISOString(),
    work,
  }
  return signWords(privateKey, { typ: jobType, kid: jobKeyPurpose }, words)
}

async function workOf(
  trust: Trust,
  tx: Tx,
  agent: LivingAgent,
  job: JobRow,
): Promise<Job['work'] | null> {
  const { kind, work } = job
  if (kind === 'deploy') return deploymentWork(trust, tx, agent, job)
  if (kind === 'make_key' && !(await stillWaits(tx, job))) return null
  return { kind, ...work } as Job['work']
}
