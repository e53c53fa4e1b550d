// The agent's life: one per data folder, undoes what was cut off, enrols, and asks its server for
// work until it is told to stop.
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { privateDirectory } from '../platform/files.ts'
import type { Logger } from '../platform/log.ts'
import { rawBytes } from '../trust/connectors/agent-words.ts'
import { version } from '../version.ts'
import { openCluster } from './cluster.ts'
import { type Configuration, ConfigurationError, readApiKey } from './configuration.ts'
import { openDataFolder } from './data-folder.ts'
import { DeploymentFailure, lineOf } from './deployment/failure.ts'
import type { DeploymentHost } from './deployment/target.ts'
import { discoverNow } from './discover-now.ts'
import type { Send } from './discovery/reports.ts'
import { runDiscovery } from './discovery.ts'
import { deploymentHost } from './host.ts'
import { hostKeys } from './host-keys.ts'
import { identityPath, keepEnrolment, openIdentity } from './identity.ts'
import { type AgentParts, doJobs, recoverDeployments, tellResults } from './jobs.ts'
import { lockFolder } from './lock.ts'
import { reportTo, sourcesOf } from './report-discoveries.ts'
import { openResults } from './results.ts'
import { connectServer, RefusedByServer, type Server, Unreachable } from './server.ts'

export interface RunOptions {
  configuration: Configuration
  env: Readonly<Record<string, string | undefined>>
  log: Logger
  /** Told to stop: what is at work is finished, nothing new begins. */
  signal: AbortSignal
  /** How long the server may hold an empty answer back. */
  waitSeconds?: number
  /** Ends the process in tests. */
  crashpoint?: (name: string) => void
}

const heartbeatMs = 15_000
const backoff = { firstMs: 1_000, maxMs: 60_000 }
/** An answer without work is held back longer than that, unless something is wrong. */
const earlyMs = 1_000
const notHeldBack =
  'the server has nothing to do and does not wait: it is stopping, or another process asks with ' +
  'the identity of this agent (a copied data folder?)'

/**
 * Resolves when it was told to stop and the work is done.
 * @throws {ConfigurationError} for what only people can put right.
 */
export async function runAgent(options: RunOptions): Promise<void> {
  const { configuration, env, log, crashpoint, signal } = options
  const { data, name } = configuration
  const now = () => new Date()
  await openDataFolder(data)
  const release = await lockFolder(data)
  let server: Server | undefined
  let cluster: DeploymentHost['kubernetes'] = null
  try {
    const identity = await openIdentity(data, name)
    cluster = await openCluster(configuration, env)
    const host = await deploymentHost(configuration, { kubernetes: cluster, now })
    server = await connectServer({
      ...{ url: configuration.server, caFile: configuration.ca ?? null, identity, version, now },
      apiKey: () => readApiKey(configuration, env),
    })
    const send = reportTo(server)
    const parts: AgentParts = {
      ...{ data, identity, server, log, now, heartbeatMs, signal },
      background: new Map(),
      host: crashpoint === undefined ? host : { ...host, crashpoint },
      keys: hostKeys(join(data, 'keys'), now),
      results: await openResults(join(data, 'results')),
      discover: discoverNow({ settings: configuration.discovery, send, signal }),
    }
    // Before anything else: a half-done deployment must not wait for a server.
    await recoverDeployments(parts).catch((error: unknown) => {
      throw error instanceof DeploymentFailure ? new ConfigurationError(error.message) : error
    })
    let discovering: Promise<void> | null = null
    await work(parts, options, () => {
      discovering ??= discovery(parts, options, send)
    })
    await discovering
    await Promise.allSettled(parts.background.values())
  } finally {
    await cluster?.secrets.close()
    await server?.close()
    await release()
  }
}

async function work(parts: AgentParts, options: RunOptions, onEnrolled: () => void): Promise<void> {
  const { signal, log, waitSeconds = 30 } = options
  let failures = 0
  let enrolled = false
  // What was offered before is forgotten here, and so is what got lost on its way.
  let idle = true
  while (!signal.aborted) {
    try {
      if (!enrolled) {
        await enrol(parts, options)
        enrolled = true
        onEnrolled()
      }
      await tellResults(parts)
      const askedAt = performance.now()
      const offers = await parts.server.jobs({ waitSeconds, idle }, signal)
      failures = 0
      idle = false
      await doJobs(parts, offers)
      const isEarly = performance.now() - askedAt < Math.min(waitSeconds * 1000, earlyMs)
      if (offers.length > 0 || !isEarly) continue
      log.warn(notHeldBack)
      await delay(earlyMs + Math.random() * earlyMs, undefined, { signal })
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ConfigurationError) throw error
      failures += 1
      idle = true
      const waitMs = pause(failures, error)
      log.error({ again_in_s: Math.round(waitMs / 1000) }, explain(error))
      // What the server would not hear is perhaps heard after it has been told anew who this is.
      if (error instanceof RefusedByServer) enrolled = false
      await delay(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** At its own pace; a server that is away is no reason to end. */
async function discovery(parts: AgentParts, options: RunOptions, send: Send): Promise<void> {
  const { configuration, signal, log } = options
  if (sourcesOf(configuration.discovery).length === 0) return
  const stateFolder = join(parts.data, 'discovery')
  await privateDirectory(stateFolder)
  await runDiscovery({
    ...{ settings: configuration.discovery, stateFolder, send, signal, log },
    now: () => parts.now().getTime(),
  }).catch((error: unknown) => {
    // Deployments go on without it.
    if (!signal.aborted) log.error({ err: error }, 'discovery has ended')
  })
}

async function enrol({ data, identity, server }: AgentParts, options: RunOptions): Promise<void> {
  const { configuration, log } = options
  const told = {
    name: identity.name,
    hostname: hostname(),
    version,
    platform: `${process.platform}-${process.arch}`,
    targetTypes: configuration.targets,
    sources: sourcesOf(configuration.discovery),
    reloadCommands: [...configuration.commands.keys()],
    proofKey: rawBytes(identity.proofKey).toString('base64'),
    sealingKey: rawBytes(identity.sealingKey).toString('base64'),
  }
  const answer = await server.enrol(told).catch((error: unknown) => {
    throw forPeople(error, data)
  })
  await keepEnrolment(data, identity, answer)
  log.info({ agentId: answer.agentId, server: configuration.server }, 'the agent is enrolled')
}

/** What no repeat will change is a matter for people; anything else stays what it is. */
function forPeople(error: unknown, data: string): unknown {
  if (!(error instanceof RefusedByServer)) return error
  const anew = `to enrol it as a new one, move ${identityPath(data)} away`
  const hints: Record<string, string> = {
    AGENT_REVOKED: anew,
    AGENT_NAME_TAKEN: 'give this one another name, or revoke the other (panthera agent revoke)',
  }
  const hint = hints[error.code]
  if (hint === undefined) return error
  // The server's own advice is for people who are elsewhere.
  const [what] = error.message.split(/\.(?: |$)/)
  return new ConfigurationError(`${what}: ${hint}`)
}

/** Twice as long each time, and not all agents at once. */
function pause(failures: number, error: unknown): number {
  const asked = error instanceof Unreachable ? error.retryAfterMs : null
  const most = Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.maxMs)
  return Math.max(asked ?? 0, most / 2 + Math.random() * (most / 2))
}

function explain(error: unknown): string {
  if (!(error instanceof RefusedByServer)) return lineOf(error)
  const more =
    error.status === 401 ? ' (was the agent or its key revoked, or is a clock wrong?)' : ''
  return lineOf(`the server refuses (${error.status} ${error.code}): ${error.message}${more}`)
}
