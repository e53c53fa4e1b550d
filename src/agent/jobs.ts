// Does one job after the other: keeps its lease while it lasts, and its result until the server
// has it.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isErrno, writeAtomic } from '../platform/files.ts'
import type { Logger } from '../platform/log.ts'
import type { DeploymentStep, Job, JobResult } from '../trust/connectors/agent-protocol.ts'
import { openSealed, rawPublicKey } from '../trust/connectors/agent-words.ts'
import { deploy, journalsOf, notBegun, recover } from './deployment/deploy.ts'
import { DeploymentFailure, lineOf } from './deployment/failure.ts'
import { type Begun, openJournals } from './deployment/journal.ts'
import { type Material, materialOf } from './deployment/material.ts'
import type { DeploymentHost } from './deployment/target.ts'
import type { HostKeys } from './host-keys.ts'
import type { Identity } from './identity.ts'
import type { Results } from './results.ts'
import { RefusedByServer, type Server, Unreachable } from './server.ts'
import { hear, type Offer } from './words.ts'

type DeployWork = Extract<Job['work'], { kind: 'deploy' }>
type DiscoverWork = Extract<Job['work'], { kind: 'discover' }>

export interface AgentParts {
  data: string
  identity: Identity
  server: Server
  host: DeploymentHost
  keys: HostKeys
  results: Results
  /** Answers how much it found; null where the configuration names no such source. */
  discover: (work: DiscoverWork) => Promise<number | null>
  log: Logger
  now: () => Date
  /** Told to stop: a discovery is cut off, a deployment is finished. */
  signal: AbortSignal
  /** Discoveries that were asked for, by job; deployments do not wait for them. */
  background: Map<string, Promise<void>>
  /** How often the server hears of a job that lasts. */
  heartbeatMs: number
}

/** Each agent has a sequence of its own; the folder may be that of one before. */
const State = z.object({ agentId: z.string().optional(), sequence: z.int() })

/** Ends what an earlier process left: before the server is asked, and before each deployment. */
export async function recoverDeployments(parts: Omit<AgentParts, 'server'>): Promise<void> {
  const journals = await openJournals(journalsOf(parts.host))
  if (journals.length === 0) return
  parts.log.warn({ deployments: journals.length }, 'deployments that did not end are undone')
  await recover(parts.host, journals, {
    keep: async ({ jobId, deploymentId }, result) => {
      await parts.results.keep(jobId, result)
      parts.log.info({ deploymentId, state: result.state }, 'a deployment that was cut off is over')
    },
  })
}

/** Those results that the server has not confirmed. Throws Unreachable, RefusedByServer. */
export async function tellResults({ results, server, host, log }: AgentParts): Promise<void> {
  for (const { jobId, result } of await results.waiting()) {
    try {
      await server.result(jobId, result)
    } catch (error) {
      if (!isFinal(error)) throw error
      log.warn(
        { jobId, state: result.state },
        `the server does not take a result: ${error.message}`,
      )
    }
    host.crashpoint?.('result told')
    await results.acknowledge(jobId)
  }
}

/** Panthera has read it and will never take it; others on the way, who answer too, have not. */
function isFinal(error: unknown): error is RefusedByServer {
  const { status, code } = error instanceof RefusedByServer ? error : { status: 0, code: 'unknown' }
  return [400, 409, 413].includes(status) && code !== 'unknown'
}

/** Throws Unreachable, RefusedByServer, and what must stop the agent. */
export async function doJobs(parts: AgentParts, offers: readonly Offer[]): Promise<void> {
  const lease = keepLeases(parts, offers)
  try {
    for (const offer of offers) {
      // Told to stop: the others are offered again, to whoever comes next.
      if (parts.signal.aborted) return
      await doJob(parts, offer, lease)
      lease.over(offer.jobId)
    }
  } finally {
    lease.end()
  }
}

