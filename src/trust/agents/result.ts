// What an agent tells of a job: how far it is, and how it ended. The certificate is locked before
// the job, here and everywhere.
import { isDeepStrictEqual } from 'node:util'
import { sql, type Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import * as certificates from '../certificates/store.ts'
import type { JobResult, Progress } from '../connectors/agent-protocol.ts'
import { settleDeployment } from '../deployments/settle.ts'
import * as deployments from '../deployments/store.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { failAsked, takeRequest } from '../renewals/take-request.ts'
import { endJob, extendLease, findJob, type JobRow, leaseMs, lockJob } from './jobs.ts'
import type { LivingAgent } from './store.ts'

export interface Told {
  jobId: string
  leaseMs: number
}

/** Throws JOB_ENDED where there is nothing more to tell of it. */
export async function tellProgress(
  { platform }: Trust,
  agent: LivingAgent,
  jobId: string,
  { steps }: Progress,
): Promise<Told> {
  const { organizationId } = agent
  return platform.db.inTenant(organizationId, async (tx) => {
    const job = await ownJob(tx, agent, jobId)
    if (!(await extendLease(tx, job))) throw errors.problem('job_ended')
    if (job.deploymentId !== null) {
      await deployments.setSteps(tx, { organizationId, id: job.deploymentId }, steps)
    }
    return { jobId, leaseMs }
  })
}

/** The same twice counts once. Throws JOB_ENDED where another one was told, or nobody waits. */
export async function tellResult(
  trust: Trust,
  agent: LivingAgent,
  jobId: string,
  result: JobResult,
): Promise<Told> {
  const over = { jobId, leaseMs: 0 }
  return trust.platform.db.inTenant(agent.organizationId, async (tx) => {
    const known = await ownJob(tx, agent, jobId)
    requireFit(known, result)
    await lockCertificate(tx, known)
    const job = await lockJob(tx, known)
    if (job === null) throw errors.problem('job_ended')
    if (job.state === 'done') {
      if (isDeepStrictEqual(job.result, result)) return over
      throw errors.problem('job_ended', { message: 'Another result was told before' })
    }
    if (job.state === 'cancelled' || job.attempts === 0) throw errors.problem('job_ended')
    await endJob(tx, job, { state: 'done', result })
    await apply(trust, tx, job, result)
    return over
  })
}

/** A job that nobody will end any more, and why. */
export async function giveUpJob(
  trust: Trust,
  tx: Tx,
  job: JobRow,
  error: { code: string; message: string },
): Promise<void> {
  const { organizationId } = job
  await endJob(tx, job, { state: 'expired' })
  if (job.deploymentId !== null) {
    const place = { organizationId, id: job.deploymentId }
    await settleDeployment(tx, place, { state: 'failed', error })
  }
  if (job.renewalId !== null) await failAsked(tx, job, error, trust.platform.now())
}

async function apply(trust: Trust, tx: Tx, job: JobRow, result: JobResult): Promise<void> {
  const now = trust.platform.now()
  if (result.state === 'refused') {
    const error = { code: 'agent_refused', message: `The agent refuses: ${result.message}` }
    if (job.renewalId !== null) await failAsked(tx, job, error, now)
    if (job.deploymentId !== null) {
      const place = { organizationId: job.organizationId, id: job.deploymentId }
      await settleDeployment(tx, place, { state: 'failed', error })
    }
  } else if (result.state === 'key_made') {
    await takeRequest(tx, job, Buffer.from(result.csr, 'base64'), now)
  } else if (result.state !== 'discovered') {
    await settle(tx, job, result)
  }
}

type DeployResult = Extract<JobResult, { steps: unknown }>

async function settle(tx: Tx, job: JobRow, result: DeployResult): Promise<void> {
  const place = { organizationId: job.organizationId, id: job.deploymentId ?? 0 }
  const { steps, servedFingerprint: served } = result
  if (result.state !== 'deployed') {
    const message = result.message ?? 'The agent gave no reason'
    const code = wasCutOff(result) ? 'cut_off' : codes[result.state]
    const error = { code, message }
    await settleDeployment(tx, place, { ...result, error })
    return
  }
  const wanted = await fingerprintOf(tx, place)
  if (served !== null && served !== wanted) {
    const message = `Its clients see ${served}, and not ${wanted}`
    const error = { code: 'other_certificate_served', message }
    await settleDeployment(tx, place, { ...result, state: 'failed', error })
    return
  }
  await settleDeployment(tx, place, {
    state: 'deployed',
    error: null,
    steps,
    servedFingerprint: served,
  })
}

const codes = { failed: 'agent_failed', rolled_back: 'rolled_back' } as const

/** Its agent ended in the middle of it and has undone it; nothing had failed until then. */
function wasCutOff({ state, steps }: DeployResult): boolean {
  const at = steps.findIndex(({ step }) => step === 'recovered')
  const isSound = steps.slice(0, at).every(({ outcome }) => outcome !== 'failed')
  return state === 'rolled_back' && at !== -1 && isSound
}

async function fingerprintOf(tx: Tx, place: { organizationId: string; id: number }) {
  const { fingerprint } = await tx.one<{ fingerprint: Buffer }>(sql`select v.fingerprint
    from deployments d join certificate_versions v on v.organization_id = d.organization_id
      and v.certificate_id = d.certificate_id and v.number = d.version
    where d.organization_id = ${place.organizationId} and d.id = ${place.id}`)
  return `SHA256:${fingerprint.toString('hex')}`
}

/** One of another agent is as one that does not exist. */
async function ownJob(tx: Tx, agent: LivingAgent, id: string): Promise<JobRow> {
  const job = await findJob(tx, { organizationId: agent.organizationId, id })
  if (job === null || job.agentId !== agent.id) throw errors.problem('job_ended')
  return job
}

const statesOf: Record<JobRow['kind'], readonly JobResult['state'][]> = {
  make_key: ['key_made', 'refused'],
  deploy: ['deployed', 'rolled_back', 'failed', 'refused'],
  discover: ['discovered', 'refused'],
}

function requireFit({ kind }: JobRow, { state }: JobResult): void {
  if (statesOf[kind].includes(state)) return
  throw invalidField('state', `must be one of ${statesOf[kind].join(', ')} for a job ${kind}`)
}

/** Whatever the job serves belongs to it; nothing where it is a discovery. */
export async function lockCertificate(tx: Tx, job: JobRow): Promise<void> {
  const { organizationId, deploymentId, renewalId } = job
  const found = await tx.maybe<{ id: number }>(sql`
    select certificate_id as id from deployments
      where organization_id = ${organizationId} and id = ${deploymentId}
    union all select certificate_id from renewals
      where organization_id = ${organizationId} and id = ${renewalId}`)
  if (found === null) return
  await certificates.lock(tx, { organizationId, workspaceId: null }, found.id)
}
