// Composition root: settings, database, platform, modules, surfaces, listen. The only file that
// knows every module; nobody imports it but `cli/serve.ts` and tests.
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { errors as certusErrors, createCertus } from './certus/index.ts'
import { createGate, errors as gateErrors } from './gate/index.ts'
import { createIdentity, firstRun, errors as identityErrors } from './identity/index.ts'
import { createArtefacts } from './platform/artefacts.ts'
import { createRefusals } from './platform/audit/refusals.ts'
import { type Config, ConfigError } from './platform/config.ts'
import { type Connection, type Database, openDatabase } from './platform/db.ts'
import { common } from './platform/errors.ts'
import { privateDirectory } from './platform/files.ts'
import { writeFirstRun } from './platform/first-run-file.ts'
import { createGithub } from './platform/github.ts'
import { createAccess } from './platform/http/access.ts'
import { originRule } from './platform/http/browser.ts'
import type { Route } from './platform/http/route.ts'
import { createHttp } from './platform/http/server.ts'
import { createJobs } from './platform/jobs.ts'
import { checkMasterKey, hasSealedData, MasterKeyMissing } from './platform/key-check.ts'
import { createLimits } from './platform/limits.ts'
import type { Logger } from './platform/log.ts'
import { loadMasterKey, parseMasterKey } from './platform/master-key.ts'
import { createMetrics } from './platform/metrics.ts'
import { migrate } from './platform/migrate.ts'
import type { Module } from './platform/module.ts'
import { identifyNode } from './platform/node.ts'
import { createOutbound, InvalidCidr, type Outbound } from './platform/outbound/index.ts'
import { createRelay, stuckEvents } from './platform/outbox.ts'
import { type Mount, surfaces } from './platform/permissions.ts'
import type { Platform } from './platform/platform.ts'
import { type EmbeddedPostgres, startPostgres } from './platform/postgres/index.ts'
import { createPlanLimits } from './platform/rates.ts'
import { createSecrets } from './platform/secrets.ts'
import { errors as webhookErrors } from './platform/webhooks/errors.ts'
import { createWebhooks } from './platform/webhooks/index.ts'
import { createTrust, errors as trustErrors } from './trust/index.ts'
import { version } from './version.ts'

export interface Server {
  /** Where it listens, `http://127.0.0.1:4000`. */
  url: string
  isFirstRun: boolean
  /** Drains: no request and no job is lost. */
  stop(): Promise<void>
}

export const errorEntries = {
  ...common.entries,
  ...webhookErrors.entries,
  ...identityErrors.entries,
  ...gateErrors.entries,
  ...trustErrors.entries,
  ...certusErrors.entries,
}

/** Throws what stops the start; what was opened until then is closed again. */
export async function startServer(config: Config, log: Logger): Promise<Server> {
  const opened: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closeOne of opened.splice(0).reverse()) {
      await closeOne().catch((error: unknown) => log.error({ err: error }, 'closing failed'))
    }
  }
  try {
    return await start({ config, log, opened, close })
  } catch (error) {
    await close()
    throw error
  }
}

/** Throws as listening would. */
function probePort({ host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen({ host, port }, () => probe.close(() => resolve()))
  })
}

interface Starting {
  config: Config
  log: Logger
  /** What must be closed, in the order in which it was opened. */
  opened: (() => Promise<unknown>)[]
  close: () => Promise<void>
}

async function start({ config, log, opened, close }: Starting): Promise<Server> {
  // First, because it is what fails most, and nothing has been made yet.
  await probePort(config)
  await privateDirectory(config.dataDir)
  const connection = await connect({ config, log, opened })
  const stopping = new AbortController()
  const db = openDatabase({
    connection,
    // Not the error itself, which holds the whole client; and what we end ourselves is no news.
    onError: ({ message }) => {
      if (!stopping.signal.aborted) log.warn({ reason: message }, 'a database connection broke')
    },
  })
  opened.push(db.close)
  for (const name of await migrate(db.pool)) log.info({ migration: name }, 'migrated')
  const platform = await createPlatform({ config, log, db, stopping: stopping.signal })
  opened.push(() => platform.outbound.close())
  opened.push(async () => platform.limits.close())
  const identity = createIdentity(platform)
  const modules: Module[] = [
    createGate(platform),
    createTrust(platform),
    identity,
    createCertus(platform),
  ]
  identity.start()
  opened.push(identity.stop)
  const isFirstRun = await firstRun({
    db,
    secrets: platform.secrets,
    owner: config.owner,
    keep: (made) => writeFirstRun(config, made),
  })
  // Until all stand, what was opened is closed one by one. Authorities look at these ports while
  // work goes on, which may be at once.
  const stopPorts = await openPorts(platform, modules)
  opened.push(stopPorts)
  const stopWork = await startWork({ platform, connection, modules })
  opened.push(stopWork)
  const listening = await listen({ platform, modules, identity })
  opened.splice(-2)
  // Together: a request may wait for work, and work for nothing but its own end.
  opened.push(() => Promise.all([listening.stop(), stopPorts(), stopWork()]))
  return {
    url: listening.url,
    isFirstRun,
    stop() {
      stopping.abort()
      return close()
    },
  }
}

async function connect(starting: Omit<Starting, 'close'>): Promise<Connection> {
  const { config, log, opened } = starting
  if (config.databaseUrl !== null) return config.databaseUrl
  const postgres: EmbeddedPostgres = await startPostgres({
    dataDir: config.dataDir,
    log: (line, fields) => log.info(fields ?? {}, line),
  })
  opened.push(postgres.stop)
  return postgres.connection
}