async function doJob(parts: AgentParts, offer: Offer, lease: Leases): Promise<void> {
  const { identity, results, log, now } = parts
  const { enrolled } = identity
  if (enrolled === null) throw new Error('nothing is done before the agent has enrolled')
  const serverKey = rawPublicKey('Ed25519', Buffer.from(enrolled.serverKey, 'base64'))
  const { agentId } = enrolled
  const sequence = await readSequence(parts.data, agentId)
  const heard = hear(offer, { agentId, serverKey, sequence }, now())
  if ('refused' in heard) {
    // Not kept: whoever sent this must not decide what a job of that id came to.
    log.error({ jobId: offer.jobId }, `a job is refused: ${heard.refused}`)
    await tell(parts, offer.jobId, { state: 'refused', message: heard.refused })
    return
  }
  if ('late' in heard) {
    log.warn({ jobId: offer.jobId }, `a job is left until it is offered again: ${heard.late}`)
    return
  }
  const { job } = heard
  await writeAtomic(statePath(parts.data), JSON.stringify({ agentId, sequence: job.sequence }))
  parts.host.crashpoint?.('accepted')
  const done = await results.find(job.jobId)
  if (done !== null) {
    await tell(parts, job.jobId, done.result)
    return
  }
  log.info({ jobId: job.jobId, kind: job.work.kind }, 'a job begins')
  if (job.work.kind === 'discover') {
    // Offered again since the server had not heard of it for a while; it is at work.
    if (parts.background.has(job.jobId)) return
    const looking = discoverJob(parts, offer, job.work)
    parts.background.set(job.jobId, looking)
    void looking.finally(() => parts.background.delete(job.jobId))
    return
  }
  await endJob(parts, job, await work(parts, job, job.work, lease))
}

async function endJob(parts: AgentParts, job: Pick<Job, 'jobId'>, result: JobResult) {
  const { results, log } = parts
  await results.keep(job.jobId, result)
  parts.host.crashpoint?.('result kept')
  const why = 'message' in result && result.message !== null ? `: ${result.message}` : ''
  log[isGood(result) ? 'info' : 'error']({ jobId: job.jobId, state: result.state }, `done${why}`)
  await tellResults(parts)
}

const isGood = ({ state }: JobResult) => ['deployed', 'key_made', 'discovered'].includes(state)

async function tell({ server, log }: AgentParts, jobId: string, result: JobResult): Promise<void> {
  try {
    await server.result(jobId, result)
  } catch (error) {
    if (!isFinal(error)) throw error
    log.warn({ jobId }, `the server does not take a result: ${error.message}`)
  }
}

async function work(
  parts: AgentParts,
  job: Job,
  wanted: Exclude<Job['work'], DiscoverWork>,
  lease: Leases,
): Promise<JobResult> {
  if (wanted.kind === 'deploy') return deployJob(parts, job, wanted, lease)
  try {
    const csr = await parts.keys.requestFor(wanted)
    parts.host.crashpoint?.('key made')
    return { state: 'key_made', csr: csr.toString('base64') }
  } catch (error) {
    return { state: 'refused', message: lineOf(error) }
  }
}

/** Never rejects. Without a result the server asks again. */
async function discoverJob(parts: AgentParts, offer: Offer, wanted: DiscoverWork): Promise<void> {
  const lease = keepLeases(parts, [offer])
  try {
    const sightings = await parts.discover(wanted).catch((error: unknown) => {
      if (parts.signal.aborted || error instanceof Unreachable) throw error
      return lineOf(error)
    })
    const nothing = `this host's configuration has no discovery of ${wanted.source}`
    const result: JobResult =
      typeof sightings === 'number'
        ? { state: 'discovered', sightings }
        : { state: 'refused', message: sightings ?? nothing }
    await endJob(parts, offer, result)
  } catch (error) {
    parts.log.warn({ jobId: offer.jobId }, `a discovery was cut off: ${lineOf(error)}`)
  } finally {
    lease.end()
  }
}