async function createPlatform(parts: {
  config: Config
  log: Logger
  db: Database
  stopping: AbortSignal
}): Promise<Platform> {
  const { config, log, db, stopping } = parts
  const masterKey =
    config.masterKey === null
      ? await ownMasterKey(join(config.dataDir, 'master.key'), db)
      : parseMasterKey(config.masterKey, 'PANTHERA_MASTER_KEY')
  const previousMasterKey =
    config.masterKeyPrevious === null
      ? null
      : parseMasterKey(config.masterKeyPrevious, 'PANTHERA_MASTER_KEY_PREVIOUS')
  const secrets = createSecrets({ masterKey, previousMasterKey })
  await checkMasterKey(db, secrets)
  const metrics = createMetrics()
  metrics.gauge('panthera_db_connections', 'Open connections.', () => db.pool.totalCount)
  const node = identifyNode()
  const outbound = guarded('PANTHERA_OUTBOUND_ALLOW_CIDRS', config.outboundAllowCidrs)
  const toWebhooks = guarded('PANTHERA_WEBHOOK_ALLOW_CIDRS', config.webhookAllowCidrs)
  return {
    config,
    db,
    log,
    metrics,
    secrets,
    node,
    outbound,
    github:
      config.github.app &&
      createGithub({ app: config.github.app, api: config.providers.github.api, outbound }),
    webhooks: createWebhooks({ db, secrets, log, metrics, node, outbound: toWebhooks }),
    artefacts: createArtefacts(join(config.dataDir, 'artefacts')),
    plans: createPlanLimits(config.rateLimits),
    limits: createLimits({ db, now: Date.now }),
    version,
    stopping,
    now: Date.now,
  }
}

/** Made at the first start only: a new key beside old data would only hide what is missing. */
async function ownMasterKey(path: string, db: Database): Promise<Buffer> {
  if (!existsSync(path) && (await hasSealedData(db))) throw new MasterKeyMissing(path)
  return loadMasterKey(path)
}

/** A network that cannot be read is a wrong setting. */
function guarded(setting: string, allowCidrs: readonly string[]): Outbound {
  try {
    return createOutbound({ userAgent: `panthera/${version}`, allowCidrs, setting })
  } catch (error) {
    if (error instanceof InvalidCidr) throw new ConfigError(setting, error.value, error.accepted)
    throw error
  }
}

/** Jobs and the relay run on workers; a node without that role only serves. */
async function startWork(parts: {
  platform: Platform
  connection: Connection
  modules: readonly Module[]
}): Promise<() => Promise<void>> {
  const { platform, connection, modules } = parts
  if (!platform.config.roles.has('worker')) return async () => undefined
  const { db, log, metrics } = platform
  const jobs = createJobs({ connection, log, metrics })
  metrics.gauge('panthera_events_stuck', 'Events that no attempt could relay.', () =>
    stuckEvents(db),
  )
  const relay = createRelay({
    db,
    log,
    metrics,
    wake: jobs.wake,
    subscriptions: modules.flatMap((module) => module.subscriptions),
  })
  await jobs.start([platform.webhooks.queue, ...modules.flatMap((module) => module.queues)])
  await relay.start()
  return async () => {
    await relay.stop()
    await jobs.stop()
  }
}

async function listen(parts: {
  platform: Platform
  modules: readonly Module[]
  identity: ReturnType<typeof createIdentity>
}): Promise<{ url: string; stop: () => Promise<void> }> {
  const { platform, modules, identity } = parts
  const { config, db, log, metrics, plans, limits, now } = platform
  const app = await createHttp({
    // A node that only works still tells whether it is alive.
    mounts: config.roles.has('api') ? mountsOf(modules) : new Map(),
    errors: errorEntries,
    access: createAccess({
      authenticate: identity.authenticate,
      limits,
      plans,
      isOwnOrigin: originRule(config),
      now,
    }),
    noteRefused: createRefusals({ db, log }),
    log,
    metrics,
    metricsToken: config.metricsToken,
    ready: db.ping,
    surfaceHosts: config.surfaceHosts,
    trustProxy: config.trustProxy,
    version,
    publicUrl: config.publicUrl,
  })
  const stop = async () => {
    // An upload that is still coming in would hold the server for as long as its sender likes.
    const cut = setTimeout(() => app.server.closeAllConnections(), requestMsMax)
    await app.close()
    clearTimeout(cut)
  }
  const url = await app.listen({ host: config.host, port: config.port })
  return { url, stop }
}

/** What modules listen on beside the server. */
async function openPorts({ config }: Platform, modules: readonly Module[]) {
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    await Promise.all(stops.map((each) => each()))
  }
  try {
    for (const module of config.roles.has('api') ? modules : []) {
      if (module.listen !== undefined) stops.push(await module.listen())
    }
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

/** How long a request may go on after the node was told to stop. */
const requestMsMax = 5_000

/** All four surfaces answer, also the one that has no routes yet. */
export function mountsOf(modules: readonly Module[]): ReadonlyMap<Mount, readonly Route[]> {
  const mounts: Mount[] = [...surfaces, 'console']
  return new Map(
    mounts.map((mount) => [mount, modules.flatMap((module) => module.routes[mount] ?? [])]),
  )
}