async function deployJob(
  parts: AgentParts,
  job: Job,
  work: DeployWork,
  lease: Leases,
): Promise<JobResult> {
  const { host, log } = parts
  // Only where putting back has failed is there anything: then nothing new begins.
  await recoverDeployments(parts)
  let material: Material
  const certificate = Buffer.from(work.certificate, 'base64')
  try {
    const key = await keyFor(parts, job, work)
    const chain = work.chain.map((der) => Buffer.from(der, 'base64'))
    material = materialOf({ certificate, chain, key, fingerprint: work.fingerprint }, host.now())
  } catch (error) {
    return notBegun(error)
  }
  const { deploymentId, certificateId, version, fingerprint, target } = work
  const begun: Begun = {
    ...{ jobId: job.jobId, sequence: job.sequence, deploymentId, certificateId, version },
    ...{ fingerprint, serverName: material.serverName, target },
  }
  const result = await deploy(host, begun, {
    material,
    watch: {
      keep: ({ jobId }, kept) => parts.results.keep(jobId, kept),
      isWanted: () => lease.isHeld(job.jobId),
      onStep(steps) {
        const { step, outcome, message } = steps.at(-1) ?? {}
        log.info({ deploymentId, target: target.name, step, outcome }, message)
        lease.tell(job.jobId, steps)
      },
    },
  })
  if (result.state === 'deployed') await parts.keys.prune(certificate, host.versionsMax)
  return result
}

/** @throws {DeploymentFailure} where there is none. */
async function keyFor(parts: AgentParts, job: Job, work: DeployWork): Promise<KeyObject> {
  if (work.key !== null) {
    try {
      const key = openSealed(parts.identity.sealingKey, job.jobId, work.key)
      return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
    } catch (cause) {
      throw new DeploymentFailure('the private key was not sealed for this agent', { cause })
    }
  }
  const key = await parts.keys.find(Buffer.from(work.certificate, 'base64'))
  if (key !== null) return key
  throw new DeploymentFailure('this agent has no private key for the certificate')
}

const statePath = (data: string) => join(data, 'state.json')

async function readSequence(data: string, agentId: string): Promise<number> {
  try {
    const state = State.parse(JSON.parse(await readFile(statePath(data), 'utf8')))
    return (state.agentId ?? agentId) === agentId ? state.sequence : -1
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return -1
    throw error
  }
}

interface Leases {
  isHeld(jobId: string): boolean
  tell(jobId: string, steps: readonly DeploymentStep[]): void
  over(jobId: string): void
  end(): void
}

/** Says from time to time that all of them are still meant, and hears where one is not. */
function keepLeases(parts: AgentParts, offers: readonly Offer[]): Leases {
  const steps = new Map<string, readonly DeploymentStep[]>(offers.map(({ jobId }) => [jobId, []]))
  const lost = new Set<string>()
  const telling = new Set<string>()
  async function progress(jobId: string): Promise<void> {
    const told = steps.get(jobId)
    if (told === undefined || telling.has(jobId) || lost.has(jobId)) return
    telling.add(jobId)
    await parts.server.progress(jobId, { steps: told.slice(-50) }).catch((error) => {
      // Where the server cannot be reached, the work goes on: its result will be told.
      if (error instanceof RefusedByServer && [401, 404, 409].includes(error.status))
        lost.add(jobId)
      parts.log.debug({ jobId }, `progress was not told: ${lineOf(error)}`)
    })
    telling.delete(jobId)
    if (steps.has(jobId) && steps.get(jobId) !== told) await progress(jobId)
  }
  const timer = setInterval(() => {
    for (const { jobId } of offers) void progress(jobId)
  }, parts.heartbeatMs)
  return {
    isHeld: (jobId) => !lost.has(jobId),
    tell(jobId, latest) {
      steps.set(jobId, [...latest])
      void progress(jobId)
    },
    over: (jobId) => void steps.delete(jobId),
    end() {
      clearInterval(timer)
      steps.clear()
    },
  }
}
